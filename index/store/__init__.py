"""Articles, passages and vectors on disk: the one durable truth, from which everything else is derived."""
