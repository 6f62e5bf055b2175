"""docs/python.md: its examples, run as a reader would run them, one after the other."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from fakes import BRIDGE, CHESS, GLACIER, VACCINE

from qa.settings import Settings

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[1] / "docs" / "python.md"
ACT = "Whale Act passes\n\nParliament passed it on Monday. Senator Ruth Maas introduced the act two years ago."


@pytest.fixture
def _clippings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the articles that the page asks about."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ARTICLE_QA_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "act.txt").write_text(ACT, encoding="utf-8")
    write_articles(folder / "news.jsonl", BRIDGE, GLACIER)


def write_articles(path: Path, *articles: object) -> None:
    rows = [{"_id": row.pop("article_id"), "date": row.pop("published"), **row} for row in map(asdict, articles)]
    path.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows), encoding="utf-8")


@pytest.mark.usefixtures("_clippings")
def test_the_examples_do_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    examples = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    names: dict[str, object] = {}
    printed = []
    for example in examples:
        if "more.jsonl" in example:
            write_articles(Path("clippings/more.jsonl"), VACCINE, CHESS)
        exec(compile(example, str(PAGE), "exec"), names)
        printed.append(capsys.readouterr().out.splitlines())
    first, cited, _, asked, changed, anew, checked, figures, errors = printed
    assert first == ["Senator Ruth Maas introduced the act two years ago. Whale Act passes"]
    assert cited[0] == "1 Whale Act passes None Senator Ruth Maas introduced the act two years ago."
    assert (asked[0].endswith("The bridge cost 40 million crowns."), asked[1:]) == (True, [promised(examples[3])])
    assert changed[:4] == ["0 of 2", "1 of 2", "2 of 2", "2 added, 0 updated, 0 unchanged"]
    assert changed[4] == "vaccine Malaria vaccine reaches Ghana 2024-04-20 1"
    assert changed[-1] == "4 articles left, of ['Alpine Post', 'Coast Daily']"
    assert anew == ["4 articles made anew"]
    assert checked == ["2 of 3 citations are exact", "answer 1: citation 2: no article 'bridge' in the index"]
    assert figures[0].startswith("nDCG@10 0.")
    assert errors == [promised(examples[-1])]


def promised(example: str) -> str:
    """What the page says, in a comment, that is printed."""
    return re.findall(r"^ *print\(\w+(?:\.\w+)?\) +# (.*)$", example, re.MULTILINE)[0]
