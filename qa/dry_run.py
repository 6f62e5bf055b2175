"""What would come in of sources: shown before anything changes."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from corpus.readers.find import LeftOut, Remark, Unreadable, count_suffixes
from corpus.sentences import count_words
from qa.settings import Settings

if TYPE_CHECKING:
    from index.update import Report

# What differs from file to file in a reason: names, numbers, what the file says.
_OWN = re.compile(r"article '[^']*': |'[^']*'|\"[^\"]*\"|\d[\d,.]*")


def show_articles(sources: Sequence[str], settings: Settings, *, as_json: bool) -> None:
    """Print of each article of `sources` its day, words, source and title, and what is not read, and why.

    Exits with 1 where something could not be read, as adding it would.
    """
    from corpus.readers import read_articles
    from qa.build import open_web

    articles = words = 0
    left_out: list[str] = []
    refused = 0
    for each in read_articles(sources, web=open_web(settings, sources)):
        if isinstance(each, LeftOut):
            left_out.append(each.origin)
            _print(as_json, {"left_out": asdict(each)})
        elif isinstance(each, Unreadable):
            refused += 1
            _print(as_json, {"unreadable": asdict(each)}, f"not read: {each.origin}: {each.reason}", is_note=True)
        elif isinstance(each, Remark):
            _print(as_json, {"remark": asdict(each)}, f"note: {each.origin}: {each.text}", is_note=True)
        else:
            articles, count = articles + 1, count_words(each.text)
            words += count
            day = each.published.isoformat() if each.published else None
            fields = {"article_id": each.article_id, "title": each.title, "source": each.source, "published": day}
            shown = f"{day or 'undated   '}  {count:>7,} words  {each.source or '-'}  {each.title}"
            _print(as_json, fields | {"url": each.url, "words": count}, shown)
    others = f"; left out: {count_suffixes(left_out)}" if left_out else ""
    click.echo(
        f"{articles:,} articles of {words:,} words would come in, {refused:,} could not be read{others}", err=True
    )
    if refused:
        sys.exit(1)


def count_reasons(report: Report) -> dict[str, int]:
    """Why files were not read, without what is each one's own, and of how many that is true, most first."""
    reasons = Counter(_OWN.sub("…", each.reason) for each in report.unreadable)
    return dict(
        (reasons + Counter(f"{each.reason} ({each.suffix or 'none'})" for each in report.left_out)).most_common()
    )


def _print(as_json: bool, fields: dict[str, object], line: str | None = None, *, is_note: bool = False) -> None:
    if as_json:
        click.echo(json.dumps(fields, ensure_ascii=False))
    elif line is not None:
        click.echo(line, err=is_note)
