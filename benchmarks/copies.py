"""Briefs after one pattern are no copies of each other, and copies are: `python benchmarks/copies.py DATA_DIR`.

Five patterns, a hundred briefs each; every question asks for what one of them alone says. Copies are made of pairs of
articles of DATA_DIR/realtimeqa-2022: the same story as another paper prints it, with a beginning of its own and cut
after some sentences; no copies are two briefs of a pattern, and a story with one number, name or negation exchanged.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from tables import print_heading

from corpus.article import Article
from corpus.layout import clean_article
from corpus.sentences import split_sentences
from qa.archive import Archive
from qa.evidence.copies import says_the_same

SEED = 2022
BRIEFS = 100
STORIES = 500
SYLLABLES = "bel nor ta mor sa kli ven dru pos ha li ra gon te vas cor min del fu zen"


@dataclass(frozen=True)
class Brief:
    """An article, a question that it alone answers, and what must stand in the answer and what must not."""

    article: Article
    question: str
    answer: str


def briefs(at: random.Random) -> Iterator[Brief]:
    """A hundred of each pattern."""
    for n in range(BRIEFS):
        name, other = _name(at), _name(at)
        day = date(2024, 1, 1) + timedelta(at.randrange(300))
        number, second = at.randint(11, 989), at.randint(11, 89)
        patterns = {
            "results": (
                f"{name} quarterly results",
                f"{name} Holdings reported a net profit of {number} million crowns for the quarter, "
                f"compared with a loss a "
                f"year earlier, and said that it would pay a dividend of 2 crowns a share in June.",
                f"What net profit did {name} Holdings report?",
                f"{number} million",
            ),
            "court": (
                f"Court sentences man from {name}",
                f"The district court of {name} sentenced a man of {second} years to "
                f"{at.randint(2, 15)} years in prison on "
                f"Monday for the robbery of a bank. His lawyer, {other} Holm, said that he would appeal.",
                f"How old is the man whom the district court of {name} sentenced?",
                f"{second} years",
            ),
            "weather": (
                f"Weather for {name}",
                f"In {name} it will be cloudy with a high of {second} degrees and a low of 4, "
                f"forecasters said. Rain is "
                f"expected in the evening, and wind of up to {number} kilometres an hour.",
                f"How high will the temperature be in {name}?",
                f"{second} degrees",
            ),
            "sport": (
                f"{name} beat {other}",
                f"{name} United beat {other} City {second} to 9 on Saturday before {number} "
                f"spectators. The goals came late, "
                f"and the coach was pleased.",
                f"How many spectators saw {name} United?",
                f"{number}",
            ),
            "market": (
                f"{name} market report",
                f"On the market of {name} a tonne of wheat cost {number} crowns on Tuesday, a crown "
                f"more than the week before, "
                f"traders said. A tonne of barley cost {second}.",
                f"What did a tonne of wheat cost on the market of {name}?",
                f"{number}",
            ),
        }
        for kind, (title, text, question, answer) in patterns.items():
            yield Brief(Article(f"{kind}-{n}", title, text, "Desk", day), question, answer)


def _name(at: random.Random) -> str:
    return "".join(at.choices(SYLLABLES.split(), k=3)).capitalize()


def pairs(data_dir: Path, at: random.Random) -> Iterator[tuple[str, str, bool]]:
    """A sentence as one paper has it and as another has it, and whether they say the same."""
    with gzip.open(data_dir / "realtimeqa-2022" / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [clean_article(json.loads(line)["text"]) for line in lines]
    for text in at.sample(texts, STORIES):
        sentences = [text[one.start : one.end] for one in split_sentences(text)]
        sentences = [sentence for sentence in sentences if len(sentence.split()) >= 8]
        if len(sentences) < 2:
            continue
        sentence = at.choice(sentences)
        yield sentence, sentence.replace("’", "'").replace("“", '"').replace("”", '"'), True
        other = _exchanged(sentence, at)
        if other:
            yield sentence, other, False


def _exchanged(sentence: str, at: random.Random) -> str | None:
    """With one number, name or negation exchanged."""
    ways = []
    number = re.search(r"\b\d{1,4}\b", sentence)
    if number:
        ways.append(f"{sentence[: number.start()]}{int(number.group()) + 7}{sentence[number.end() :]}")
    name = re.search(r"(?<=[a-z] )[A-Z][a-z]{3,}", sentence)
    if name:
        ways.append(f"{sentence[: name.start()]}{_name(at)}{sentence[name.end() :]}")
    verb = re.search(r"\b(?:was|were|is|are|will|has|have|had|did)\b", sentence)
    if verb:
        ways.append(f"{sentence[: verb.end()]} not{sentence[verb.end() :]}")
    return at.choice(ways) if ways else None


@click.command()
@click.argument("data_dir", type=click.Path(exists=True, path_type=Path))
def main(data_dir: Path) -> None:
    """Print both tables; DATA_DIR has realtimeqa-2022."""
    at = random.Random(SEED)
    print_heading("Copies", "copies.py DATA_DIR")
    print("| briefs of one pattern | right | wrong | refused |\n| --- | ---: | ---: | ---: |")
    for kind, counts in asked(list(briefs(at))).items():
        print(f"| {kind} | {counts['right']} | {counts['wrong']} | {counts['refused']} |")
    found = [(says_the_same(one, other), is_copy) for one, other, is_copy in pairs(data_dir, at)]
    kept = [is_copy for is_found, is_copy in found if is_found]
    copies = [is_found for is_found, is_copy in found if is_copy]
    print(
        f"\nOf {len(found):,} pairs of sentences, {len(copies):,} of them copies: precision "
        f"{sum(kept) / len(kept):.3f},"
    )
    print(f"recall {sum(copies) / len(copies):.3f}.")


def asked(made: list[Brief]) -> dict[str, dict[str, int]]:
    """How many questions of each pattern, and of all, were answered right, wrong and not at all."""
    counts: dict[str, dict[str, int]] = {}
    with TemporaryDirectory() as folder:
        lines = Path(folder, "briefs.jsonl")
        lines.write_text("\n".join(json.dumps(_record(brief.article)) for brief in made), encoding="utf-8")
        archive = Archive.build([lines], index=Path(folder, "index"))
        for brief in made:
            answer = archive.ask(brief.question)
            is_right = (
                bool(answer.text) and brief.answer in answer.text and answer.citations[0].title == brief.article.title
            )
            verdict = "right" if is_right else "wrong" if answer.is_answerable else "refused"
            for kind in (brief.article.article_id.split("-")[0], "all"):
                counts.setdefault(kind, dict.fromkeys(("right", "wrong", "refused"), 0))[verdict] += 1
    return {kind: counts[kind] for kind in sorted(counts, key=lambda kind: kind == "all")}


def _record(article: Article) -> dict[str, object]:
    day = article.published.isoformat() if article.published else None
    return {
        "_id": article.article_id,
        "title": article.title,
        "text": article.text,
        "date": day,
        "source": article.source,
    }


if __name__ == "__main__":
    main()
