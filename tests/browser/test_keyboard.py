"""The main path by the keyboard alone: where one is, is always seen and never lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from chatting import LAWLER, MISSION, WORLD_CUP, Site, answers, question_box, wait_for_answers, wait_for_examples
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

OpenPage = Callable[..., Page]

BOX = "Ask a question"
# What has the focus: its name, whether it is in sight, and whether it or what frames it has a ring. A quotation has its
# colour.
_FOCUS = """() => {
    const place = document.activeElement;
    const box = place.getBoundingClientRect();
    const outlined = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    const framed = (style) => /0px 0px 0px [1-9]/.test(style.boxShadow);
    const ringed = (element) => [outlined, framed].some((holds) => holds(getComputedStyle(element)));
    const frame = place.closest("#question-row, .wrap");
    return {
        tag: place.localName,
        name: (place.getAttribute("aria-label") ?? (place.textContent || place.placeholder || "")).trim(),
        isInSight: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
        isRinged: place.matches("#quote") || ringed(place) || (frame !== null && ringed(frame)),
    };
}"""


def focus(page: Page) -> str:
    """The name of what has the focus, which must be seen, at the latest after a moment: the page may be scrolling."""
    found = page.evaluate(_FOCUS)
    for _ in range(20):
        if found["isInSight"] and found["isRinged"]:
            break
        page.wait_for_timeout(100)
        found = page.evaluate(_FOCUS)
    assert found["tag"] != "body", "the focus is lost"
    assert found["isInSight"], found
    assert found["isRinged"], found
    return str(found["name"])


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go_to(page: Page, name: str, *, by: str = "Tab") -> None:
    """Press a key until the focus is on what has a name that begins so."""
    for _ in range(40):
        page.keyboard.press(by)
        if focus(page).startswith(name):
            return
    raise AssertionError(f"{name} is not reached with {by}")


def ask(page: Page, question: str) -> None:
    before = answers(page).count()
    assert focus(page) == BOX
    page.keyboard.type(question)
    page.keyboard.press("Enter")
    wait_for_answers(page, before + 1)
    assert focus(page) == BOX


def test_a_question_its_article_and_its_link(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, MISSION)
    cite = answers(page).get_by_role("link").first
    go_to(page, (cite.text_content() or "").strip(), by="Shift+Tab")
    expect(cite).to_be_focused()

    press(page, "Enter")
    expect(page.locator("#quote")).to_be_focused()
    focus(page)
    go_to(page, "Close", by="Shift+Tab")
    press(page, "Enter")
    expect(cite).to_be_focused()
    focus(page)
    press(page, "Enter")
    expect(page.locator("#quote")).to_be_focused()
    press(page, "Escape")
    expect(cite).to_be_focused()

    go_to(page, "The whole passage")
    press(page, "Enter")
    expect(answers(page).locator("blockquote").first).to_contain_text("11 sectors", use_inner_text=True)
    go_to(page, "Copy link")
    press(page, "Enter")
    expect(answers(page).get_by_role("button", name="Link copied")).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()").startswith(f"{site.url}/chat/?q=When+did+")
    go_to(page, "Helpful")
    press(page, "Space")
    expect(answers(page).get_by_role("button", name=re.compile("^Helpful"))).to_have_attribute("aria-pressed", "true")
    focus(page)


def test_a_filter_is_set_and_taken_off(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    line = page.locator("#filtered")
    go_to(page, "Which articles")
    press(page, "Enter")
    go_to(page, "July 2023")
    press(page, "Enter")
    expect(line).to_contain_text("Only articles from 1 July 2023 until 31 July 2023.")
    assert focus(page).startswith("July 2023")
    # The field, its calendar, whose two places are the browser's own, and the next field.
    for name in ("December 2023", "July 2025", "2023-07", "Calendar, first day"):
        page.keyboard.press("Tab")
        assert focus(page).startswith(name) or page.evaluate("document.activeElement.value") == name
    press(page, "Tab", "Tab")
    assert page.evaluate("document.activeElement.value") == "2023-07"
    focus(page)
    press(page, "Tab", "Tab", "Tab")
    assert focus(page) == "Sources"
    press(page, "ArrowDown", "Enter")
    expect(line).to_contain_text("of NationPress.")
    assert focus(page) == "Sources"
    go_to(page, "Ask all articles")
    press(page, "Enter")
    expect(line).to_be_hidden()
    expect(question_box(page)).to_be_focused()
    focus(page)


def test_buttons_that_go_away_leave_the_focus_in_the_question(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    go_to(page, LAWLER)
    press(page, "Enter")
    wait_for_answers(page, 1)
    expect(question_box(page)).to_be_focused()
    ask(page, WORLD_CUP)

    go_to(page, "Save")
    press(page, "Enter")
    go_to(page, "Markdown")
    with page.expect_download():
        press(page, "Enter")
    expect(page.locator("#save summary")).to_be_focused()
    focus(page)

    go_to(page, "Undo", by="Shift+Tab")
    press(page, "Enter")
    expect(answers(page)).to_have_count(1)
    assert focus(page) == "Undo"
    press(page, "Enter")
    expect(answers(page)).to_have_count(0)
    expect(question_box(page)).to_be_focused()
    # Undo brings back what was asked.
    page.keyboard.press("ControlOrMeta+A")
    ask(page, MISSION)
    go_to(page, "Clear")
    press(page, "Enter")
    expect(answers(page)).to_have_count(0)
    expect(question_box(page)).to_be_focused()
    ask(page, MISSION)
    go_to(page, "New")
    press(page, "Enter")
    wait_for_examples(page)
    go_to(page, "Forget them")
    press(page, "Enter")
    expect(page.get_by_role("button", name="Forget them")).to_be_hidden()
    expect(question_box(page)).to_be_focused()


def test_shortcuts(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, MISSION)
    press(page, "ArrowUp")
    expect(question_box(page)).to_have_value(MISSION)
    press(page, "Shift+Tab", "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    focus(page)
    press(page, "Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    focus(page)
    press(page, "/")
    expect(question_box(page)).to_be_focused()
    focus(page)


def test_a_pointer_leaves_the_focus_where_it_is(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, MISSION)
    page.get_by_role("button", name="Clear").click()
    expect(answers(page)).to_have_count(0)
    # On a phone the keyboard would come up.
    expect(question_box(page)).not_to_be_focused()
