"""The reader: a small model that reads a question and a passage together, and says which words of it answer.

It is all-MiniLM-L6-v2's own transformer, trained by `qa/train/reader.py`, with the start and the end of the answering
words, or that they are not there (Devlin et al., NAACL 2019, for SQuAD 2.0). Each passage is read alone, so that what
is read of it does not change with those beside it.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

import numpy as np

from corpus.errors import UserError
from corpus.language import looks_english
from index.encoders.onnx import Weights, open_session, packaged_folder, read_tokenizer, word_table
from index.words.analyze import analyze
from qa.evidence.agreement import agreement, denies
from qa.evidence.choose import Candidate
from qa.evidence.gather import Found
from qa.evidence.logistic import Logistic, log_odds, sigmoid
from qa.evidence.may_answer import which_may_answer
from qa.question.kind import last_sentence
from qa.stages import next_stage

FILE = "reader.onnx"
SHA256 = "4179f499971359c86ed87ec71a8aab2f06579128f1b41c8afd0a86887451bc46"
# Word pieces; what comes behind them is not read. It was trained on up to 256.
MAX_TOKENS = 320
MAX_QUESTION = 40
# A longer question is of several, or tells a story: multihop-rag's are read worse than they are weighed.
MAX_WORDS = 30
MAX_TITLE = 24
# The answering words have at most so many pieces.
MAX_ANSWER = 30
# As the packaged tokenizer numbers them.
_CLS, _SEP = 101, 102
# So many passages are read, the likeliest.
PASSAGES = 6
# The log-odds lie between these and their opposite.
MOST_ODDS = 10.0
# Words that are less likely are not shown: below, six in ten are others than a person would name.
SURE = -2.0


# "And when?" asks "When?"; "Who won?" is a question of two words, "How many?" is none without another, nor "Who else?".
_LINKED = re.compile(r"^(?:and|but|so|or|then)\b\W*", re.IGNORECASE)
_SUBJECTS = ("who", "what")
_MORE = ("else", "else?")


Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a sentence: `odds`, the log-odds that words of it answer, and `words`, the best of them.

    `words` are `article.text[start:end]`; None where none were found.
    """

    odds: float
    words: tuple[int, int] | None


UNREAD = Reading(-MOST_ODDS, None)


class Reader:
    """Reads passages. Safe to use from several threads; the model is loaded at the first call that needs it."""

    def __init__(self) -> None:
        self._loaded: tuple[Any, Weights, Any] | None = None
        self._lock = threading.Lock()

    def load(self) -> None:
        """Load the model now rather than at the first question."""
        self._ready()

    def read(self, question: str, found: Sequence[Found]) -> list[list[Reading]]:
        """For each passage what was read of each of its sentences, in their order. Raises UserError."""
        readings = []
        for each in found:
            # It is the longest of all stages.
            next_stage()
            readings.append(self._read(question, each))
        return readings

    def _read(self, question: str, found: Found) -> list[Reading]:
        session, table, tokenizer = self._ready()
        asked, title, text = tokenizer.encode_batch(
            [question, found.article.title, found.passage.text], add_special_tokens=False
        )
        ids, kinds, first = as_read(asked.ids, title.ids, text.ids)
        (logits,) = session.run(None, {"words": table[ids], "kinds": np.array(kinds)})
        nowhere = float(logits[0].sum())
        of_text: Weights = logits[first:-1]
        offsets = text.offsets[: len(of_text)]
        places = [(begin + found.passage.start, end + found.passage.start) for begin, end in offsets]
        says = np.array(which_may_answer(question, found.passage.text, offsets))
        return [
            _of_sentence(sentence.start, sentence.end, places, of_text, says, nowhere) for sentence in found.sentences
        ]

    def _ready(self) -> tuple[Any, Weights, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load()
        return self._loaded


def as_read(question: Sequence[int], title: Sequence[int], text: Sequence[int]) -> tuple[list[int], list[int], int]:
    """The word pieces of one passage as the model takes them, the kind of each, and the place of the text's first."""
    asked = [_CLS, *question[-MAX_QUESTION:], _SEP]
    before = [*asked, *title[:MAX_TITLE]]
    ids = [*before, *text[: MAX_TOKENS - len(before) - 1], _SEP]
    return ids, [0] * len(asked) + [1] * (len(ids) - len(asked)), len(before)


def as_asked(question: str) -> str:
    """What is read of a question: the sentence that asks, without those before it that say of what.

    The reader learned of single questions: of two, it finds what answers the first. Of 141 second questions on a
    paragraph of SQuAD, the first before them, the marked sentence is right for 118, read whole for 82. A sentence that
    says nothing without the others is read with them ("And why?", "Until when?").
    """
    last = last_sentence(question)
    words = _LINKED.sub("", last).casefold().split()
    is_whole = len(words) > 2 or (len(words) == 2 and words[0] in _SUBJECTS and words[1] not in _MORE)
    return last if is_whole and analyze(last) else question


def can_read(question: str, found: Sequence[Found]) -> bool:
    """Whether the question is short enough, and the first of the passages in the language that the reader knows."""
    asked = as_asked(question)
    return len(asked.split()) <= MAX_WORDS and any(looks_english(each.passage.text) for each in found[:1])


def likeliest_passages(candidates: Sequence[Candidate]) -> list[Found]:
    """The passages that are worth reading, the likeliest first, each once."""
    passages: dict[tuple[str, int], Found] = {}
    for candidate in sorted(candidates, key=lambda c: -c.probability):
        passages.setdefault(_place(candidate), candidate.found)
    return list(passages.values())[:PASSAGES]


def read_candidates(question: str, candidates: Sequence[Candidate], reader: Reader, model: Logistic) -> list[Candidate]:
    """`candidates` with what was read of them, and by `model` the probability that this and their own make together."""
    read: dict[tuple[str, int, int], Reading] = {}
    passages = likeliest_passages(candidates)
    for found, readings in zip(passages, reader.read(as_asked(question), passages), strict=True):
        for sentence, reading in zip(found.sentences, readings, strict=True):
            read[found.passage.article_id, found.passage.start, sentence.start] = reading
    asked = last_sentence(question)
    return [_with(c, read.get((*_place(c), c.start), UNREAD), asked, model) for c in candidates]


def _with(candidate: Candidate, reading: Reading, asked: str, model: Logistic) -> Candidate:
    # Negation and rank are seen by rule, and count no less for what was read.
    agreed = agreement(asked, candidate.found.article.text[candidate.marked_from : candidate.end])
    sentence = log_odds(candidate.probability) - agreed
    both = log_odds(model.probability({"sentence": sentence, "read": reading.odds})) + agreed
    return replace(candidate, read=reading.odds, short=_sure(candidate, reading, asked), probability=sigmoid(both))


def _sure(candidate: Candidate, reading: Reading, asked: str) -> tuple[int, int] | None:
    if reading.words is None or reading.odds < SURE:
        return None
    return None if denies(asked, candidate.found.article.text[candidate.start : reading.words[0]]) else reading.words


def _place(candidate: Candidate) -> tuple[str, int]:
    return candidate.found.passage.article_id, candidate.found.passage.start


def _of_sentence(
    start: int, end: int, places: Sequence[tuple[int, int]], logits: Weights, says: Flags, nowhere: float
) -> Reading:
    inside = [row for row, (begin, stop) in enumerate(places) if begin >= start and stop <= end]
    if not inside:
        return UNREAD
    first, last = inside[0], inside[-1] + 1
    if not says[first:last].any():
        return UNREAD
    score, a, b = best_words(logits[first:last], says[first:last])
    odds = min(max(score - nowhere, -MOST_ODDS), MOST_ODDS)
    return Reading(odds, (places[first + a][0], places[first + b][1]))


def best_words(logits: Weights, says: Flags | None = None) -> tuple[float, int, int]:
    """The score of the best words, and their first and last token; one of them at least is among those that `says`."""
    n = len(logits)
    sums = logits[:, 0][:, None] + logits[:, 1][None, :]
    legal = np.triu(np.ones((n, n), bool)) & ~np.triu(np.ones((n, n), bool), MAX_ANSWER)
    if says is not None:
        before = np.concatenate([[0], np.cumsum(says)])
        legal &= before[None, 1:] > before[:-1, None]
    sums = np.where(legal, sums, -np.inf)
    a, b = np.unravel_index(int(sums.argmax()), sums.shape)
    return float(sums[a, b]), int(a), int(b)


def _load() -> tuple[Any, Weights, Any]:
    graph = resources.files("qa.models").joinpath(FILE).read_bytes()
    found = hashlib.sha256(graph).hexdigest()
    if found != SHA256:
        raise UserError(
            f"qa/models/{FILE} is not the reader (sha256 {found[:12]}, wanted {SHA256[:12]}); install article-qa again"
        )
    folder = packaged_folder()
    return open_session(graph, {}), word_table(folder), read_tokenizer(folder)
