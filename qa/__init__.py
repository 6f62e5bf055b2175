"""A question in, an answer out."""
