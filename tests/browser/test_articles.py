"""The "Articles" page in a browser: found by words, opened, the next one, asked about; without JavaScript too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from chatting import DESKTOP, PHONE, Site, width_beyond_the_screen
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_the_list_to_an_article_and_on(site: Site, open_page: Callable[..., Page], size: tuple[int, int]) -> None:
    page = open_page(f"{site.url}/articles", size=size, scripts=False)
    expect(page.get_by_role("status")).to_have_text("5 articles")
    page.get_by_label("Words").fill("delegation Seoul")
    page.get_by_label("From").fill("2023-12-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_label("Words")).to_have_value("delegation Seoul")
    page.get_by_role("link", name="A delegation from eight NATO member countries").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A delegation from eight NATO member countries")
    page.locator("a[rel=next]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tailored partnership")
    page.locator("a[rel=prev]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A delegation from eight NATO member countries")
    page.get_by_role("link", name="Articles", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("5 articles")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["articles", "articles?words=nothing+is+like+this"])
def test_nothing_stands_in_the_way_of_anyone(
    site: Site, open_page: Callable[..., Page], scheme: str, path: str
) -> None:
    page = open_page(f"{site.url}/{path}", scheme=scheme, size=PHONE)
    assert Axe().run(page).response["violations"] == []
    assert width_beyond_the_screen(page) == 0
