"""Articles in, passages out. Knows nothing of vectors or questions."""
