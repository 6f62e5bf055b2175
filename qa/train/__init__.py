"""What makes the files of `qa/models`."""
