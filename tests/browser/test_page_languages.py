"""The pages for a browser that asks for Arabic, Korean or German."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chatting import PHONE, Site, violations, wait_for_answers, width_beyond_the_screen
from playwright.sync_api import Page, expect
from tabs import Tabs

pytestmark = pytest.mark.slow

KOREAN = "나토 사무총장은 누구인가요?"

OpenPage = Callable[..., Page]


def assert_all_is_well(page: Page) -> None:
    """On a phone: nothing stands outside the screen, and nothing in the way of anyone."""
    assert width_beyond_the_screen(page) == 0
    assert violations(page) == []


def test_arabic_runs_from_the_right(site: Site, open_page: OpenPage) -> None:
    page = open_page(f"{site.url}/chat/", locale="ar", size=PHONE)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("heading", level=1)).to_have_text("اسأل المقالات")
    expect(page.locator(".masthead")).to_contain_text("5 مقالات")
    # What is typed in English keeps its question mark behind it.
    expect(page.locator("#examples .example").first).to_have_css("unicode-bidi", "plaintext")
    question = page.get_by_role("textbox", name="سؤالك")
    question.fill("Who introduced the Indo-Pacific Treaty Organization Act?")
    question.press("Enter")
    wait_for_answers(page, 1)
    expect(page.locator(".answer")).to_contain_text("Mike Lawler")
    expect(page.get_by_role("button", name="نسخ الرابط")).to_be_visible()
    expect(page.locator(".answer figcaption").first).to_contain_text("13 ديسمبر 2023")
    # What is quoted runs as it is written, beside a page that runs the other way.
    direction = "(element) => getComputedStyle(element).direction"
    assert page.locator(".answer blockquote").first.evaluate(direction) == "ltr"
    assert page.locator(".answer .actions").evaluate(direction) == "rtl"
    expect(page.locator("#conversation .question")).to_have_css("text-align", "start")
    assert_all_is_well(page)


def test_a_korean_question_is_told_that_no_article_is_korean(site: Site, open_page: OpenPage) -> None:
    page = open_page(f"{site.url}/chat/", locale="ko-KR", size=PHONE)
    expect(page).to_have_title("기사에 물어보기")
    question = page.get_by_role("textbox", name="질문")
    question.fill(KOREAN)
    question.press("Enter")
    told = page.locator(".answer .other-language")
    expect(told).to_have_text(
        "질문은 한국어인데 기사는 한국어가 아닙니다. 기사의 언어는 영어입니다. 기사의 언어로 질문해 주세요."
    )
    assert_all_is_well(page)
    # It is said again of what the browser kept.
    page.reload()
    expect(told).to_be_visible()


@pytest.mark.parametrize("locale", ["ar", "ko-KR"])
def test_all_of_the_chat_is_for_everyone(site: Site, open_page: OpenPage, locale: str) -> None:
    page = open_page(f"{site.url}/chat/?q=Who+is+South+Korea%27s+president%3F", locale=locale, size=PHONE)
    wait_for_answers(page, 1)
    page.locator(".answer summary").first.click()
    page.locator("#which .label-wrap").click()
    page.locator("#which .months button").first.click()
    expect(page.locator("#filtered p")).to_be_visible()
    page.locator("#save summary").click()
    assert_all_is_well(page)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert_all_is_well(page)
    page.keyboard.press("Escape")
    page.locator(".answer .cite").first.click()
    expect(page.locator("#quote")).to_be_visible()
    assert_all_is_well(page)
    page.go_back()
    page.locator("#more-tools a.new").click()
    expect(page.locator("#earlier a")).to_be_visible()
    assert_all_is_well(page)


@pytest.mark.parametrize("locale", ["ar", "ko-KR"])
@pytest.mark.parametrize("path", ["articles", "articles/001_de1f21643fab2dcd?start=600&end=900#quote", "nothing/here"])
def test_the_other_pages_are_for_everyone(site: Site, tabs: Tabs, open_page: OpenPage, locale: str, path: str) -> None:
    # Of the page that is not there.
    tabs.ignore("status of 404")
    page = open_page(f"{site.url}/{path}", locale=locale, size=PHONE)
    assert page.evaluate("getComputedStyle(document.body).direction") == ("rtl" if locale == "ar" else "ltr")
    assert_all_is_well(page)
