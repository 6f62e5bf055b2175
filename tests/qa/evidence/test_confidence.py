"""The evidence that decides between an answer and "the articles do not say"."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from fakes import BRIDGE, make_candidate, make_features, make_found, make_question

from corpus.article import Article
from corpus.passages import split_article
from qa.evidence.choose import Candidate
from qa.evidence.confidence import ABOUT, ABSENT, UNRIVALLED, Evidence, confidence, evidence
from qa.evidence.features import FEATURES
from qa.evidence.fitted import load_fitted
from qa.evidence.logistic import Logistic

FOUND = make_found(split_article(BRIDGE)[0], BRIDGE)
# The article has the first two of these terms.
WEIGHTS = {"bridg": 0.4, "oslo": 0.2, "volcano": 0.25, "naples": 0.15}
ASKED = make_question("Who opened the harbour bridge in Naples?")
MODEL = Logistic({"similarity": 2.0, "heaviest_missing": -1.0}, 0.5)


def candidate(probability: float) -> Candidate:
    """A candidate whose features are 0, 1, 2, ... in their order."""
    features = make_features(**{name: float(n) for n, name in enumerate(FEATURES)})
    end = BRIDGE.text.index(" The bridge")
    return make_candidate(FOUND, 0, end, features=features, probability=probability)


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_evidence_is_of_the_first() -> None:
    found = evidence([candidate(0.2), candidate(0.1)], WEIGHTS, ASKED).by_name()
    assert found == pytest.approx({
        "sentence": logit(0.2),
        "heaviest_missing": 0.25,
        # Naples stands neither in the sentence nor in the title.
        "missing": 1.0,
        "nearest": 4.0,
        "margin": logit(0.2) - logit(0.1),
        # The same as of its sentence.
        "similarity": 0.0,
        "bare_share": 2.0,
        "lacks_number": 8.0,
        "fresh": 13.0,
    })


def test_nothing_is_missing_that_the_sentence_or_the_title_has() -> None:
    for question in ("Who opened the bridge in Oslo?", "Who opened the Harbour Bridge?", "Who opened it?"):
        assert evidence([candidate(0.5)], WEIGHTS, make_question(question)).missing == 0.0
    half = make_question("When did Mayor Anna Smith open the bridge?")
    assert evidence([candidate(0.5)], WEIGHTS, half).missing == pytest.approx(1 / 3)


def test_a_sentence_that_points_back_has_the_names_before_it() -> None:
    article = Article("talks", "Talks", "Anna Berg met Karl Frei in Oslo. At their meeting she gave him a letter.")
    found = make_found(split_article(article)[0], article)
    asked = make_question("What did Anna Berg give to Karl Frei?")
    last = found.sentences[-1]
    pointing = make_candidate(found, last.start, last.end, probability=0.5)
    assert evidence([pointing], WEIGHTS, asked).missing == 0.0
    plain = replace(article, text=article.text.replace("At their meeting she gave him", "The guest brought"))
    found = make_found(split_article(plain)[0], plain)
    last = found.sentences[-1]
    assert evidence([make_candidate(found, last.start, last.end)], WEIGHTS, asked).missing == 1.0


def test_alone_it_is_far_above_the_next() -> None:
    assert evidence([candidate(0.5)], WEIGHTS, ASKED).margin == -UNRIVALLED


def test_the_nearest_passage_may_be_another_one() -> None:
    near = replace(candidate(0.1), features=make_features(passage_similarity=9.0))
    assert evidence([candidate(0.5), near], WEIGHTS, ASKED).nearest == 9.0


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_certain_sentence_is_not_infinite(probability: float) -> None:
    assert all(math.isfinite(value) for value in evidence([candidate(probability)], WEIGHTS, ASKED).by_name().values())


def test_evidence_goes_by_its_names() -> None:
    values = {name: float(n) for n, name in enumerate(Evidence.__dataclass_fields__)}
    assert Evidence(**values).by_name() == values


def test_the_fitted_models_are_of_this_evidence() -> None:
    fitted = load_fitted()
    for models in (fitted.dated, fitted.undated, fitted.dated_read, fitted.undated_read):
        assert 0 < confidence([candidate(0.5)], WEIGHTS, ASKED, models.confidence) < 1


def test_confidence_is_the_models() -> None:
    sum_of_evidence = 0.5 - 0.25 + 2 * 0.0
    asked = make_question("Who opened the harbour bridge in Oslo?")
    assert logit(confidence([candidate(0.4)], WEIGHTS, asked, MODEL)) == pytest.approx(sum_of_evidence)


def test_a_name_that_the_whole_article_lacks_counts_against_it() -> None:
    best = [candidate(0.4)]
    sure = make_question("Who opened the harbour bridge in Oslo?")
    lacking = make_question("Who opened the harbour bridge in Naples?")
    # Steel is named in another paragraph of the article.
    elsewhere = make_question("Why was there no Steel?")
    known = {
        question.text: logit(confidence(best, WEIGHTS, question, MODEL)) for question in (sure, lacking, elsewhere)
    }
    assert known[lacking.text] == pytest.approx(known[sure.text] - ABSENT)
    assert known[elsewhere.text] == pytest.approx(known[sure.text])
    long = make_question(f"{lacking.text[:-1]} when it was ready in the end and all had been waiting for it?")
    assert logit(confidence(best, WEIGHTS, long, MODEL)) == pytest.approx(known[sure.text])


def test_nothing_found_is_no_confidence() -> None:
    assert confidence([], WEIGHTS, ASKED, MODEL) == 0.0


def test_of_a_name_alone_whatever_is_said_of_it_answers() -> None:
    found = [candidate(0.5)]
    for name, added in (("the Harbour Bridge", ABOUT), ("the Harbour Tunnel", 0.0), ("Mount Vesuvius", 0.0)):
        about, other = (
            confidence(found, WEIGHTS, make_question(f"What is {name}?", is_about_name=flag), MODEL)
            for flag in (True, False)
        )
        assert logit(about) == pytest.approx(logit(other) + added)
