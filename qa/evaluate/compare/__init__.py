"""Two runs of the same questions."""
