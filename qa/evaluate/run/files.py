"""A run on disk: `answers.jsonl`, an Answer a line with `_id`, and `run.trec`, the ranking of articles.

TREC's format separates its columns by white space, which ids may hold: in `run.trec` white space and "%" stand as
their UTF-8 bytes in hex after "%", as in a web address ("a b" is "a%20b"). Scores fall by one from rank to rank.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from corpus.errors import UserError
from qa.evaluate.gold.lines import read_jsonl, read_lines
from qa.evaluate.run.ask import Asked, read_answer

ANSWERS = "answers.jsonl"
RANKING = "run.trec"
TAG = "article-qa"


def write_run(run: Sequence[Asked], folder: Path) -> None:
    """Write both files into `folder`, which must exist."""
    with (folder / ANSWERS).open("w", encoding="utf-8", newline="\n") as file:
        for asked in run:
            file.write(json.dumps({"_id": asked.question_id, **asked.answer.to_json()}, ensure_ascii=False) + "\n")
    with (folder / RANKING).open("w", encoding="utf-8", newline="\n") as file:
        for asked in run:
            for rank, article_id in enumerate(asked.articles, start=1):
                score = len(asked.articles) - rank + 1
                file.write(f"{escape_id(asked.question_id)} Q0 {escape_id(article_id)} {rank} {score} {TAG}\n")


def read_run(folder: Path) -> list[Asked]:
    """The run that was written into `folder`. Raises UserError when there is none or it is damaged."""
    if not (folder / ANSWERS).is_file() or not (folder / RANKING).is_file():
        raise UserError(f"{str(folder)!r} holds no run; name a folder that `article-qa evaluate --out` wrote")
    articles: dict[str, list[str]] = {}
    for where, line in read_lines(folder / RANKING):
        columns = line.split()
        if len(columns) != 6:
            raise UserError(f"{where}: {len(columns)} columns, not the 6 of a TREC run")
        articles.setdefault(unescape_id(columns[0]), []).append(unescape_id(columns[2]))
    run = []
    for where, record in read_jsonl(folder / ANSWERS):
        try:
            question_id, answer = record["_id"], read_answer(record)
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(f"{where}: not an answer: {type(error).__name__} {error}") from error
        run.append(Asked(question_id, answer, tuple(articles.get(question_id, ()))))
    return run


def escape_id(value: str) -> str:
    """An id that no white space can cut."""
    return re.sub(r"[\s%]", lambda match: quote(match.group(), safe=""), value)


def unescape_id(value: str) -> str:
    """The id that `escape_id` was given."""
    return unquote(value)
