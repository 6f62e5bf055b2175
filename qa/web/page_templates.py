"""The templates of the pages, which say everything in the reader's language."""

from __future__ import annotations

from fastapi.templating import Jinja2Templates

from qa.show.words import count, direction, number, say, spoken
from qa.web.paths import TEMPLATES

# Jinja2Templates escapes everything in `.html` files.
PAGES = Jinja2Templates(TEMPLATES)
PAGES.env.globals.update(say=say, count=count, number=number, spoken=spoken, direction=direction)
