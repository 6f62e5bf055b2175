"""The "Articles" page in a browser: found by words, opened, the next one, asked about; without JavaScript too."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from chatting import DESKTOP, MISSION, PHONE, Site, answers, ask
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_the_list_to_an_article_and_on(site: Site, open_page: Callable[..., Page], size: tuple[int, int]) -> None:
    page = open_page(f"{site.url}/articles", size=size, scripts=False)
    expect(page.get_by_role("status")).to_have_text("5 articles")
    page.get_by_label("Words").fill("delegation Seoul")
    page.get_by_label("From", exact=True).fill("2023-12-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_label("Words")).to_have_value("delegation Seoul")
    page.get_by_role("link", name=re.compile("^A delegation from eight NATO member countries")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A delegation from eight NATO member countries")
    page.locator("a[rel=next]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tailored partnership")
    page.locator("a[rel=prev]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A delegation from eight NATO member countries")
    page.get_by_role("link", name="Articles", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("5 articles")


def test_one_article_is_asked_about_and_then_all(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.url}/articles?words=Jeju+Forum+theme")
    page.get_by_role("link", name="Ask about").first.click()
    line = page.locator("#filtered")
    expect(line).to_contain_text("Only in “")
    only = line.locator("p").inner_text().removeprefix("Only in “").removesuffix("”.")
    assert ask(page, "What is the theme of the Jeju Forum?").get_by_text(f"Asked only of “{only}”.").count() == 1
    # A follow-up keeps it, and so does the page when it is loaded anew.
    expect(ask(page, MISSION)).to_contain_text(f"Asked only of “{only}”.")
    page.reload()
    expect(answers(page)).to_have_count(2)
    expect(line).to_contain_text(f"Only in “{only}”.")
    page.get_by_role("button", name="Clear").click()
    expect(answers(page)).to_have_count(0)
    expect(line).to_be_hidden()
    expect(ask(page, MISSION)).not_to_contain_text("Asked only of")
    page.reload()
    expect(answers(page)).to_have_count(1)
    expect(line).to_be_hidden()
