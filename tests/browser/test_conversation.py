"""Nothing that a reader typed, asked or was told is lost; what was told can be shown to others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from chatting import (
    LAWLER,
    MISSION,
    PHONE,
    WORLD_CUP,
    Held,
    Site,
    answers,
    ask,
    question_box,
    serving,
    wait_for_examples,
    width_beyond_the_screen,
)
from playwright.sync_api import Locator, Page, expect
from tabs import Tabs

from qa.archive import Archive
from qa.settings import Settings

pytestmark = pytest.mark.slow

OpenPage = Callable[..., Page]
JEJU = "What is the theme of the Jeju Forum?"


def questions(page: Page) -> Locator:
    return page.get_by_role("log").get_by_role("heading", level=2)


def send(page: Page, question: str) -> None:
    question_box(page).fill(question)
    question_box(page).press("Enter")
    expect(question_box(page)).to_have_value("")


def test_what_is_typed_meanwhile_stays_and_questions_are_answered_in_order(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    held = Held(page)
    send(page, LAWLER)
    expect(page.get_by_text("Searching the articles")).to_be_visible()
    send(page, "When did he introduce it?")
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    question_box(page).press_sequentially("half a thou")
    held.let_go()
    question_box(page).press_sequentially("ght")
    expect(questions(page)).to_have_text([LAWLER, "When did he introduce it?"])
    expect(answers(page).last).to_contain_text("Understood as:")
    expect(page.get_by_text("Searching the articles")).to_be_hidden()
    expect(question_box(page)).to_have_value("half a thought")
    expect(question_box(page)).to_be_focused()


def test_a_question_asked_before_the_page_is_whole_is_answered(site: Site, open_page: OpenPage) -> None:
    page = open_page(f"{site.url}/health")
    held = Held(page)
    page.goto(site.url)
    send(page, MISSION)
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    held.let_go()
    expect(answers(page)).to_contain_text("last November")


def test_a_filter_of_the_first_second_stays(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    held = Held(page)
    page.goto(site.url)
    page.get_by_role("button", name="Which articles").click()
    page.get_by_label("Until").fill("2023-07")
    held.let_go()
    wait_for_examples(page)
    page.get_by_label("Until").press("Tab")
    expect(page.get_by_text("Only articles")).to_have_text("Only articles until 31 July 2023.")
    expect(page.get_by_label("Until")).to_have_value("2023-07")


def test_a_refused_question_comes_back_unless_something_else_is_typed(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    held = Held(page)
    send(page, "x" * 3000)
    question_box(page).fill("something else")
    held.let_go()
    expect(page.get_by_role("alert")).to_contain_text("3,000 characters")
    expect(question_box(page)).to_have_value("something else")


def test_a_conversation_survives_reload_and_goes_on(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, LAWLER)
    ask(page, WORLD_CUP)
    shown = page.get_by_role("log").inner_text()
    expect(page).to_have_url(re.compile(r"/chat/#[a-z0-9]+$"))
    question_box(page).fill("half a thought")
    page.reload()
    expect(questions(page)).to_have_text([LAWLER, WORLD_CUP])
    assert page.get_by_role("log").inner_text() == shown
    expect(question_box(page)).to_have_value("half a thought")
    page.get_by_role("button", name="Undo").click()
    expect(questions(page)).to_have_text([LAWLER])
    question_box(page).fill("")
    expect(ask(page, "When did he introduce it?")).to_contain_text("December 5")
    page.reload()
    expect(questions(page)).to_have_text([LAWLER, "When did he introduce it?"])


def test_a_question_that_waits_when_the_page_is_left_is_asked_again(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, LAWLER)
    held = Held(page)
    send(page, MISSION)
    held.stop()
    page.reload()
    expect(questions(page)).to_have_text([LAWLER, MISSION])


def test_earlier_conversations_can_be_read_gone_on_with_and_forgotten(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, LAWLER)
    ask(page, WORLD_CUP)
    page.get_by_role("link", name="New").click()
    expect(page).to_have_url(f"{site.url}/chat/")
    expect(page.get_by_text("2 questions")).to_be_visible()
    page.get_by_role("link", name=LAWLER).click()
    expect(questions(page)).to_have_text([LAWLER, WORLD_CUP])
    page.get_by_role("button", name="Clear").click()
    expect(questions(page)).to_have_count(0)
    wait_for_examples(page)
    expect(page).to_have_url(f"{site.url}/chat/")
    ask(page, MISSION)
    page.get_by_role("link", name="New").click()
    expect(page.get_by_role("link", name=LAWLER)).to_have_count(0)
    expect(page.get_by_role("link", name=MISSION)).to_be_visible()
    forget = page.get_by_role("button", name="Forget them")
    forget.click()
    expect(page.get_by_role("link", name=MISSION)).to_be_hidden()
    page.locator("#earlier").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name=MISSION)).to_be_visible()
    forget.click()
    expect(page.get_by_role("link", name=MISSION)).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('article-qa'))") == []


def test_what_was_kept_is_input_from_outside(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, MISSION)
    page.evaluate(
        """() => {
            const [key] = Object.keys(localStorage).filter((key) => key.includes(":talk:"));
            const talk = JSON.parse(localStorage.getItem(key));
            const answer = JSON.parse(talk.answers[0]);
            const naughty = "<img src=x onerror=alert(1)>";
            talk.answers.push(
                JSON.stringify({ ...answer, question: naughty, query: naughty }),
                JSON.stringify({ ...answer, citations: [{ ...answer.citations[0], text_hash: "0" }] }),
                JSON.stringify({ ...answer, text: naughty }), "{", naughty);
            localStorage.setItem(key, JSON.stringify(talk));
        }"""
    )
    page.reload()
    # What is no JSON at all is not even sent; of the rest the server believes what it finds in the articles.
    expect(questions(page)).to_have_text([MISSION, "<img src=x onerror=alert(1)>", MISSION])
    expect(answers(page).last).to_have_text(
        "The article that was quoted here has changed since. Ask the question again."
    )
    assert page.locator("#conversation img").count() == 0


def test_the_server_is_started_anew_under_an_open_page(site: Site, tabs: Tabs, open_page: OpenPage) -> None:
    # A server that is gone is no fault of the page's.
    tabs.ignore("Failed to load resource")
    with serving(site.folder) as first:
        page = open_page(first.url)
        wait_for_examples(page)
        ask(page, LAWLER)
        port = int(first.url.rpartition(":")[2])
    with serving(site.folder, at_port=port):
        question_box(page).fill("When did he introduce it?")
        question_box(page).press("Enter")
        expect(questions(page)).to_have_text([LAWLER, "When did he introduce it?"])
        expect(answers(page).last).to_contain_text("December 5")


@pytest.mark.parametrize("size", [(1280, 860), PHONE])
def test_back_closes_the_article_and_not_the_chat(site: Site, open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(site.url, size=size)
    wait_for_examples(page)
    link = ask(page, MISSION).get_by_role("link").first
    panel = page.get_by_role("dialog", name="Article")
    link.click()
    expect(panel).to_be_visible()
    expect(panel.get_by_text("European Interest · 11 July 2023")).to_be_in_viewport()
    page.go_back()
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()
    expect(questions(page)).to_have_text([MISSION])
    link.click()
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(page).to_have_url(re.compile("/chat/#"))
    page.go_back()
    expect(page).to_have_url("about:blank")


def test_a_link_asks_when_it_is_opened(site: Site, open_page: OpenPage) -> None:
    page = open_page(f"{site.url}/chat/?q=Who+is+South+Korea%27s+president%3F&until=2023-07&source=European+Interest")
    expect(answers(page)).to_contain_text("Asked only of articles until 31 July 2023, of European Interest.")
    expect(answers(page)).to_contain_text("Yoon")
    expect(page.get_by_text("Only articles until")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/chat/#[a-z0-9]+$"))
    page.reload()
    expect(answers(page)).to_have_count(1)


def test_the_link_of_an_answer_gives_that_answer(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, LAWLER)
    answer = ask(page, "When did he introduce it?")
    answer.get_by_role("button", name="Copy link").click()
    expect(answer.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{site.url}/chat/?q=When+did+")
    other = open_page(link)
    expect(answers(other)).to_contain_text("December 5")
    expect(other.locator("meta[property='og:title']")).to_have_attribute("content", re.compile("^When did "))


def test_a_conversation_is_saved(site: Site, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, MISSION)
    ask(page, WORLD_CUP)
    page.reload()
    expect(questions(page)).to_have_count(2)
    for name, ending in (("Markdown", "md"), ("HTML", "html"), ("JSON", "json")):
        page.locator("#save summary").click()
        button = page.get_by_role("button", name=name, exact=True)
        with page.expect_download() as download:
            button.click()
        assert download.value.suggested_filename == f"asked-of-the-articles.{ending}"
        expect(button).to_be_hidden()
        download.value.save_as(tmp_path / ending)
    for ending in ("md", "html"):
        text = (tmp_path / ending).read_text(encoding="utf-8")
        assert "South Korea opened a diplomatic mission to NATO" in text
        assert f"{site.url}/articles/004_ba14481eac79cfe1?start=" in text
    saved = json.loads((tmp_path / "json").read_text(encoding="utf-8"))
    assert [answer["question"] for answer in saved] == [MISSION, WORLD_CUP]
    assert Archive(Settings(index=site.folder)).verify(tmp_path / "json").problems == []


def test_an_answer_is_short_and_its_passage_unfolds_around_it(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    for question in (MISSION, JEJU, LAWLER):
        answer = ask(page, question)
        box = answer.bounding_box()
        assert box is not None
        assert box["height"] <= 600
    lead = ask(page, MISSION).locator(".lead")
    expect(lead.locator("blockquote")).to_have_text("South Korea opened a diplomatic mission to NATO last November.",
                                                    use_inner_text=True)  # fmt: skip
    lead.get_by_text("The whole passage").click()
    expect(lead.locator("blockquote")).to_contain_text("11 sectors", use_inner_text=True)
    assert answers(page).last.inner_text().count("South Korea opened a diplomatic mission to NATO") == 1
    answers(page).last.get_by_text(re.compile("more passages?$")).click()
    assert width_beyond_the_screen(page) == 0


def test_printed_it_is_questions_and_answers(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, MISSION)
    page.emulate_media(media="print")
    expect(answers(page).locator("blockquote").first).to_be_visible()
    for unwanted in ("#ask", "#examples", "#conversation .actions", "#conversation summary"):
        expect(page.locator(unwanted).first).to_be_hidden()
