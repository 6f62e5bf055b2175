"""What the reader learns from: answers at their places, and questions that a passage does not answer."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from qa.train.pairs import FILE, Source, exchange, negate, pairs_of, read_sources

PASSAGE = (
    "Anna Berg opened the harbour bridge in Oslo in May 2021. It cost 400 million crowns and took nine years. "
    "The mayor of Bergen, Karl Frei, had opened the tunnel in 2019. Nobody spoke of the price of steel that day. "
    "Crowds came from Bergen and from Stavanger, and they stayed until the evening."
)


def row(question: str, answer: str, passage: str = PASSAGE, source: str = "qed-nq") -> dict[str, object]:
    answers = [{"text": answer, "start": passage.index(answer)}]
    return {"question": question, "passage": passage, "answers": answers, "answerable": True, "source": source}


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    rows = [row("Who opened the harbour bridge in Oslo?", "Anna Berg"), row("What did it cost?", "400 million crowns")]
    rows += [
        row(f"Who sold the cows of farm {n}?", f"Farmer {n}", f"Farmer {n} sold the cows of farm {n} to a man in Kiel.")
        for n in range(40)
    ]
    file = tmp_path / FILE
    file.parent.mkdir()
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    return tmp_path


def test_single_sentences_are_put_together_and_the_answers_stay_where_they_are(data_dir: Path) -> None:
    sources = read_sources(data_dir, seed=1)
    assert len(sources) < 10
    asked = {question: source.text[slice(*spans[0])] for source in sources for question, spans in source.asked}
    assert asked["Who opened the harbour bridge in Oslo?"] == "Anna Berg"
    assert all(asked[f"Who sold the cows of farm {n}?"] == f"Farmer {n}" for n in range(40))


def test_a_pass_has_both_kinds_and_the_same_seed_makes_the_same(data_dir: Path) -> None:
    sources = read_sources(data_dir, seed=1)
    for source in sources:
        source.held_out = False
    pairs = pairs_of(sources, 1, held_out=False)
    assert pairs == pairs_of(sources, 1, held_out=False)
    assert {bool(pair.spans) for pair in pairs} == {True, False}
    assert all(bool(pair.spans) is (pair.kind == "answered") for pair in pairs)
    assert pairs_of(sources, 1, held_out=True) == []
    for pair in pairs:
        if pair.kind == "removed":
            assert not any(answer in pair.passage for answer in ("Anna Berg", "400 million"))


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Who opened the harbour bridge in Oslo?", {"Bergen", "Stavanger"}),
        ("What was opened in 2021?", {"2019"}),
        ("What did the 400 million pay for?", set()),
    ],
)
def test_a_name_is_exchanged_for_a_name_of_the_passage_and_a_year_for_a_year(question: str, kinds: set[str]) -> None:
    answer = PASSAGE.index("Anna Berg")
    made = {exchange(question, PASSAGE, "", [(answer, answer + 9)], random.Random(seed)) for seed in range(40)}
    if not kinds:
        assert made == {None} or all(other and other != question for other in made)
        return
    assert all(other is not None and other != question for other in made)
    assert any(kind in (other or "") for other in made for kind in kinds)
    assert not any("Anna" in (other or "") for other in made)


def test_a_question_is_negated_where_its_verb_is_known() -> None:
    assert negate("Which towns were invited to the feast?") == "Which towns were not invited to the feast?"
    assert negate("Who did not come?") is None
    assert negate("Oslo?") is None


def test_a_source_of_its_own() -> None:
    source = Source("One. Two.", asked=[("Q?", [(0, 3)])])
    (pair, *_) = pairs_of([source], 1, held_out=False)
    assert (pair.passage, pair.spans) == ("One. Two.", ((0, 3),))
