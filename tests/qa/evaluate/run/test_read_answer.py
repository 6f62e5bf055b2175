"""An answer read back from its JSON form."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from fakes import HashEncoder

from corpus.article import Article
from index.generations import IndexFolder
from index.retriever import Retriever
from index.update import build_index
from qa.answerer import Answerer
from qa.evaluate.run.ask import read_answer
from qa.evidence.fitted import load_fitted


def test_what_follows_from_the_citations_is_read_over(tmp_path: Path) -> None:
    story = Article("fire", "Fire", "The old mill of Bergen burned down yesterday.", published=date(2023, 3, 2))
    encoder = HashEncoder()

    folder = IndexFolder(tmp_path / "index")
    build_index(folder, [story], encoder)
    answer = Answerer(Retriever(folder, encoder), load_fitted()).ask("When did the mill burn down?")
    record = answer.to_json()
    assert record["citations"][0]["times"], "the sentence says yesterday"
    assert read_answer(record).to_json()["citations"] == record["citations"]
