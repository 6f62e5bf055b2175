"""Passages in, ranked hits out. Knows nothing of answers."""

import os

# torch and FAISS each bring an OpenMP runtime that reads this once, when it is loaded. Threads that wait by spinning
# take the processor from those that work: with other processes about, a question took three times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
