"""A gold set from its file or folder, whichever form that has. A new form is a new file beside this one."""

from __future__ import annotations

from pathlib import Path

from corpus.errors import UserError
from qa.evaluate.gold import beir, plain, squad, trec
from qa.evaluate.gold.gold_set import GoldSet


def read_gold_set(path: Path) -> GoldSet:
    """The set at `path`: a BEIR or TREC folder, SQuAD JSON, or questions as JSON Lines, a JSON list or CSV.

    Raises UserError naming file, line and field of what is malformed.
    """
    if path.is_dir():
        if beir.queries_file(path):
            return beir.read_beir(path)
        if trec.topics_file(path):
            return trec.read_trec(path)
        raise UserError(
            f"{str(path)!r} is no gold set: it has neither queries.jsonl (BEIR) nor topics* and qrels* (TREC)"
        )
    if not path.is_file():
        raise UserError(f"there is no gold set at {str(path)!r}; name a folder or a file")
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".json"):
        return plain.read_plain(path) if plain.holds_rows(path) else squad.read_squad(path)
    if name.endswith((".jsonl", ".csv", ".tsv")):
        return plain.read_plain(path)
    raise UserError(f"{str(path)!r} is no gold set; known are folders, .json (SQuAD), .jsonl, .csv and .tsv")
