"""Passages in, ranked hits out. Knows nothing of answers."""
