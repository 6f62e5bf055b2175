"""A set asked: its index, its questions, and the run on disk."""
