"""Gold sets in: one file a form, each to a GoldSet."""
