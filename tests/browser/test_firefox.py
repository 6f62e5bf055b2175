"""The chat and the widget in Firefox, driven by Mozilla's own client: what a reader does most, and no script fails.

Chromium has all the rest: `test_chat_page.py`, `test_conversation.py`, `test_widget.py`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from chatting import LAWLER, MISSION, TIMEOUT_MS, Site
from marionette_driver import Wait
from marionette_driver.by import By
from marionette_driver.errors import ElementClickInterceptedException
from marionette_driver.keys import Keys
from marionette_driver.marionette import Marionette
from widget_pages import Pages

# The client leaves the sockets open with which it waited for Firefox to listen.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning")]

SECONDS = 2 * TIMEOUT_MS / 1000
BOX = "#question textarea"
SENTENCE = "South Korea opened a diplomatic mission to NATO last November."


class Firefox:
    """A Firefox that a test tells what to do."""

    def __init__(self, marionette: Marionette) -> None:
        self.marionette = marionette

    def open(self, url: str) -> None:
        self.marionette.navigate(url)

    def says(self, script: str) -> object:
        """What the expression `script` is on the page."""
        return self.marionette.execute_script(f"return {script}")

    def until(self, script: str) -> None:
        """Wait until the expression `script` is true on the page."""
        Wait(self.marionette, timeout=SECONDS).until(
            lambda browser: browser.execute_script(f"return Boolean({script})"), message=script
        )

    def type(self, selector: str, text: str) -> None:
        self.until(f"document.querySelector({selector!r})")
        self.marionette.find_element(By.CSS_SELECTOR, selector).send_keys(text)

    def click(self, selector: str) -> None:
        """Click it, as soon as nothing lies over it any more."""
        self.until(f"document.querySelector({selector!r})")

        def clicked(browser: Marionette) -> bool:
            browser.find_element(By.CSS_SELECTOR, selector).click()
            return True

        Wait(self.marionette, timeout=SECONDS, ignored_exceptions=ElementClickInterceptedException).until(clicked)

    def problems(self, url: str) -> list[str]:
        """What scripts of `url` complained of."""
        with self.marionette.using_context("chrome"):
            found: list[list[str]] = self.marionette.execute_script(
                "return Services.console.getMessageArray().filter((each) => each instanceof Ci.nsIScriptError && "
                "!(each.flags & Ci.nsIScriptError.warningFlag)).map((each) => [each.sourceName, each.errorMessage])"
            )
        return [message for source, message in found if source.startswith(url)]


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    # The machine's; a version with long support is the one that readers at work have.
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    # The client deletes what stands where its log is to be, /dev/null too.
    log = tmp_path_factory.mktemp("firefox") / "gecko.log"
    marionette = Marionette(bin=found, headless=True, port=0, gecko_log=str(log))
    marionette.start_session()
    try:
        yield Firefox(marionette)
    finally:
        marionette.cleanup()


def test_a_conversation(firefox: Firefox, site: Site) -> None:
    firefox.open(f"{site.url}/chat/")
    firefox.type(BOX, MISSION + Keys.ENTER)
    firefox.until("document.querySelector('#conversation .answer')")
    assert firefox.says("document.querySelector('.lead mark').textContent") == SENTENCE
    assert firefox.says("document.querySelector('.lead b').textContent") == "last November"
    firefox.until(f"document.querySelector({BOX!r}).value === ''")

    # The article beside it, closed by Back.
    firefox.click(".answer .lead .cite")
    firefox.until("document.querySelector('#panel[open] mark.answer')")
    assert firefox.says("document.querySelector('#panel mark.answer').textContent") == SENTENCE
    assert firefox.says("document.activeElement.id") == "quote"
    firefox.marionette.go_back()
    firefox.until("!document.querySelector('#panel').open")
    assert firefox.says("document.activeElement.className") == "cite"

    firefox.type(BOX, LAWLER + Keys.ENTER)
    firefox.until("document.querySelectorAll('#conversation .answer').length === 2")
    firefox.marionette.refresh()
    firefox.until("document.querySelectorAll('#conversation .answer').length === 2")
    assert firefox.says("[...document.querySelectorAll('.question')].map((each) => each.textContent)") == [
        MISSION,
        LAWLER,
    ]
    assert firefox.says("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert firefox.problems(site.url) == []


def test_the_calendar_chooses_a_day(firefox: Firefox, site: Site) -> None:
    firefox.open(f"{site.url}/chat/")
    firefox.click("#which .label-wrap")
    firefox.until("document.querySelector('#which .calendar')")
    firefox.marionette.execute_script(
        "const [, until] = document.querySelectorAll('#which .calendar'); until.value = '2023-07-31';"
        "until.dispatchEvent(new Event('change'))"
    )
    firefox.until("document.querySelector('#filtered')?.textContent.includes('until 31 July 2023')")
    assert firefox.problems(site.url) == []


def test_the_widget(firefox: Firefox, site: Site, pages: Pages) -> None:
    firefox.open(pages.add("firefox"))
    root = "document.querySelector('article-qa').shadowRoot"
    firefox.until(f"document.querySelector('article-qa') && !{root}.querySelector('.w').hidden")
    firefox.marionette.execute_script(f"{root}.querySelector('.launch').click()")
    firefox.until(f"{root}.activeElement?.id === 'q'")
    widget = firefox.marionette.find_element(By.CSS_SELECTOR, "article-qa")
    widget.shadow_root.find_element(By.CSS_SELECTOR, "textarea").send_keys(MISSION + Keys.ENTER)
    firefox.until(f"{root}.querySelector('.turn .lead')")
    assert firefox.says(f"{root}.querySelector('.lead blockquote').textContent") == SENTENCE
    assert firefox.says(f"{root}.querySelector('.lead strong').textContent") == "last November"
    assert "November 2022" in str(firefox.says(f"{root}.querySelector('.lead').textContent"))
    firefox.marionette.execute_script(f"{root}.querySelector('.lead .cite').click()")
    firefox.until(f"{root}.activeElement?.localName === 'mark'")
    assert firefox.says(f"{root}.activeElement.textContent") == SENTENCE
    assert firefox.problems(site.url) == []
