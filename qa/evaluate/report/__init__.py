"""The report: one page for people, one text for pull requests."""
