"""Terms in PostgreSQL: a tsvector a passage, made by the project's own analysis; BM25 says which match best."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence

# tsvector takes terms of up to 2,046 bytes, the index on the counts no longer ones than this.
LONGEST_TERM = 200
# Those of BM25, as in tantivy.
K1 = 1.2
B = 0.75
# So many passages that PostgreSQL ranks best are weighed by BM25, which it does not know: ts_rank takes all terms for
# equally rare.
WEIGHED = 400
# Terms are looked up from the rarest on, until so many passages have one of them; the others count where those are.
LOOKED_UP = 20_000
MAX_QUERY_TERMS = 64


def as_kept(term: str) -> str:
    """`term` as it is kept: one that is too long is cut, and what was cut off is told apart by its hash."""
    data = term.encode()
    if len(data) <= LONGEST_TERM:
        return term
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    return data[: LONGEST_TERM - len(digest)].decode(errors="ignore") + digest


def as_weighed(length: int) -> int:
    """`length` as BM25 takes it: like tantivy and Lucene, which keep it in a byte, its four highest bits beyond 24."""
    beyond = length - 24
    shift = max(beyond.bit_length() - 4, 0) if beyond > 0 else 0
    return (beyond >> shift << shift) + 24


def as_tsvector(terms: Sequence[str]) -> str:
    """The text of a tsvector with these terms, as they are kept, in their order."""
    places: dict[str, list[int]] = {}
    for place, term in enumerate(terms, start=1):
        places.setdefault(term, []).append(place)
    return " ".join(f"{_quoted(term)}:{','.join(map(str, found))}" for term, found in places.items())


def any_of(terms: Sequence[str]) -> str:
    """The text of a tsquery that each passage with one of `terms` matches."""
    return " | ".join(map(_quoted, terms))


def all_of(terms: Sequence[str]) -> str:
    """The text of a tsquery that each passage with all of `terms` matches."""
    return " & ".join(map(_quoted, terms))


def inverse_frequencies(counts: Mapping[str, int], passages: int) -> dict[str, float]:
    """BM25's weight of each term, of which so many `passages` have `counts`."""
    return {term: math.log(1 + (passages - n + 0.5) / (n + 0.5)) for term, n in counts.items()}


def looked_up(counts: Mapping[str, int]) -> list[str]:
    """The terms that passages are looked up by: the rarest, and more while few have one."""
    chosen: list[str] = []
    total = 0
    for term, n in sorted(counts.items(), key=lambda pair: (pair[1], pair[0])):
        if chosen and total + n > LOOKED_UP:
            break
        chosen.append(term)
        total += n
    return chosen


def term_counts(passages: Sequence[Sequence[str]]) -> dict[str, int]:
    """How many of `passages` have each term, in the order of the terms."""
    return dict(sorted(Counter(term for terms in passages for term in set(terms)).items()))


def _quoted(term: str) -> str:
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"
