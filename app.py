"""The question answerer in the browser: settings, answerer, web application, serve."""

from __future__ import annotations

import sys

from corpus.errors import UserError
from qa.settings import load_settings
from qa.web.server import serve


def main() -> int:
    """Serve until interrupted; 1 when something is in the way that the user can put right, said in one line."""
    try:
        serve(load_settings())
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
