from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from chatting import (
    DESKTOP,
    LAWLER,
    MISSION,
    PHONE,
    WORLD_CUP,
    Site,
    answers,
    ask,
    question_box,
    violations,
    wait_for_examples,
    width_beyond_the_screen,
)
from playwright.sync_api import Page, expect

from qa.feedback import read_feedback

pytestmark = pytest.mark.slow

OpenPage = Callable[..., Page]
PRESIDENT = "Who is South Korea's president?"
HELPFUL = re.compile("^Helpful")


def test_from_question_to_source(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    expect(page).to_have_url(f"{site.url}/chat/")
    answer = ask(page, MISSION)
    expect(answer.locator("mark").first).to_have_text("South Korea opened a diplomatic mission to NATO last November.")
    expect(answer.get_by_role("link").first).to_contain_text("‘Tailored partnership’ with NATO")
    expect(answer).to_contain_text("European Interest · 11 July 2023")
    expect(answer).to_contain_text("Very likely")

    answer.get_by_role("link").first.click()
    panel = page.get_by_role("dialog", name="Article")
    expect(panel.get_by_role("heading")).to_have_text(
        "South Korea: ‘Tailored partnership’ with NATO to boost security cooperation"
    )
    sentence = panel.locator("mark.answer")
    expect(sentence).to_have_text("South Korea opened a diplomatic mission to NATO last November.")
    expect(sentence).to_be_in_viewport()
    expect(panel.locator("#quote")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(answer.get_by_role("link").first).to_be_focused()


def test_follow_up_question(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    expect(ask(page, LAWLER)).to_contain_text("Mike Lawler introduced")
    answer = ask(page, "When did he introduce it?")
    expect(answer).to_contain_text("Understood as:")
    expect(answer.locator("mark").first).to_contain_text("December 5")


def test_refusal_offers_the_nearest_passages(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    answer = ask(page, WORLD_CUP)
    expect(answer).to_contain_text("The articles do not say.")
    expect(answer.get_by_role("link")).to_have_count(0)
    answer.get_by_text("The nearest passages").click()
    expect(answer.get_by_role("link")).to_have_count(5)
    answer.get_by_role("link").first.click()
    expect(page.get_by_role("dialog", name="Article").locator("#quote")).to_be_in_viewport()


def test_example_is_asked(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    page.get_by_role("button", name=LAWLER).click()
    expect(answers(page)).to_contain_text("Mike Lawler")
    expect(page.get_by_role("button", name=LAWLER)).to_be_hidden()


def test_feedback_is_stored_and_stays_visible(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    answer = ask(page, MISSION)
    before = len(read_feedback(site.feedback_file))
    answer.get_by_role("button", name=HELPFUL).click()
    expect(answer.get_by_role("button", name=HELPFUL)).to_have_attribute("aria-pressed", "true")
    refusal = ask(page, WORLD_CUP)
    refusal.get_by_role("button", name="Not helpful").click()
    expect(refusal.get_by_role("button", name="Not helpful")).to_have_attribute("aria-pressed", "true")
    expect(answers(page).first.get_by_role("button", name=HELPFUL)).to_have_attribute("aria-pressed", "true")

    stored = read_feedback(site.feedback_file)[before:]
    assert [(feedback.question, feedback.verdict) for feedback in stored] == [(MISSION, "up"), (WORLD_CUP, "down")]
    assert stored[0].passage_id is not None
    assert stored[0].passage_id.startswith("004_ba14481eac79cfe1:")


def test_undo_ask_again_and_clear(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    questions = page.get_by_role("log").get_by_role("heading", level=2)
    ask(page, MISSION)
    ask(page, LAWLER)

    page.get_by_role("button", name="Undo").click()
    expect(questions).to_have_text([MISSION])
    expect(question_box(page)).to_have_value(LAWLER)

    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_text("Searching the articles")).to_be_hidden()
    expect(questions).to_have_text([MISSION])
    expect(answers(page)).to_contain_text("last November")

    page.get_by_role("button", name="Clear").click()
    expect(questions).to_have_count(0)
    expect(question_box(page)).to_have_value("")
    wait_for_examples(page)
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_copy_takes_the_citation_along(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer = ask(page, MISSION)
    answer.get_by_role("button", name="Copy with citation").click()
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    # Only for a while: it may be copied again.
    expect(answer.get_by_role("button", name="Copied")).to_be_hidden(timeout=10_000)
    copied = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert copied[0] == "“South Korea opened a diplomatic mission to NATO last November.”"
    assert copied[1].endswith("to boost security cooperation, European Interest · 11 July 2023")
    assert copied[2].startswith(f"{site.url}/articles/004_ba14481eac79cfe1?start=")


@pytest.mark.parametrize(
    ("question", "words"),
    [("", "Type a question first."), ("x" * 3000, "The question has 3,000 characters")],
)
def test_bad_question_is_explained(site: Site, open_page: OpenPage, question: str, words: str) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    question_box(page).fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(question_box(page)).to_have_value(question)
    ask(page, MISSION)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_only_the_articles_that_were_chosen_answer(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    fold = page.get_by_role("button", name="Which articles")
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "true")
    page.get_by_label("Until").fill("2023-07")
    answer = ask(page, PRESIDENT)
    expect(answer).to_contain_text("Asked only of articles until 31 July 2023.")
    expect(answer.locator("mark").first).to_contain_text("President Yoon")
    expect(answer).not_to_contain_text("2025")

    page.get_by_label("Sources", exact=True).click()
    page.get_by_role("option", name="NationPress").click()
    page.keyboard.press("Escape")
    expect(ask(page, PRESIDENT)).to_contain_text("There is no such article.")

    page.get_by_label("Until").fill("July")
    question_box(page).fill(PRESIDENT)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("'July' is no day; write it as 2023, 2023-07 or 2023-07-01.")
    page.get_by_label("Until").fill("")
    page.get_by_label("Until").press("Tab")
    expect(page.get_by_text("Only articles")).to_have_text("Only articles of NationPress.")
    expect(ask(page, PRESIDENT)).to_contain_text("Asked only of articles of NationPress.")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_filter_is_seen_and_can_be_taken_off(site: Site, open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(site.url, size=size)
    wait_for_examples(page)
    fold, line = page.get_by_role("button", name="Which articles"), page.get_by_text("Only articles")
    fold.click()
    page.get_by_label("Until").fill("2023-07")
    button = page.get_by_role("button", name="Ask", exact=True)
    # A trial waits until what unfolds stands still.
    button.click(trial=True)
    before = button.bounding_box()
    page.get_by_label("Until").press("Tab")
    expect(line).to_have_text("Only articles until 31 July 2023.")
    # Else a click that leaves the field would miss it.
    button.click(trial=True)
    assert button.bounding_box() == before
    fold.click()
    expect(page.get_by_label("Until")).to_be_hidden()
    ask(page, PRESIDENT)
    expect(line).to_be_in_viewport()
    assert width_beyond_the_screen(page) == 0

    page.get_by_role("button", name="Ask all articles").click()
    expect(line).to_be_hidden()
    expect(ask(page, PRESIDENT)).not_to_contain_text("Asked only of articles")

    fold.click()
    page.get_by_label("Until").fill("July")
    page.get_by_label("Until").press("Enter")
    expect(page.get_by_text("'July' is no day")).to_be_visible()
    page.get_by_label("Until").fill("2023-07")
    page.get_by_label("Until").press("Enter")
    expect(line).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(line).to_be_hidden()
    expect(page.get_by_label("Until")).to_have_value("")


def test_on_a_phone(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url, size=PHONE)
    wait_for_examples(page)
    assert width_beyond_the_screen(page) == 0
    answer = ask(page, MISSION)
    assert width_beyond_the_screen(page) == 0
    answer.get_by_role("link").first.click()
    panel = page.get_by_role("dialog", name="Article")
    expect(panel.locator("mark.answer")).to_be_in_viewport()
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": PHONE[0], "height": PHONE[1]}
    assert width_beyond_the_screen(page) == 0
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(answer.get_by_role("link").first).to_be_focused()
    ask(page, WORLD_CUP).get_by_text("The nearest passages").click()
    assert width_beyond_the_screen(page) == 0


@pytest.mark.parametrize(("address", "scheme"), [("/chat/", "dark"), ("/chat/?__theme=dark", "light")])
def test_dark(site: Site, open_page: OpenPage, address: str, scheme: str) -> None:
    page = open_page(site.url + address, scheme=scheme)
    wait_for_examples(page)
    expect(page.locator("body")).to_have_css("background-color", "rgb(22, 21, 19)")
    expect(page.get_by_role("heading", level=1)).to_have_css("color", "rgb(236, 232, 225)")


def test_light(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 254, 251)")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_stands_in_the_way_of_anyone(site: Site, open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page(site.url, size=size)
    wait_for_examples(page)
    assert violations(page) == []
    page.get_by_role("button", name="Which articles").click()
    page.get_by_label("Sources", exact=True).click()
    page.get_by_role("option", name="European Interest").click()
    page.keyboard.press("Escape")
    assert violations(page) == []
    ask(page, MISSION)
    assert violations(page) == []
    answers(page).get_by_role("link").first.click()
    expect(page.locator("#quote")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    ask(page, WORLD_CUP).get_by_text("The nearest passages").click()
    question_box(page).fill("x" * 3000)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []


def test_messages_are_not_named_by_their_markup(site: Site, open_page: OpenPage) -> None:
    page = open_page(site.url)
    wait_for_examples(page)
    ask(page, MISSION)
    expect(page.locator("#conversation [aria-label*='<']")).to_have_count(0)
