"""Which articles there are and may answer, what could be asked, keys, and a question that is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from chatting import (
    LAWLER,
    MISSION,
    PHONE,
    WORLD_CUP,
    Held,
    RememberingReader,
    Site,
    answers,
    ask,
    question_box,
    violations,
    wait_for_examples,
    width_beyond_the_screen,
)
from playwright.sync_api import Page, expect

from corpus.filters import Filters
from index.retriever import Ranking
from qa.answerer import Answerer
from qa.question.read import Question

pytestmark = pytest.mark.slow

OpenPage = Callable[..., Page]


@pytest.mark.parametrize("size", [(1280, 860), PHONE])
def test_the_articles_at_a_glance_and_a_month_by_a_click(
    site: Site, open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(site.url, size=size)
    wait_for_examples(page)
    page.get_by_role("button", name="Which articles").click()
    expect(page.get_by_text("5 articles, July 2023 to July 2025, 2 without a date, 2 sources.")).to_be_visible()
    assert width_beyond_the_screen(page) == 0
    page.get_by_role("button", name="July 2023: one article").click()
    expect(page.get_by_text("Only articles from 1 July 2023 until 31 July 2023.")).to_be_visible()
    expect(page.get_by_label("From", exact=True)).to_have_value("2023-07")
    page.get_by_label("Calendar, last day").fill("2023-12-31")
    expect(page.get_by_text("Only articles from 1 July 2023 until 31 December 2023.")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Sources", exact=True).click()
    page.get_by_role("option", name="European Interest (1)").click()
    page.keyboard.press("Escape")
    expect(ask(page, "Who is South Korea's president?")).to_contain_text(
        "Asked only of articles from 1 July 2023 until 31 December 2023, of European Interest."
    )


def test_two_days_typed_at_once_are_both_said(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    page.get_by_role("button", name="Which articles").click()
    held = Held(page)
    page.get_by_label("From", exact=True).fill("2023")
    page.get_by_label("Until").fill("2023")
    page.get_by_label("Until").press("Tab")
    held.let_go()
    expect(page.get_by_text("Only articles")).to_have_text("Only articles from 1 January 2023 until 31 December 2023.")


def test_suggestions_from_titles_and_answered_questions(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, LAWLER)
    ask(page, WORLD_CUP)
    suggestions = page.get_by_role("list", name="Suggestions").get_by_role("button")
    question_box(page).press_sequentially("who in")
    expect(suggestions).to_have_text([LAWLER])
    question_box(page).press_sequentially("xyz")
    expect(suggestions).to_have_count(0)
    question_box(page).fill("tailored")
    expect(suggestions).to_have_text(["South Korea: ‘Tailored partnership’ with NATO to boost security cooperation"])
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    expect(suggestions).to_be_focused()
    page.keyboard.press("Enter")
    expect(question_box(page)).to_have_value(
        "South Korea: ‘Tailored partnership’ with NATO to boost security cooperation"
    )
    expect(question_box(page)).to_be_focused()
    question_box(page).fill("tailored")
    expect(suggestions).to_have_count(1)
    page.keyboard.press("Escape")
    expect(suggestions).to_have_count(0)
    expect(question_box(page)).to_have_value("tailored")


def test_keys(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, MISSION)
    question_box(page).press("ArrowUp")
    expect(question_box(page)).to_have_value(MISSION)
    question_box(page).press("?")
    expect(question_box(page)).to_have_value(f"{MISSION}?")
    question_box(page).blur()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("/")
    expect(question_box(page)).to_be_focused()
    expect(question_box(page)).to_have_value(f"{MISSION}?")
    page.get_by_role("button", name="Keys").click()
    keys.get_by_role("button", name="Close").click()
    expect(keys).to_be_hidden()


def test_a_question_is_stopped_and_the_next_is_answered(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, LAWLER)
    held = Held(page)
    for question in (MISSION, WORLD_CUP, "What is the theme of the Jeju Forum?"):
        question_box(page).fill(question)
        question_box(page).press("Enter")
        expect(question_box(page)).to_have_value("")
    stops = page.get_by_role("button", name="Stop")
    expect(stops).to_have_count(3)
    stops.nth(1).click()
    expect(question_box(page)).to_have_value(WORLD_CUP)
    stops.nth(0).click()
    expect(question_box(page)).to_have_value(WORLD_CUP)
    expect(stops).to_have_count(1)
    held.let_go()
    expect(page.get_by_role("log").get_by_role("heading", level=2)).to_have_text([
        LAWLER,
        "What is the theme of the Jeju Forum?",
    ])
    expect(answers(page).last).to_contain_text("Acting Together")


def test_stop_ends_the_work_of_the_server(site: Site, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    began, released = threading.Event(), threading.Event()
    read: list[object] = []
    search = Answerer._search

    def slow(self: Answerer, asked: Question, filters: Filters | None) -> Ranking:
        began.set()
        released.wait(60)
        return search(self, asked, filters)

    page = open_page(site.url)
    wait_for_examples(page)
    monkeypatch.setattr(Answerer, "_search", slow)
    monkeypatch.setattr(RememberingReader, "_read", lambda *given: read.append(given))
    question_box(page).fill(WORLD_CUP)
    question_box(page).press("Enter")
    # The page's requests go through the test, which must not stand still.
    for _ in range(3000):
        if began.is_set():
            break
        page.wait_for_timeout(20)
    assert began.is_set()
    with page.expect_response("**/gradio_api/run/predict*"):
        page.get_by_role("button", name="Stop").click()
    released.set()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    expect(page.get_by_text("Searching the articles")).to_have_count(0)
    expect(answers(page)).to_have_count(0)
    expect(question_box(page)).to_have_value(WORLD_CUP)
    monkeypatch.undo()
    expect(ask(page, MISSION)).to_contain_text("last November")
    assert read == []


def test_a_corrected_word_can_be_had_as_typed(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    corrected = ask(page, "Who introduced the Indo-Pacific Treety Organization Act?")
    expect(corrected).to_contain_text("Understood as: Who introduced the Indo-Pacific Treaty Organization Act?")
    corrected.get_by_role("button", name="Ask for “Treety” as typed").click()
    expect(answers(page)).to_have_count(2)
    typed = page.get_by_role("log").get_by_role("heading", level=2).last
    expect(typed).to_have_text('Who introduced the Indo-Pacific "Treety" Organization Act?')
    expect(answers(page).last).not_to_contain_text("Understood as:")
    page.reload()
    expect(answers(page).first.get_by_role("button", name="Ask for “Treety” as typed")).to_be_visible()
