"""Evaluation against a gold question set: how good the answers are, and how sure that is."""
