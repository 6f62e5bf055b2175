"""Adding, asking, removing and putting back an article in the browser, and what the report says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from chatting import DESKTOP, PHONE, Site, ask, build, serving, violations, width_beyond_the_screen
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

OpenPage = Callable[..., Page]
STORY = (
    "A lighthouse is lit again\n\nINES HOLM, the keeper, lit the lamp of the lighthouse on Monday before two hundred "
    "guests.\n\nThe lighthouse had been dark for eleven years, because the island had no power line.\n"
)
FILE = {"name": "lighthouse.txt", "mimeType": "text/plain", "buffer": STORY.encode()}
PICTURE = {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(100)}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose articles change."""
    folder = tmp_path_factory.mktemp("edited")
    (folder / "articles").mkdir()
    for name in ("harbour", "museum"):
        (folder / "articles" / f"{name}.txt").write_text(f"The {name} opens\n\nThe {name} was opened in May.\n")
    with serving(build(folder / "articles", folder / "index")) as site:
        yield site


def drop(page: Page, text: str, name: str) -> None:
    carried = page.evaluate_handle(
        "([text, name]) => { const all = new DataTransfer(); all.items.add(new File([text], name)); return all; }",
        [text, name],
    )
    for kind in ("dragenter", "dragover", "drop"):
        page.dispatch_event(".drop", kind, {"dataTransfer": carried})


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_a_file_is_dropped_listed_asked_removed_and_put_back(
    own: Site, open_page: OpenPage, size: tuple[int, int], scheme: str
) -> None:
    page = open_page(f"{own.url}/articles", size=size, scheme=scheme)
    if size == PHONE:
        page.get_by_text("Add articles").click()
    drop(page, STORY, "lighthouse.txt")
    done = page.locator(".adding .done")
    expect(done).to_contain_text("lighthouse.txt: 1 added")
    listed = page.locator("ol.articles").get_by_role("link", name="A lighthouse is lit again", exact=True)
    expect(listed).to_be_visible()
    page.get_by_label("Drop files here, or choose some").set_input_files([FILE, PICTURE])
    expect(done).to_contain_text("1 unchanged; 1 not read, named below.")
    expect(done).to_contain_text("photo.png: nothing added")
    assert violations(page) == []
    assert width_beyond_the_screen(page) == 0

    page.get_by_role("link", name="Ask about this article: A lighthouse is lit again").click()
    expect(page.locator("#filtered")).to_contain_text("Only in “A lighthouse is lit again”.")
    expect(ask(page, "Who lit the lamp of the lighthouse?")).to_contain_text("INES HOLM")
    page.go_back()
    page.get_by_role("button", name="Remove: A lighthouse is lit again").click()
    undo = page.get_by_role("button", name="Undo: put back A lighthouse is lit again")
    expect(undo).to_be_focused()
    expect(page.locator(".count")).to_have_text("2 articles")
    assert violations(page) == []
    undo.click()
    expect(listed).to_be_focused()
    expect(page.locator(".count")).to_have_text("3 articles")
    # For the next time.
    page.get_by_role("button", name="Remove: A lighthouse is lit again").click()
    expect(undo).to_be_visible()


def test_an_address_that_is_refused_is_named_with_the_reason(own: Site, open_page: OpenPage) -> None:
    page = open_page(f"{own.url}/articles")
    page.get_by_label("Or the address of a page, feed or sitemap").fill(f"{own.url}/articles")
    page.locator(".fetch").get_by_role("button", name="Add").click()
    expect(page.locator(".adding .done")).to_contain_text(f"{own.url}/articles: nothing added")
    expect(page.locator(".adding .done .bad")).to_contain_text("Not read:")


def test_articles_are_changed_in_the_language_of_the_reader(own: Site, open_page: OpenPage) -> None:
    page = open_page(f"{own.url}/articles", locale="ko-KR")
    done = page.locator(".adding .done")
    page.get_by_label("파일을 여기에 끌어다 놓거나 선택하세요").set_input_files([
        {**FILE, "name": "beacon.txt", "buffer": STORY.replace("lighthouse", "beacon").encode()},
        PICTURE,
    ])
    expect(done).to_contain_text("1건 추가; 1건은 읽지 못함(아래 참고).")
    # What only the server knows is told in English, and marked as that.
    expect(done.locator(".bad")).to_have_text("읽지 못함: it is a PNG picture; no article is read from it")
    expect(done.locator(".bad [lang=en]")).to_have_text("it is a PNG picture; no article is read from it")
    assert violations(page) == []
    page.get_by_role("button", name="삭제: A beacon is lit again").click()
    undo = page.get_by_role("button", name="되돌리기: A beacon is lit again 다시 넣기")
    expect(page.locator(".articles")).to_contain_text("삭제함: A beacon is lit again")
    undo.click()
    listed = page.locator("ol.articles").get_by_role("link", name="A beacon is lit again", exact=True)
    expect(listed).to_be_focused()
    page.get_by_role("button", name="삭제: A beacon is lit again").click()
    expect(undo).to_be_visible()


def test_an_error_is_told_in_the_language_of_the_reader(own: Site, open_page: OpenPage) -> None:
    page = open_page(f"{own.url}/articles", locale="de-DE")
    error = {"code": "being_changed", "message": "somebody else"}
    page.route("**/editing/*", lambda route: route.fulfill(status=200, json={"error": error}))
    page.get_by_label("Dateien hier ablegen oder auswählen").set_input_files([FILE])
    expect(page.locator(".done")).to_contain_text(
        "nicht hinzugefügt: gerade ändert jemand anderes die Artikel; versuchen Sie es danach noch einmal"
    )
