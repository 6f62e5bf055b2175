"""Vectors to hits."""
