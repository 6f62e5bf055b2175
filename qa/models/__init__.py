"""What was fitted: coefficients and tables as files, and how they are read."""
