from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rjsmin
from chatting import DESKTOP, LAWLER, MISSION, PHONE, WORLD_CUP, Site, violations, width_beyond_the_screen
from playwright.sync_api import Page, Request, Route, expect
from tabs import Tabs
from widget_pages import Pages, ask, citation, launcher, panel, question_box, turns

import qa.web
from qa.feedback import read_feedback

pytestmark = pytest.mark.slow

WIDGET = Path(qa.web.__file__).parent / "static" / "widget"
MAX_BYTES = 12 * 1024

OpenWidget = Callable[..., Page]


@pytest.fixture
def open_widget(tabs: Tabs, open_page: Callable[..., Page], pages: Pages, site: Site) -> OpenWidget:
    """Opens a page with the widget; what concerns the browser goes to `Tabs.open`, all else to `Pages.add`."""

    def open_widget(*, url: str | None = None, expected: tuple[str, ...] = (), **given: Any) -> Page:  # noqa: ANN401
        tabs.allow(site.url)
        tabs.ignore(*expected)
        options = {name: given.pop(name) for name in ("size", "scheme", "setup") if name in given}
        return open_page(url or pages.add("page", **given), **options)

    return open_widget


def open_panel(page: Page) -> None:
    launcher(page).click()
    expect(panel(page)).to_be_visible()


def fulfil(page: Page, path: str, body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> None:
    """Answer requests for `path` with `body` in the server's stead."""
    allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
    text = json.dumps(body)
    page.route(
        f"**{path}",
        lambda route: (
            route.fallback()
            if route.request.method == "OPTIONS"
            else route.fulfill(status=status, headers={**allowed, **(headers or {})}, body=text)
        ),
    )


def sent(request: Request) -> dict[str, Any]:
    """The body of a request."""
    body: dict[str, Any] = json.loads(request.post_data or "{}")
    return body


# ---- from question to source


def test_from_question_to_source_and_back(open_widget: OpenWidget, site: Site) -> None:
    page = open_widget()
    open_panel(page)
    expect(question_box(page)).to_be_focused()
    turn = ask(page, LAWLER)
    expect(turn.get_by_role("heading", level=3)).to_have_text(LAWLER)
    sentence = turn.locator("figure").first.locator("blockquote").first
    expect(sentence).to_contain_text("Mike Lawler introduced the Indo-Pacific Treaty Organization Act")
    # The article that is opened below hides it.
    words = sentence.inner_text()
    expect(turn.locator("mark").first).to_have_text(words)
    expect(turn).to_contain_text("December 13, 2023")
    expect(turn).to_contain_text(re.compile(r"[Ll]ikely · \d\d%"))
    expect(turn.get_by_role("heading", level=3)).to_be_in_viewport()
    expect(turn.locator("mark").first).to_be_hidden()
    turn.get_by_text("The whole passage").click()
    expect(turn.locator("mark").first).to_be_visible()
    turn.get_by_text("More passages").click()

    citation(turn).click()
    mark = panel(page).locator("mark:focus")
    expect(mark).to_have_text(words)
    expect(mark).to_be_in_viewport()
    expect(panel(page).get_by_role("heading", level=3)).to_contain_text("A delegation from eight NATO member")
    expect(page.get_by_role("log")).to_be_hidden()
    link = panel(page).get_by_role("link", name="Open the article")
    expect(link).to_have_attribute("href", re.compile(rf"^{site.url}/articles/003_\w+\?start=\d+&end=\d+#quote$"))
    expect(link).to_have_attribute("rel", "noopener noreferrer")

    page.keyboard.press("Escape")
    expect(citation(turn)).to_be_focused()
    expect(citation(turn)).to_be_in_viewport()
    citation(turn, 2).click()
    panel(page).get_by_role("button", name="Back").click()
    expect(citation(turn, 2)).to_be_focused()


def test_follow_up_sends_the_conversation(open_widget: OpenWidget) -> None:
    page = open_widget()
    open_panel(page)
    answer = ask(page, LAWLER).locator("figure blockquote").first.inner_text()
    with page.expect_request("**/api/ask") as asked:
        turn = ask(page, "When did he introduce it?")
    assert sent(asked.value)["history"] == [{"question": LAWLER, "answer": answer}]
    expect(turn).to_contain_text("Understood as:")
    expect(turn.locator("mark").first).to_contain_text("December 5")

    page.get_by_role("button", name="New chat").click()
    expect(turns(page)).to_have_count(0)
    expect(question_box(page)).to_be_focused()
    with page.expect_request("**/api/ask") as asked:
        ask(page, MISSION)
    assert sent(asked.value)["history"] == []


def test_refusal_offers_the_nearest_passages(open_widget: OpenWidget) -> None:
    page = open_widget()
    open_panel(page)
    turn = ask(page, WORLD_CUP)
    expect(turn).to_contain_text("The articles do not say.")
    expect(turn.get_by_role("button", name="Copy with citation")).to_have_count(0)
    expect(citation(turn)).to_be_hidden()
    turn.get_by_text("The nearest passages").click()
    expect(turn.locator("figure")).to_have_count(5)
    citation(turn).click()
    expect(panel(page).locator("mark:focus")).to_be_in_viewport()


def test_talk_gets_a_reply(open_widget: OpenWidget) -> None:
    page = open_widget()
    open_panel(page)
    turn = ask(page, "Thank you!")
    expect(turn).to_contain_text("You are welcome.")
    expect(turn).not_to_contain_text("The articles do not say.")


def test_a_refusal_says_how_far_the_articles_reach(open_widget: OpenWidget) -> None:
    page = open_widget()
    open_panel(page)

    def asked_later(route: Route) -> None:
        route.continue_(post_data={**route.request.post_data_json, "date": "2026-01-01"})

    page.route("**/api/ask", asked_later)
    turn = ask(page, "What did NATO announce this week?")
    expect(turn).to_contain_text("The articles do not say.")
    expect(turn).to_contain_text("Newest article: July 3, 2025")


def test_examples_are_asked(open_widget: OpenWidget) -> None:
    page = open_widget(attributes=f'data-examples="{MISSION}|{LAWLER}"')
    open_panel(page)
    page.get_by_role("button", name=LAWLER).click()
    expect(turns(page)).to_contain_text("Mike Lawler")
    expect(page.get_by_role("button", name=MISSION)).to_be_hidden()
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_role("button", name=MISSION)).to_be_visible()


def test_feedback_is_stored(open_widget: OpenWidget, site: Site) -> None:
    page = open_widget()
    open_panel(page)
    turn = ask(page, MISSION)
    before = len(read_feedback(site.feedback_file))
    up, down = (turn.get_by_role("button", name=name, exact=True) for name in ("Helpful", "Not helpful"))
    up.click()
    expect(up).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status")).to_have_text("Thank you.")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(up).to_have_attribute("aria-pressed", "false")
    stored = read_feedback(site.feedback_file)[before:]
    assert [(feedback.question, feedback.verdict) for feedback in stored] == [(MISSION, "up"), (MISSION, "down")]
    assert str(stored[0].passage_id).startswith("004_ba14481eac79cfe1:")


@pytest.mark.parametrize("setup", ["", "Object.defineProperty(navigator, 'clipboard', { value: undefined })"])
def test_copy_takes_the_citation_along(open_widget: OpenWidget, site: Site, setup: str) -> None:
    page = open_widget(setup=setup, inside='<textarea aria-label="Letter"></textarea>')
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_panel(page)
    button = ask(page, MISSION).get_by_role("button", name="Copy with citation")
    button.click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    expect(button).to_be_focused()
    page.get_by_label("Letter").focus()
    page.keyboard.press("Control+V")
    copied = page.get_by_label("Letter").input_value().split("\n")
    assert copied[0] == "“South Korea opened a diplomatic mission to NATO last November.”"
    assert copied[1].endswith("to boost security cooperation, European Interest · July 11, 2023")
    assert copied[2].startswith(f"{site.url}/articles/004_ba14481eac79cfe1?start=")


# ---- the keyboard, phones, looks


def test_focus_goes_in_and_comes_back(open_widget: OpenWidget) -> None:
    page = open_widget()
    launcher(page).focus()
    page.keyboard.press("Enter")
    expect(question_box(page)).to_be_focused()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(question_box(page)).to_have_value("one\ntwo")
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()

    # Opened by a button of the page, it returns there.
    page.get_by_role("button", name="Subscribe").focus()
    page.evaluate("document.querySelector('article-qa').open()")
    expect(question_box(page)).to_be_focused()
    panel(page).get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Subscribe")).to_be_focused()

    # Beside the page, Escape is the page's own.
    page.evaluate("document.querySelector('article-qa').toggle()")
    page.get_by_role("button", name="Subscribe").focus()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_visible()


def test_enter_belongs_to_the_input_method(open_widget: OpenWidget) -> None:
    page = open_widget()
    open_panel(page)
    question_box(page).fill("누가")
    question_box(page).dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    expect(question_box(page)).to_have_value("누가")
    expect(turns(page)).to_have_count(0)


def test_on_a_phone_the_panel_is_all_there_is(open_widget: OpenWidget) -> None:
    page = open_widget(size=PHONE)
    open_panel(page)
    expect(panel(page)).to_have_attribute("aria-modal", "true")
    assert panel(page).bounding_box() == {"x": 0, "y": 0, "width": PHONE[0], "height": PHONE[1]}
    turn = ask(page, LAWLER)
    assert width_beyond_the_screen(page) == 0
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") in ("article-qa", "body")
    citation(turn).click()
    expect(panel(page).locator("mark:focus")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(citation(turn)).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(launcher(page)).to_be_focused()


def test_beside_the_page_nothing_is_trapped(open_widget: OpenWidget) -> None:
    page = open_widget()
    open_panel(page)
    expect(panel(page)).to_have_attribute("aria-modal", "false")
    page.get_by_label("Search").fill("elsewhere")
    expect(page.get_by_label("Search")).to_be_focused()


@pytest.mark.parametrize(("scheme", "attributes"), [("dark", ""), ("light", 'data-theme="dark"')])
def test_dark(open_widget: OpenWidget, scheme: str, attributes: str) -> None:
    page = open_widget(scheme=scheme, attributes=attributes)
    open_panel(page)
    expect(panel(page)).to_have_css("background-color", "rgb(22, 21, 19)")
    expect(question_box(page)).to_have_css("color", "rgb(236, 232, 225)")


def test_right_to_left(open_widget: OpenWidget) -> None:
    page = open_widget(lang="ar")
    open_arabic = page.get_by_role("button", name="اسأل المقالات")
    open_arabic.click()
    dialog = page.get_by_role("dialog", name="اسأل المقالات")
    expect(dialog).to_have_css("direction", "rtl")
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] < 20
    page.get_by_role("textbox", name="سؤالك").fill(WORLD_CUP)
    page.keyboard.press("Enter")
    expect(turns(page)).to_contain_text("لا تذكر المقالات ذلك.")
    assert violations(page) == []


@pytest.mark.parametrize("file", sorted((WIDGET / "strings").glob("*.json")), ids=lambda file: file.stem)
def test_every_language_says_everything(file: Path) -> None:
    script = (WIDGET / "widget.js").read_text(encoding="utf-8")
    english = dict(re.findall(r'^    (\w+): "(.*)",$', script, flags=re.MULTILINE))
    words = json.loads(file.read_text(encoding="utf-8"))
    assert list(words) == list(english)
    assert all(words.values())
    assert "{time}" in words["busy"]
    assert "{time}" in english["busy"]


def test_language_without_a_file_is_english(open_widget: OpenWidget, site: Site) -> None:
    page = open_widget(lang="nl")
    expect(launcher(page)).to_be_visible()
    failing = open_widget(attributes='data-lang="de"', url=None, expected=("Failed to load resource",))
    failing.route("**/strings/de.json", lambda route: route.abort())
    failing.reload()
    expect(launcher(failing)).to_be_visible()


def test_styles_of_the_page_stay_out(open_widget: OpenWidget, pages: Pages) -> None:
    plain = open_widget()
    open_panel(plain)
    usual = panel(plain).bounding_box()
    style = pages.css
    pages.css = (
        "html { font-size: 40px } * { font-size: 40px !important; color: red; line-height: 3; letter-spacing: 9px; "
        "text-transform: uppercase } button { display: none !important } dialog, textarea { background: lime }"
    )
    try:
        page = open_widget()
        open_panel(page)
    finally:
        pages.css = style
    assert panel(page).bounding_box() == usual
    expect(question_box(page)).to_have_css("font-size", "16px")
    expect(question_box(page)).to_have_css("color", "rgb(27, 26, 24)")
    expect(question_box(page)).to_have_css("letter-spacing", "normal")
    expect(panel(page).get_by_role("button", name="Ask", exact=True)).to_be_visible()
    # Nor does its own leave it.
    expect(page.get_by_role("button", name="Subscribe")).to_be_hidden()


def test_colours_and_size_of_the_publisher(open_widget: OpenWidget, pages: Pages) -> None:
    style = pages.css
    pages.css = (
        "article-qa { --article-qa-accent: rgb(0, 80, 160); --article-qa-width: 300px; --article-qa-size: 20px }"
    )
    try:
        page = open_widget(attributes='data-position="left" data-heading="Ask the articles" data-open')
        expect(panel(page)).to_be_visible()
    finally:
        pages.css = style
    box = panel(page).bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (20, 300)
    expect(panel(page).get_by_role("button", name="Ask", exact=True)).to_have_css("background-color", "rgb(0, 80, 160)")
    # Nobody asked for it: the focus stays where it was.
    assert page.evaluate("document.activeElement.localName") == "body"


# ---- what a page may do with it


def test_two_widgets_do_not_disturb_each_other(open_widget: OpenWidget) -> None:
    inside = (
        '<article-qa id="a" mode="inline" heading="First"></article-qa>'
        '<article-qa id="b" mode="inline" k="1"></article-qa>'
    )
    page = open_widget(inside=inside)
    expect(page.locator("article-qa")).to_have_count(2)
    first, second = page.locator("#a"), page.locator("#b")
    expect(first.get_by_role("region", name="First")).to_be_visible()
    ask(second, MISSION)
    expect(turns(first)).to_have_count(0)
    expect(turns(second).locator("figure")).to_have_count(1)
    ask(first, LAWLER)
    citation(turns(first)).click()
    expect(first.locator("mark:focus")).to_be_in_viewport()
    expect(second.get_by_role("log")).to_be_visible()


def test_inline_stands_where_the_page_wants_it(open_widget: OpenWidget) -> None:
    page = open_widget(
        attributes='data-target="main" data-sources="NationPress|European Interest" data-after="2020-01-01" data-k="2"'
    )
    region = page.locator("main").get_by_role("region", name="Ask the articles")
    expect(region).to_be_visible()
    expect(launcher(page)).to_be_hidden()
    with page.expect_request("**/api/ask") as asked:
        ask(page, MISSION)
    body = sent(asked.value)
    assert {key: body.get(key) for key in ("k", "sources", "before", "after")} == {
        "k": 2, "sources": ["NationPress", "European Interest"], "before": None, "after": "2020-01-01",
    }  # fmt: skip


def test_events_tell_and_some_can_be_cancelled(open_widget: OpenWidget) -> None:
    names = ("ready", "open", "close", "question", "answer", "citation", "feedback")
    listen = f"for (const name of {list(names)}) addEventListener(name, (event) => window.heard.push(name));"
    page = open_widget(setup=f"window.heard = []; {listen}")
    open_panel(page)
    turn = ask(page, MISSION)
    turn.get_by_role("button", name="Helpful", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Thank you.")
    page.evaluate("addEventListener('citation', (event) => { window.cited = event.detail; event.preventDefault(); })")
    citation(turn).click()
    assert page.evaluate("window.cited.citation.article_id") == "004_ba14481eac79cfe1"
    expect(page.get_by_role("log")).to_be_visible()

    page.evaluate("addEventListener('question', (event) => event.preventDefault())")
    question_box(page).fill("Nobody hears this")
    page.keyboard.press("Enter")
    expect(turns(page)).to_have_count(1)
    expect(question_box(page)).to_have_value("Nobody hears this")
    page.keyboard.press("Escape")
    assert page.evaluate("window.heard") == [
        "ready", "open", "question", "answer", "feedback", "citation", "question", "close",
    ]  # fmt: skip


def test_methods_and_properties(open_widget: OpenWidget) -> None:
    page = open_widget(inside='<article-qa strings=\'{"send": "Go"}\'></article-qa>')
    expect(launcher(page)).to_be_visible()
    answer = page.evaluate(
        f"document.querySelector('article-qa').ask({json.dumps(MISSION)}).then(({{answer}}) => answer)"
    )
    assert answer == "South Korea opened a diplomatic mission to NATO last November."
    expect(panel(page).get_by_role("button", name="Go")).to_be_visible()
    page.evaluate(
        "const widget = document.querySelector('article-qa'); widget.heading = 'Our archive';"
        "widget.strings = { send: 'Search' }; widget.mode = 'inline'"
    )
    region = page.get_by_role("region", name="Our archive")
    expect(region.get_by_role("button", name="Search")).to_be_visible()
    expect(turns(page)).to_have_count(1)
    page.evaluate("document.querySelector('article-qa').clear()")
    expect(turns(page)).to_have_count(0)


def test_asked_before_it_is_ready(open_widget: OpenWidget) -> None:
    early = f"""customElements.whenDefined('article-qa').then(() => {{
        const widget = document.querySelector('article-qa');
        widget.k = 1;
        widget.ask({json.dumps(MISSION)});
    }})"""
    page = open_widget(lang="de", inside="<article-qa></article-qa>", setup=early)
    dialog = page.get_by_role("dialog", name="Fragen Sie die Artikel")
    expect(dialog.get_by_role("textbox", name="Ihre Frage")).to_be_focused()
    expect(turns(page)).to_contain_text("European Interest · 11. Juli 2023")
    expect(turns(page).get_by_role("button", name="Nicht hilfreich")).to_be_visible()
    expect(turns(page).locator("figure")).to_have_count(1)


def test_set_up_before_the_script_has_come(open_widget: OpenWidget) -> None:
    early = """addEventListener('DOMContentLoaded', () => {
        Object.assign(document.querySelector('article-qa'), { heading: 'Our archive', strings: { send: 'Search' } });
    })"""
    page = open_widget(inside="<article-qa></article-qa>", setup=early)
    page.get_by_role("button", name="Our archive").click()
    expect(page.get_by_role("dialog", name="Our archive").get_by_role("button", name="Search")).to_be_visible()


def test_nothing_is_kept(open_widget: OpenWidget) -> None:
    page = open_widget()
    open_panel(page)
    ask(page, MISSION)
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.reload()
    open_panel(page)
    expect(turns(page)).to_have_count(0)


def test_taken_out_and_put_back(open_widget: OpenWidget) -> None:
    page = open_widget()
    open_panel(page)
    ask(page, MISSION)
    page.route("**/api/ask", lambda route: None)
    question_box(page).fill("What is under way?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Searching the articles…")
    page.evaluate("window.widget = document.querySelector('article-qa'); widget.remove(); document.body.append(widget)")
    page.unroute("**/api/ask")
    expect(panel(page)).to_be_hidden()
    open_panel(page)
    expect(turns(page)).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("")
    expect(ask(page, LAWLER)).to_contain_text("Mike Lawler")


def test_script_twice_and_by_hand(open_widget: OpenWidget, site: Site) -> None:
    script = f'<script defer src="{site.url}/widget/v1.js" data-manual></script>'
    page = open_widget(inside=script)
    expect(launcher(page)).to_have_count(1)
    page = open_widget(attributes="data-manual")
    expect(page.locator("article-qa")).to_have_count(0)


# ---- when something is wrong


@pytest.mark.parametrize(
    ("status", "code", "words", "retries"),
    [
        (503, "unavailable", "Something went wrong.", True),
        (503, "busy", "Too many questions. You can ask again in 1 second.", True),
        (429, "too_many_requests", "Too many questions. You can ask again in 1 second.", True),
        (422, "bad_question", "Please ask a shorter question.", False),
    ],
)
def test_errors_are_explained(open_widget: OpenWidget, status: int, code: str, words: str, retries: bool) -> None:
    page = open_widget(expected=("Failed to load resource",))
    open_panel(page)
    page.evaluate("addEventListener('error', (event) => { window.failed = event.detail?.code; })")
    error = {"error": {"code": code, "message": "not for readers"}}
    fulfil(page, "/api/ask", error, status=status, headers={"Retry-After": "1"})
    question_box(page).fill(MISSION)
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(words)
    assert page.evaluate("window.failed") == code
    assert violations(page) == []
    page.unroute("**/api/ask")
    if retries:
        alert.get_by_role("button", name="Try again").click()
        expect(turns(page)).to_contain_text("last November")
        expect(turns(page)).to_have_count(1)
        expect(question_box(page)).to_be_focused()
    else:
        expect(question_box(page)).to_have_value(MISSION)
        expect(turns(page)).to_have_count(0)
    ask(page, MISSION)
    expect(alert).to_be_empty()


def test_server_is_down(open_widget: OpenWidget, site: Site) -> None:
    page = open_widget(expected=("Failed to load resource",))
    open_panel(page)
    page.route(f"{site.url}/**", lambda route: route.abort())
    question_box(page).fill(MISSION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The articles cannot be reached.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_contain_text("You are offline.")


def test_site_that_is_not_on_the_list(open_widget: OpenWidget, pages: Pages) -> None:
    pages.add("foreign")
    warnings: list[str] = []
    page = open_widget(url=f"{pages.foreign_url}/foreign", expected=("CORS", "Failed to load resource", "article-qa:"))
    page.on("console", lambda message: warnings.append(message.text) if message.type == "warning" else None)
    open_panel(page)
    question_box(page).fill(MISSION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Questions are not available on this site.")
    assert f'add {pages.foreign_url} to the setting "origins"' in "".join(warnings)


# ---- hostile articles

NAUGHTY = '<img src=x onerror="window.hit = 1"> </mark><script>window.hit = 2</script> \u202ereversed ' + "x" * 200
BEFORE, SENTENCE, AFTER = f"😀😀 {NAUGHTY}\n", "The 😀 answer is 𝟜𝟚.", f"\n😀 {NAUGHTY}"


def hostile_answer() -> dict[str, Any]:
    """An answer whose every text is hostile, and whose offsets count characters beyond the BMP."""
    cited = {
        "rank": 1, "article_id": "a/../<b>", "passage_id": "p", "title": NAUGHTY, "source": NAUGHTY, "published": None,
        "url": "javascript:window.hit=3", "start": 3, "end": 3 + len(BEFORE + SENTENCE + AFTER),
        "quote": BEFORE + SENTENCE + AFTER, "answer_start": 3 + len(BEFORE),
        "answer_end": 3 + len(BEFORE + SENTENCE), "score": 1, "text_sha256": "same",
    }  # fmt: skip
    return {
        "question": "q", "query": NAUGHTY, "answerable": True, "confidence": 1, "answer": SENTENCE,
        "citations": [cited, {**cited, "rank": 2}], "index": {}, "timing_ms": {},
    }  # fmt: skip


def test_articles_stay_text(open_widget: OpenWidget, site: Site) -> None:
    page = open_widget(size=PHONE)
    answer = hostile_answer()
    cited = answer["citations"][0]
    text = f"😀x\n{cited['quote']}\nend"
    article = {**cited, "text": text, "link": "javascript:window.hit=4"}
    fulfil(page, "/api/ask", answer)
    fulfil(page, "/api/articles/*", article)
    open_panel(page)
    turn = ask(page, f"{NAUGHTY} ?")
    expect(turn.locator("blockquote").first).to_have_text(SENTENCE)
    expect(turn.locator("mark").first).to_have_text(SENTENCE)
    expect(turn).to_contain_text("Very likely · 99%")
    expect(turn).to_contain_text("Date unknown")
    assert width_beyond_the_screen(page) == 0
    log = page.get_by_role("log")
    assert log.evaluate("log => log.scrollWidth - log.clientWidth") == 0

    citation(turn).click()
    expect(panel(page).locator("mark:focus")).to_have_text(SENTENCE)
    marked = panel(page).locator("p mark").all_text_contents()
    assert "".join(marked) == cited["quote"].replace("\n", "")
    link = panel(page).get_by_role("link")
    expect(link).to_have_attribute("href", re.compile(rf"^{site.url}/articles/a%2F\.\.%2F%3Cb%3E\?start="))
    assert page.evaluate("window.hit") is None
    for tag in ("img", "script", "style", "b b"):
        assert page.locator(f"article-qa {tag}").count() == 0


def test_the_words_that_answer_are_bold(open_widget: OpenWidget) -> None:
    page = open_widget()
    answer = hostile_answer()
    cited = answer["citations"][0]
    fulfil(page, "/api/ask", answer)
    fulfil(page, "/api/articles/*", {**cited, "text": f"😀x\n{cited['quote']}\nend", "link": None})
    open_panel(page)
    plain = ask(page, MISSION)
    expect(plain.locator("strong")).to_have_count(0)

    words = SENTENCE[3:-3]
    start = cited["answer_start"] + 3
    short = {**cited, "short_start": start, "short_end": start + len(words)}
    fulfil(page, "/api/ask", {**answer, "short": words, "citations": [short, {**short, "rank": 2}]})
    turn = ask(page, MISSION)
    for quote in (turn.locator("blockquote").first, turn.locator("mark").first, turn.locator(".more mark")):
        expect(quote).to_have_text(SENTENCE)
        expect(quote.locator("strong")).to_have_text(words)
    assert turn.locator("strong").first.evaluate("words => getComputedStyle(words).fontWeight") == "700"

    citation(turn).click()
    mark = panel(page).locator("mark:focus")
    expect(mark).to_have_text(SENTENCE)
    expect(mark.locator("strong")).to_have_text(words)
    assert "".join(panel(page).locator("p mark").all_text_contents()) == cited["quote"].replace("\n", "")
    assert page.evaluate("window.hit") is None


def test_a_title_that_answers_is_shown_and_copied(open_widget: OpenWidget) -> None:
    clipboard = "{ value: { writeText: (text) => (window.copied = text) } }"
    page = open_widget(setup=f"Object.defineProperty(navigator, 'clipboard', {clipboard})")
    answer = hostile_answer()
    cited = {**answer["citations"][0], "headline_answers": True}
    title = cited["title"]
    fulfil(page, "/api/ask", {**answer, "answer": title, "short": None, "citations": [cited]})
    open_panel(page)
    turn = ask(page, MISSION)
    expect(turn.locator("blockquote").first).to_have_text(title)
    expect(turn.locator("strong")).to_have_count(0)
    turn.get_by_role("button", name="Copy with citation").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("copied").startswith(f"“{title}”\n")


def told_of_two_years() -> dict[str, Any]:
    """An answer with all that an answer can have: articles of two years, copies, a time, what a model wrote."""
    quote = "The mission opened last November. It has two rooms."
    cited = {
        "rank": 1, "article_id": "old", "passage_id": "old:0-51", "title": "Old news", "source": "Paper",
        "published": "2023-07-11", "url": None, "start": 0, "end": len(quote), "quote": quote, "answer_start": 0,
        "answer_end": 33, "short_start": 19, "short_end": 32, "score": 0.9, "text_sha256": "same",
        "times": [{"words": "last November", "when": "2022-11"}], "page": 12,
    }  # fmt: skip
    copy = {"title": "A copy", "source": "Wire", "published": "2023-07-12", "url": None, "start": 4, "end": 9}
    other = {**cited, "rank": 2, "article_id": "between", "title": "Between", "score": 0.1, "times": []}
    del other["page"]
    new = {
        **other, "rank": 3, "score": 0.9, "article_id": "new", "title": "New news", "published": "2025-07-03",
        "also_in": [{**copy, "article_id": "copy"}], "updates": [{**copy, "article_id": "older", "title": "Older"}],
    }  # fmt: skip
    return {
        "question": "When?", "query": "When did the mission open?", "answerable": True, "confidence": 0.9,
        "answer": quote[:33], "short": "last November", "citations": [cited, other, new], "index": {}, "timing_ms": {},
        "understood": "“this week” counted from 3 July 2025", "timeline": [
            {"rank": 3, "published": "2025-07-03", "answer": quote[:33], "confidence": 0.8},
            {"rank": 1, "published": "2023-07-11", "answer": quote[:33], "confidence": 0.9},
        ],
        "written": {
            "model": "small", "sentences": [{"text": "It opened in November.", "citations": [1, 2]}], "left_out": 1,
        },
    }  # fmt: skip


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_all_that_an_answer_can_have(open_widget: OpenWidget, size: tuple[int, int]) -> None:
    page = open_widget(size=size, attributes="data-write")
    fulfil(page, "/api/ask", told_of_two_years())
    fulfil(page, "/api/articles/*", {**told_of_two_years()["citations"][2], "text": "The long story.", "link": None})
    open_panel(page)
    with page.expect_request("**/api/ask") as asked:
        turn = ask(page, "When?")
    assert sent(asked.value)["write"] is True
    expect(turn).to_contain_text("Understood as: When did the mission open?")
    expect(turn).to_contain_text("“this week” counted from 3 July 2025")
    expect(turn).to_contain_text("Articles of different years say:")
    years = turn.locator("ol > li")
    expect(years).to_have_count(2)
    expect(years.locator(".day")).to_have_text(["July 3, 2025", "July 11, 2023"])
    # Of each how likely it is: one of them may well be beside the point.
    expect(years.get_by_text("Very likely · 90%")).to_have_count(2)
    # By their places here, not their ranks.
    expect(citation(years.first, 1)).to_have_text("1.New news")
    expect(citation(years.last, 2)).to_have_text("2.Old news")
    expect(years.first.locator(".lead > blockquote strong")).to_have_text("last November")
    expect(years.last).to_contain_text("last November: November 2022")
    expect(years.first).not_to_contain_text("November 2022")
    expect(years.last.locator("figcaption")).to_contain_text("Paper · July 11, 2023 · p. 12")
    expect(years.first.locator("figcaption")).not_to_contain_text("p. ")

    expect(turn).to_contain_text("It opened in November.[2] Old news[3] Between")
    expect(turn).to_contain_text("Written by small from the passages below. Sentences left out")
    expect(turn.get_by_role("button", name="[2] Old news")).to_be_visible()
    expect(citation(turn, 3)).to_have_count(0)
    turn.get_by_text("More passages (1)").click()
    expect(citation(turn, 3)).to_have_text("3.Between")

    years.first.get_by_text("Earlier articles say otherwise (1)").click()
    expect(years.first.get_by_role("button", name="Older")).to_be_visible()
    years.first.get_by_text("Also in other articles (1)").click()
    assert width_beyond_the_screen(page) == 0
    assert violations(page) == []
    years.first.get_by_role("button", name="A copy").click()
    expect(panel(page).locator("mark:focus")).to_have_text("long ")
    expect(panel(page)).not_to_contain_text("The article has changed since.")
    page.keyboard.press("Escape")
    expect(years.first.get_by_role("button", name="A copy")).to_be_focused()
    citation(years.last, 2).click()
    expect(panel(page).locator(".text .by")).to_have_text("Paper · July 3, 2025 · p. 12")


def test_a_copy_is_shown_in_every_direction(open_widget: OpenWidget) -> None:
    page = open_widget(lang="ar")
    fulfil(page, "/api/ask", told_of_two_years())
    page.get_by_role("button", name="اسأل المقالات").click()
    page.get_by_role("textbox", name="سؤالك").fill("متى؟")
    page.keyboard.press("Enter")
    turn = turns(page).first
    expect(turn).to_contain_text("تقول مقالات من سنوات مختلفة")
    turn.get_by_text("أيضًا في مقالات أخرى").click()
    assert width_beyond_the_screen(page) == 0
    assert violations(page) == []


def test_a_corrected_word_can_be_had_as_typed(open_widget: OpenWidget) -> None:
    page = open_widget()
    open_panel(page)
    turn = ask(page, "Who introduced the Indo-Pacific Treety Organization Act?")
    with page.expect_request("**/api/ask") as asked:
        turn.get_by_role("button", name="Ask for “Treety” as typed").click()
    assert sent(asked.value)["question"] == 'Who introduced the Indo-Pacific "Treety" Organization Act?'
    expect(turns(page)).to_have_count(2)


def test_only_what_adds_something_is_shown_at_once(open_widget: OpenWidget) -> None:
    page = open_widget()
    told = told_of_two_years()
    first, other, new = told["citations"]
    same = {**other, "score": 0.9, "article_id": "old"}
    fulfil(
        page, "/api/ask", {**told, "timeline": [], "written": None, "citations": [first, same, {**new, "score": 0.4}]}
    )
    open_panel(page)
    turn = ask(page, "When?")
    also = turn.locator("div:has(> h4)")
    expect(also.locator("figure")).to_have_count(1)
    expect(also.get_by_role("button", name="New news")).to_have_text("2.New news")
    expect(turn.locator("details > figure")).to_have_count(1)
    expect(turn.get_by_text("Between")).to_be_hidden()


def test_changed_article_is_not_marked(open_widget: OpenWidget) -> None:
    page = open_widget()
    answer = hostile_answer()
    fulfil(page, "/api/ask", answer)
    changed = {
        **answer["citations"][0],
        "text": "Something else.",
        "text_sha256": "other",
        "link": "https://example.org/#:~:text=a",
    }
    fulfil(page, "/api/articles/*", changed)
    open_panel(page)
    citation(ask(page, MISSION)).click()
    expect(panel(page)).to_contain_text("The article has changed since.")
    expect(panel(page).get_by_text("Something else.")).to_be_visible()
    expect(panel(page).get_by_role("button", name="Back")).to_be_focused()
    expect(panel(page).locator("p mark")).to_have_count(0)
    original = panel(page).get_by_role("link", name="Read the original")
    expect(original).to_have_attribute("href", "https://example.org/#:~:text=a")


# ---- for everyone, and small


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_stands_in_the_way_of_anyone(open_widget: OpenWidget, size: tuple[int, int]) -> None:
    page = open_widget(size=size, attributes=f'data-examples="{MISSION}"')
    expect(launcher(page)).to_be_visible()
    assert violations(page) == []
    open_panel(page)
    assert violations(page) == []
    turn = ask(page, MISSION)
    assert violations(page) == []
    citation(turn).click()
    expect(panel(page).locator("mark:focus")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    ask(page, WORLD_CUP).get_by_text("The nearest passages").click()
    assert violations(page) == []


def test_script_is_small() -> None:
    script = rjsmin.jsmin((WIDGET / "widget.js").read_text(encoding="utf-8"))
    assert len(gzip.compress(script.encode(), 9)) <= MAX_BYTES
    assert (WIDGET / "v1.js").read_text(encoding="utf-8").strip() == script.strip(), "run `make widget`"
