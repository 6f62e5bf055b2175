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
ACT = (
    "Act on whales passes\n\n"
    "Parliament passed the whale act on Monday. Senator Ruth Maas introduced the act two years ago."
)


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
        printed.append(capsys.readouterr().out)
    print(printed)
