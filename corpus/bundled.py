"""Where the articles and gold questions that come with the program are."""

from __future__ import annotations

from pathlib import Path

ARTICLES = Path(__file__).parent / "articles"
GOLD = Path(__file__).parent / "gold"
