"""A question in, an answer out. `Archive` is the way in; docs/python.md shows it.

The names below are imported when they are first used: a program that needs one of them does not wait for the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.2.0"
__all__ = ["Answer", "Archive", "Citation", "Filters", "Settings", "Turn", "UserError", "__version__"]

if TYPE_CHECKING:
    from corpus.errors import UserError
    from corpus.filters import Filters
    from qa.answer import Answer, Citation
    from qa.archive import Archive
    from qa.question.followup import Turn
    from qa.settings import Settings
else:
    # Type checkers read the imports above; from this they would take every name for one that there is.
    from importlib import import_module

    _HOMES = {
        "Answer": "qa.answer",
        "Archive": "qa.archive",
        "Citation": "qa.answer",
        "Filters": "corpus.filters",
        "Settings": "qa.settings",
        "Turn": "qa.question.followup",
        "UserError": "corpus.errors",
    }

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        # Kept, so that the next use is an ordinary one.
        value = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_HOMES})
