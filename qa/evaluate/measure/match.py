"""Does a text hold a gold answer, and how much of one: containment, exact match and F1."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

from corpus.scripts import HANGUL, UNSPACED

# Scripts without spaces between words: a character is a token, as in the official measures of CMRC and JaQuAD.
_UNSPACED = re.compile(f"[{UNSPACED}]")
_ENDS_IN_HANGUL = re.compile(rf"[{HANGUL}] $")
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_NOT_WORDS = re.compile(r"[\W_]+")
YES_OR_NO = frozenset({"yes", "no"})


def normalise(text: str) -> str:
    """SQuAD's normalisation: lower case, without ASCII punctuation and English articles, white space single.

    Rajpurkar et al., EMNLP 2016; `evaluate-v2.0.py`.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact_match(answer: str, gold: Sequence[str]) -> float:
    """1 when `answer` equals a gold answer after normalisation, else 0. Empty matches a question without answers."""
    return float(any(normalise(answer) == normalise(each) for each in _official(gold)))


def f1(answer: str, gold: Sequence[str]) -> float:
    """The best F1 over tokens between `answer` and a gold answer, SQuAD 2.0's definition."""
    return max(_f1(_tokens(answer), _tokens(each)) for each in _official(gold))


def words(text: str) -> str:
    """`text` as `holds` compares it: words in lower case, a space before, between and after.

    Punctuation of any script separates; accents stay. Do it once for a text that is asked many times.
    """
    return f" {_NOT_WORDS.sub(' ', unicodedata.normalize('NFKC', text).casefold()).strip()} "


def holds(text_words: str, answers_words: Sequence[str]) -> bool:
    """Does the text hold one of the answers as whole words; both sides come from `words`."""
    return any(_stands_in(answer, text_words) for answer in answers_words)


def is_yes_or_no(answers: Sequence[str]) -> bool:
    """Every answer is yes or no: that it stands in a passage says nothing."""
    return bool(answers) and all(normalise(answer) in YES_OR_NO for answer in answers)


def _stands_in(answer: str, text: str) -> bool:
    if not answer.strip():
        return False
    # Spaces around a word of Japanese or Chinese tell nothing of where it ends.
    if _UNSPACED.search(answer):
        return answer.strip() in text
    # A particle sticks to a Korean noun: 14개 stands in 14개이며.
    return (answer.rstrip() if _ENDS_IN_HANGUL.search(answer) else answer) in text


def _official(gold: Sequence[str]) -> list[str]:
    return [answer for answer in gold if normalise(answer)] or [""]


def _tokens(text: str) -> list[str]:
    return _UNSPACED.sub(lambda match: f" {match.group()} ", normalise(text)).split()


def _f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    if not answer or not gold:
        return float(answer == gold)
    common = sum((Counter(answer) & Counter(gold)).values())
    return 2 * common / (len(answer) + len(gold))
