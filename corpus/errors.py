"""The one exception a user can act on."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can put right: the message says what happened, the value and what to do.

    The command line prints it as one line and exits with 1.
    """
