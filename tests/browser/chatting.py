"""What a reader does on the chat page, by roles and labels."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

# Of a busy machine with few processors.
expect.set_options(timeout=20_000)

MISSION = "When did South Korea open a diplomatic mission to NATO?"
LAWLER = "Who introduced the Indo-Pacific Treaty Organization Act?"
WORLD_CUP = "Who won the 2022 World Cup?"


def question_box(page: Page) -> Locator:
    return page.get_by_label("Your question")


def answers(page: Page) -> Locator:
    return page.locator("#conversation .answer")


def ask(page: Page, question: str) -> Locator:
    """Type and send a question; its answer comes back when it is there."""
    before = answers(page).count()
    question_box(page).fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(answers(page)).to_have_count(before + 1)
    return answers(page).last


def wait_for_examples(page: Page) -> None:
    """Until the page has loaded whole."""
    expect(page.get_by_role("button", name=MISSION)).to_be_visible()


def width_beyond_the_screen(page: Page) -> int:
    """Pixels that would have to be scrolled sideways to."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return beyond
