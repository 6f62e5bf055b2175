"""How much may be asked at once, the same from Python, the command line, the chat and the API."""

from __future__ import annotations

MAX_QUESTION_CHARACTERS = 2_000
# A follow-up rarely leans on more than the last few questions; older ones are accepted and left out.
MAX_TURNS = 20
# Passages that are cited.
DEFAULT_K = 5
MAX_K = 50
