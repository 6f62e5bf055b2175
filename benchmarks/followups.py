"""Do follow-ups find what the full question finds? Made from the public sets by rewriting second questions.

    python benchmarks/followups.py DATA_DIR CACHE_DIR > benchmarks/followups.md

DATA_DIR has `squad1-dev` and `timeqa-human-90pages`; CACHE_DIR keeps indexes, as `evaluate --cache`. Three kinds, each
a question after the one that stands before it in the set, with the answer that was given to that one:

- pronoun: both are of one paragraph and name the same; the second has "it", "they" or "he" and so on instead.
- time: both are of one page and end or begin with a time; the second is only "And from 1990 to 1993?".
- new subject: the second is of another page and says all it needs; what was said before must not get in the way.

Each is asked in full, as rewritten without what was said before, and as rewritten with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import click
from tables import print_heading

from index.encoders.onnx import PackagedEncoder
from index.generations import IndexFolder
from qa.build import Models
from qa.evaluate import pipeline
from qa.evaluate.compare.compare import compare
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.measure.judge import Judgement
from qa.question.followup import Turn
from qa.question.names import names_in

MEASURES = ("answer-in-citation@1", "R@1", "answer-in-sentence@1")
# Of those that both questions of a pair name in SQuAD.
PRONOUNS = {
    ("she", "her", "her"): "Margaret",
    ("they", "them", "their"): "Huguenots|Mongols|Normans|Muslims|Acadians|Han|Germans|Conservatives|Treaties",
    ("he", "him", "his"): "Kublai|Turing|Watt|Rankine|Polo|Gou|Sadat|Maududi|Marin|Edward|Ralph|Richard|Buyantu"
    "|Tugh Temur|John Paul II|Celeron|Corliss|Zhu Shijie|Mongke Khan|Zia-ul-Haq|Old Briton|Washington|Shirley|Loudoun"
    "|Aristotle|Ethelred|Harold II|Alan Turing|Savery|Jerónimo de Ayanz|Newcomen|Davies|Eliot|Genghis Khan|Toghun"
    "|Toghtogha|Phags-pa|Iqbal|Al-Banna|Woodrow Wilson|Tesla|Luther|Johnson|Wilson|Toghun Temur|Braddock|Newton",
}
# What the name may only describe: "the Rankine cycle" is not he.
_NOUNS = "architecture|area|armies|connections|cycle|dynasty|empire|engine|garden|law|leader|medicine|tribes"
# Before a name that is the subject or the object of its question, not part of another name or an adjective.
_SUBJECT = r"(?P<before>\b(?:did|does|do|is|was|were|are|has|have|had|can|could|would|will)) "
_OBJECT = r"(?P<before>\b(?!(?:many|is|the)\b)\w+) "
_TIME = r"(?:from|between|in|since|until) (?:[A-Z][a-z]{2} )?\d{4}(?: (?:to|and) (?:[A-Z][a-z]{2} )?\d{4})?"
_AT_END = re.compile(rf"\b(?P<time>{_TIME})\W*$")
_AT_START = re.compile(rf"^(?P<time>{_TIME})\b", re.IGNORECASE)


@click.command()
@click.argument("data_dir", type=click.Path(exists=True, path_type=Path))
@click.argument("cache_dir", type=click.Path(path_type=Path))
def main(data_dir: Path, cache_dir: Path) -> None:
    """Print the table, of the sets in DATA_DIR."""
    models = Models(PackagedEncoder())
    squad, timeqa = (read_gold_set(data_dir / name) for name in ("squad1-dev", "timeqa-human-90pages"))
    print_heading("Follow-ups", "followups.py DATA_DIR CACHE_DIR")
    print("| kind | questions | measure | in full | without history | with history | gained (95% interval) |")
    print("| --- | ---: | --- | ---: | ---: | ---: | ---: |")
    for kind, gold, pairs in (
        ("pronoun", squad, list(pronouns(squad))),
        ("time", timeqa, list(times(timeqa))),
        ("new subject", squad, list(new_subjects(squad))),
    ):
        for line in rows(kind, gold, pairs, cache_dir, models):
            print(line, flush=True)


def rows(
    kind: str, gold: GoldSet, pairs: list[tuple[GoldQuestion, GoldQuestion, str]], cache: Path, models: Models
) -> Iterator[str]:
    folder = pipeline.index_of(gold, IndexFolder(cache / "none"), cache, models.encoder)

    def judged(questions: list[GoldQuestion]) -> list[Judgement]:
        chosen = replace(gold, questions=tuple(questions))
        return pipeline.judge_run(chosen, pipeline.ask_set(chosen, folder, cache, models), folder)

    answered = judged([first for first, _, _ in pairs])
    told = [Turn(j.question.text, j.asked.answer.text) for j in answered]
    full = judged([second for _, second, _ in pairs])
    alone = judged([replace(second, text=text) for _, second, text in pairs])
    both = zip(pairs, told, strict=True)
    after = judged([replace(second, text=text, history=(turn,)) for (_, second, text), turn in both])
    in_full = {change.name: change.before for change in compare(full, after).changes}
    for change in compare(alone, after).changes:
        if change.name in MEASURES:
            yield (
                f"| {kind} | {len(pairs)} | {change.name} | {in_full[change.name]:.3f} | {change.before:.3f} "
                f"| {change.after:.3f} | {change.difference:+.3f} ({change.low:+.3f} to {change.high:+.3f}) |"
            )


def pronouns(gold: GoldSet) -> Iterator[tuple[GoldQuestion, GoldQuestion, str]]:
    for first, second in pairwise(gold.questions):
        if first.relevant.keys() != second.relevant.keys():
            continue
        named = {bare(name.group()) for name in names_in(first.text)}
        shared = [bare(name.group()) for name in names_in(second.text) if bare(name.group()) in named]
        # Where another is named, nobody could tell whom the pronoun means.
        if len(shared) == 1 and len(names_in(first.text)) == 1:
            rewritten = with_pronoun(second.text, shared[0])
            if rewritten != second.text:
                yield first, second, rewritten


def with_pronoun(question: str, name: str) -> str:
    """The question with a pronoun for `name` where that is its subject, its object or an owner."""
    known = (forms for forms, names in PRONOUNS.items() if name in names.split("|"))
    he, him, his = next(known, ("it", "it", "its"))
    words = rf"(?:the )?{re.escape(name)}"
    question = re.sub(rf"(?<!^)\b{words}['’]s\b", his, question)
    question = re.sub(rf"{_SUBJECT}{words}(?= (?!{_NOUNS})[a-z]|\W*$)", rf"\g<before> {he}", question)
    return re.sub(rf"{_OBJECT}{words}(?=\W*$)", rf"\g<before> {him}", question)


def bare(name: str) -> str:
    return re.sub(r"^[Tt]he |['’]s$", "", name)


def times(gold: GoldSet) -> Iterator[tuple[GoldQuestion, GoldQuestion, str]]:
    for first, second in pairwise(gold.questions):
        before, after = (_AT_END.search(q.text) or _AT_START.search(q.text) for q in (first, second))
        pages = {first.fields.get("page"), second.fields.get("page")}
        if second.is_answerable and len(pages) == 1 and None not in pages and before and after:
            yield first, second, f"And {after['time'][0].lower()}{after['time'][1:]}?"


def new_subjects(gold: GoldSet) -> Iterator[tuple[GoldQuestion, GoldQuestion, str]]:
    for first, second in pairwise(gold.questions):
        shared = {bare(n.group()) for n in names_in(first.text)} & {bare(n.group()) for n in names_in(second.text)}
        if first.relevant.keys() != second.relevant.keys() and not shared:
            yield first, second, second.text


if __name__ == "__main__":
    main()
