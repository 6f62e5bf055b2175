"""What stands in front of every request."""
