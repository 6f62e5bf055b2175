"""Every page but the chat: 360 pixels wide, in light and dark, nothing stands in the way of anyone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chatting import PHONE, Site, violations, width_beyond_the_screen
from playwright.sync_api import Page
from tabs import Tabs

pytestmark = pytest.mark.slow

PATHS = {
    "the list": "articles",
    "an empty list": "articles?words=nothing+is+like+this",
    "an article": "articles/001_de1f21643fab2dcd",
    "a quotation": "articles/001_de1f21643fab2dcd?start=600&end=900#quote",
    "insights": "insights",
    "evaluations": "evaluation",
    "nothing": "nothing/here",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_nothing_stands_in_the_way_of_anyone(site: Site, tabs: Tabs, open_page: Callable[..., Page], path: str) -> None:
    # Of the page that is not there.
    tabs.ignore("status of 404")
    page = open_page(f"{site.url}/{path}", size=PHONE)
    assert width_beyond_the_screen(page) == 0
    assert violations(page) == []
