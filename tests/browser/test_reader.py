from __future__ import annotations

from collections.abc import Callable

import pytest
from chatting import PHONE, Site
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("size", [PHONE, (1280, 600)], ids=["phone", "desktop"])
def test_quote_is_in_sight_without_javascript(
    site: Site, open_page: Callable[..., Page], size: tuple[int, int]
) -> None:
    page = open_page(f"{site.url}/articles/003_3029bffaf7cebc33?start=3500&end=3700#quote", size=size, scripts=False)
    expect(page.locator("#quote")).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A delegation from eight NATO member countries")
    expect(page.locator("time")).to_have_text("13 December 2023")


def test_api_page_needs_no_other_host(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.url}/api/docs")
    expect(page.get_by_text("Ask the articles").first).to_be_visible()
    expect(page.get_by_text("/api/ask")).to_be_visible()
