"""What is asked: its time, its sources, its names, its kind, and what was said before."""
