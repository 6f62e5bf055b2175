"""Negation and rank in a question are not answered by a sentence without them, and nothing by what was corrected."""

from __future__ import annotations

import pytest

from qa.evidence.agreement import CORRECTED, NEGATED, OTHER_WORD, UNRANKED, agreement, denies


@pytest.mark.parametrize(
    ("question", "sentence", "added"),
    [
        ("Which state did not sign the pact?", "Only Tavria refused to sign.", NEGATED),
        ("Which state didn’t sign?", "Tavria did not sign.", NEGATED),
        ("Who would never pay?", "Norden said it would not.", NEGATED),
        ("Which state did not sign the pact?", "Nine of the ten states signed it.", -NEGATED),
        ("Which state signed the pact first?", "Nine states signed it.", -UNRANKED),
        ("Which state signed the pact first?", "Lumenia signed first.", 0.0),
        ("Who is the only woman on the board?", "Anna Berg is on the board.", -UNRANKED),
        ("What is the tallest tower?", "The tower is the tallest of all.", 0.0),
        ("What is the tallest tower?", "The tower is tall.", -UNRANKED),
        ("Which state did not sign first?", "Lumenia did not sign first.", NEGATED),
        ("What did the WHO do?", "The Who played in Leeds.", -OTHER_WORD),
        ("What did the US do?", "It gave us nothing.", -OTHER_WORD),
        ("What did the WHO do?", "The WHO told those who asked.", 0.0),
        ("What did the WHO do?", "It declared an emergency.", 0.0),
        ("WHAT DID THE WHO DO?", "The Who played in Leeds.", 0.0),
        ("How many graves were found?", "An earlier version of this article said that 12 were found.", -CORRECTED),
        ("What did the earlier version of this article say?", "The earlier version of this article said 12.", 0.0),
        ("How many graves were found?", "An earlier version of the plan had no graves.", 0.0),
        # Nothing of the kind is asked for.
        ("Which state signed the pact?", "Tavria did not sign.", 0.0),
        ("Who protested in the forest in the west?", "Farmers did.", 0.0),
        ("What did the first lady say last week?", "She said no.", 0.0),
        ("At least how many came?", "Nine came.", 0.0),
        # In a long question the word belongs to something in it.
        ("Which paper wrote of the man who did not sign the pact that nine of ten states had signed?", "It was.", 0.0),
    ],
)
def test_agreement(question: str, sentence: str, added: float) -> None:
    assert agreement(question, sentence) == added


@pytest.mark.parametrize(
    ("question", "before", "is_denied"),
    [
        ("Who organised the visit?", "The visit was not officially organized by ", True),
        ("Who organised the visit?", "The visit wasn't arranged by ", True),
        ("Who organised the visit?", "The visit was not organized by NATO but is coordinated by ", False),
        ("Who organised the visit?", "It was not planned, and the visit was organized by ", False),
        ("Who organised the visit?", "It was not only organized by ", False),
        ("When did it open?", "It did not open until ", False),
        ("Who did not sign the act?", "The act was not signed by ", False),
        ("Is South Korea a member?", "South Korea is not a ", False),
        ("Who organised the visit?", "The visit was organized by ", False),
    ],
)
def test_words_that_the_sentence_denies_are_no_answer(question: str, before: str, is_denied: bool) -> None:
    assert denies(question, before) == is_denied
