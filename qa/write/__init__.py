"""An optional language model, and the check of what it writes."""
