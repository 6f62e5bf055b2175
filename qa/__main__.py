"""`python -m qa`, the same as `article-qa`."""

from __future__ import annotations

from qa.cli import main

main(prog_name="article-qa")
