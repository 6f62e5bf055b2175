"""Answers to judgements, judgements to figures."""
