"""From a gold set to an evaluation: index, ask, check, judge."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import bundled
from corpus.errors import UserError
from index.encoders.encoder import Encoder
from index.generations import IndexFolder
from index.retriever import Retriever
from index.store.store import open_current
from qa.answer import Answer
from qa.answerer import Answerer
from qa.evaluate.gold.check import check_against
from qa.evaluate.gold.gold_set import GoldSet
from qa.evaluate.gold.lines import hash_files
from qa.evaluate.gold.read import read_gold_set
from qa.evaluate.measure.figures import judge_all
from qa.evaluate.measure.judge import ArticleWords, Judgement
from qa.evaluate.report.failures import Failure, explain_failures
from qa.evaluate.run.ask import Asked, ask_all, find_inexact
from qa.evaluate.run.memory import remembering
from qa.evaluate.run.own_index import is_complete, make_own_index, own_index_path, unreadable
from qa.evidence.fitted import load_fitted
from qa.progress import OnProgress

if TYPE_CHECKING:
    from index.place import Place
    from qa.build import Models


def read_bundled() -> GoldSet:
    """The gold set of the bundled articles, with these articles as its own."""
    files = sorted(path for path in bundled.ARTICLES.iterdir() if path.is_file())
    return replace(
        read_gold_set(bundled.GOLD), name="bundled", sources=(str(bundled.ARTICLES),), corpus_sha256=hash_files(files)
    )


def index_of(
    gold: GoldSet, current: Place, cache: Path, encoder: Encoder, on_progress: OnProgress | None = None
) -> Place:
    """The index the set is asked of: of its own articles, made in `cache` if need be, else `current`."""
    if not gold.has_articles:
        return current
    kept = IndexFolder(own_index_path(gold, cache, encoder))
    return kept if is_complete(kept) else make_own_index(gold, kept, encoder, on_progress)


def lost_articles(gold: GoldSet, place: Place) -> tuple[str, ...]:
    """A line for each of the set's own articles that is not in its index, since it could not be read."""
    return unreadable(place) if gold.has_articles and isinstance(place, IndexFolder) else ()


def ask_set(
    gold: GoldSet,
    place: Place,
    cache: Path,
    models: Models,
    *,
    most_wrong: float | None = None,
    on_progress: OnProgress | None = None,
) -> list[Asked]:
    """Every question asked of the index in `place`. Raises UserError when the set does not fit it.

    What was encoded stays in `cache`, so that the next run of the set takes seconds.
    """
    kept = own_index_path(gold, cache, models.encoder)
    with remembering(models.encoder, kept.with_name(f"{kept.name}.npz")) as memory:
        retriever = Retriever(place, memory)
        check_against(gold, retriever.store)
        answerer = Answerer(
            retriever, load_fitted(), most_wrong=most_wrong, reader=models.reader, reranker=models.reranker
        )
        return ask_all(gold.questions, answerer, retriever, on_progress)


def time_answers(gold: GoldSet, place: Place, models: Models, n: int) -> list[Answer]:
    """The answers to `n` questions of the set, evenly spaced, by an answerer that remembers nothing yet: the cost."""
    if n == 0:
        return []
    answerer = Answerer(Retriever(place, models.encoder), load_fitted(), reader=models.reader, reranker=models.reranker)
    answerer.warm_up()
    return [answerer.ask(each.text, history=each.history, asked_on=each.asked_on) for each in gold.sample(n).questions]


def check_exactness(run: Sequence[Asked], place: Place) -> None:
    """Raise UserError when a citation is not exact to the character: a fault of the program, never of the articles."""
    with closing(open_current(place)) as store:
        problems = find_inexact(run, store)
    if problems:
        raise UserError(f"{len(problems)} citations are not exact, so the run fails; the first: {problems[0]}")


def judge_run(gold: GoldSet, run: Sequence[Asked], place: Place) -> list[Judgement]:
    """A judgement for each question of the set that the run answers."""
    with closing(open_current(place)) as store:
        return judge_all(gold.questions, run, ArticleWords(store))


def explain(judgements: Sequence[Judgement], place: Place) -> list[Failure]:
    """Every failure, with what was expected quoted from the articles."""
    with closing(open_current(place)) as store:
        return explain_failures(judgements, store)
