"""Archive: the one way in, for Python, the command line, the web server and evaluation alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from corpus import bundled
from corpus.article import Article
from corpus.clean import check_readable
from corpus.errors import UserError
from corpus.filters import Filters
from index.place import place_of, read_place
from index.postgres.address import Address
from index.store.origin import LEAST_DIGITS, Origin, Revision
from qa.answer import Answer, IndexInfo
from qa.progress import Advance, OnProgress, counting
from qa.settings import Settings, load_settings

if TYPE_CHECKING:
    from corpus.readers import Read
    from corpus.readers.seen import Seen
    from index.encoders.encoder import Encoder
    from index.place import Place
    from index.store.browse import Listing, Order
    from index.store.listed import ListedArticle
    from index.store.sqlite import ArticleStore
    from index.store.store import Store
    from index.update import Report
    from index.words.tantivy import LexicalIndex
    from qa.answerer import Answerer
    from qa.build import Models
    from qa.check.verify import Verification
    from qa.evaluate.measure.evaluation import Evaluation
    from qa.question.followup import Turn

    _Change = Callable[[Place, Iterable[Read], Encoder, Advance], Report]

_Sources = str | Path | Sequence[str | Path]
# Keeps the indexes of evaluated sets that bring their own articles.
CACHE = Path(".article-qa-cache")
# Nobody looks through more; each word is looked for in every title.
MOST_FOUND = 10_000
MOST_WORDS = 8


class Archive:
    """Articles in a folder or a database, and the answers they give. Safe to use from several threads.

    What a method needs is opened at its first call: the articles can be listed and read without the models. What
    other processes add, remove or build anew is seen at the next call.

    `settings` are those the archive goes by. `report` is what the last `build`, `add` or `remove` of this object did,
    with what could not be read; None before the first.
    """

    def __init__(self, settings: Settings | None = None, *, models: Models | None = None) -> None:
        """The archive that `settings` describe; nothing is opened yet.

        Without `settings`: those of the command line in this folder, from `article-qa.toml` and the environment.
        Without `models`: those that the settings name. Raises UserError for settings that are wrong.
        """
        self.settings = settings or load_settings()
        self.report: Report | None = None
        self._place = place_of(self.settings.index)
        self._models = models
        self._store: Store | None = None
        self._words: LexicalIndex | None = None
        self._answerer: Answerer | None = None
        self._is_closed = False
        self._opening = threading.RLock()
        # One at a time: the folder refuses a second writer, and threads of one program are better served by waiting.
        self._writing = threading.Lock()
        self._evaluating = threading.Lock()

    @classmethod
    def open(cls, index: str | Path | None = None, *, settings: Settings | None = None) -> Archive:
        """The archive in `index`, folder or database, else in that of the settings. Raises UserError without one."""
        archive = cls(_with_index(settings, index))
        archive._place.require_current()
        return archive

    @classmethod
    def build(
        cls,
        sources: _Sources | None = None,
        *,
        index: str | Path | None = None,
        settings: Settings | None = None,
        on_progress: OnProgress | None = None,
    ) -> Archive:
        """A new archive of `sources`, in the folder or database `index`; it replaces what was there.

        Without `index`: in that of the settings. Sources are files, folders and addresses of pages, feeds and
        sitemaps, "-" is standard input; without any, the articles that come with the program.
        What could not be read stands in `report`. Raises UserError when nothing could be read, and leaves the old
        archive as it was. `on_progress` is called with how many articles are done and how many there are, or None.
        """
        archive = cls(_with_index(settings, index))
        if sources is not None and not _texts(sources):
            raise UserError("no articles were given; name files or folders with articles")
        from index.update import build_index

        archive._change(build_index, bundled.ARTICLES if sources is None else sources, on_progress)
        return archive

    def add(
        self,
        sources: _Sources,
        *,
        only: Collection[Path] | None = None,
        removes: bool = False,
        on_progress: OnProgress | None = None,
    ) -> Report:
        """Add articles, as `build` takes them; what was done comes back, with what could not be read.

        An article whose id is there already is replaced if it differs and left alone if it does not. Of folders only
        those files are read that are in `only`, by their whole paths, where that is given. With `removes`, an article
        goes that a file of several no longer has, if all of the file could be read and no other file has it.
        """
        from corpus.readers.seen import Seen
        from index.update import add_articles

        seen = Seen() if removes else None
        report = self._change(add_articles, sources, on_progress, only, seen)
        if seen is not None:
            report.removed = self.remove_vanished(lambda origin: seen.misses(origin.place, origin.item)).removed
            self.report = report
        return report

    def add_read(self, articles: Iterable[Read], *, on_progress: OnProgress | None = None) -> Report:
        """Add articles that were read elsewhere, with what there is to say of them; what was done comes back.

        They are read one after the other, as they are encoded.
        """
        from index.update import add_articles

        advance = counting(on_progress, None)
        return self._write(lambda encoder: add_articles(self._place, articles, encoder, advance))

    def read_addresses(self, addresses: Sequence[str]) -> Iterator[Read]:
        """The articles at these addresses, fetched as the settings say, for `add_read`.

        Raises UserError for what is no address: no path is read.
        """
        from corpus.fetch.address import parse_address
        from corpus.readers import read_articles
        from qa.build import open_web

        named = [parse_address(address) for address in addresses]
        return read_articles(named, web=open_web(self.settings, named))

    def rebuild(self, *, on_progress: OnProgress | None = None) -> Report:
        """Make the archive anew from its own articles: one of an earlier version, or for another encoder.

        What was done comes back. The old archive answers questions until the new one is complete.
        """
        from index.store.store import open_current
        from index.update import rebuild_index

        with closing(open_current(self._place, earlier=True)) as store:
            advance = counting(on_progress, store.counts()[0])
        return self._write(lambda encoder: rebuild_index(self._place, encoder, advance))

    def remove(self, article_ids: str | Sequence[str]) -> Report:
        """Remove articles: all that are named, or none if one is unknown, which raises UserError."""
        from index.update import remove_articles

        named = [_known_as_text(article_id) for article_id in _texts(article_ids)]
        return self._write(lambda encoder: remove_articles(self._place, named, encoder))

    def remove_vanished(self, is_gone: Callable[[Origin], bool]) -> Report:
        """Remove the articles that were found only where they are gone; of others only that place is forgotten."""
        from index.update import remove_vanished

        return self._write(lambda encoder: remove_vanished(self._place, is_gone, encoder))

    def list(self) -> Sequence[ListedArticle]:
        """Every article without its text, newest first, undated ones last."""
        return self._current_store().list_articles()

    def browse(
        self,
        words: str = "",
        *,
        source: str = "",
        filters: Filters | None = None,
        order: Order = "newest",
        first: int = 0,
        most: int = 50,
    ) -> Listing:
        """Some of the articles, without their texts, from the one at `first` on, and how many there are altogether.

        `words` stand all in one passage or its title, `source` is part of the source's name; of `filters` the days and
        the sources count.
        """
        from index.store.browse import Wanted, browse
        from index.store.sqlite import ArticleStore
        from index.words.analyze import analyze

        with self._opening:
            store = self._current_store()
            index = self._current_words(store) if words.strip() and isinstance(store, ArticleStore) else None
        terms = list(dict.fromkeys(analyze(words)))
        wanted = Wanted(
            words=tuple(words.split()[:MOST_WORDS]),
            passages=index.with_all(terms, MOST_FOUND) if index else (),
            source=source.strip(),
            after=filters.after if filters else None,
            before=filters.before if filters else None,
        )
        if isinstance(store, ArticleStore):
            return browse(store, wanted, order=order, first=first, most=most)
        from index.postgres import browse as database

        return database.browse(store, wanted, terms, order=order, first=first, most=most)

    def neighbours(self, article_id: str) -> tuple[ListedArticle | None, ListedArticle | None]:
        """The article before this one and the one behind it, newest first, without their texts."""
        from index.store.browse import neighbours
        from index.store.sqlite import ArticleStore

        store, known = self._current_store(), _known_as_text(article_id)
        if isinstance(store, ArticleStore):
            return neighbours(store, known)
        from index.postgres import browse as database

        return database.neighbours(store, known)

    def article(self, article_id: str) -> Article:
        """One article, whole. Raises UserError when there is no such article."""
        return self._current_store().article(_known_as_text(article_id))

    def article_as_cited(self, article_id: str, text_sha256: str) -> tuple[Article, date | None]:
        """The article with the text that was cited, and the day it was replaced; None for the text that it has now.

        The first 12 digits of `text_sha256` are enough. Where no such text is kept, it is the article as it is now.
        Raises UserError when there is no such article.
        """
        article = self.article(article_id)
        if len(text_sha256) >= LEAST_DIGITS and not article.text_sha256.startswith(text_sha256):
            for revision in self.history(article_id):
                if revision.article.text_sha256.startswith(text_sha256):
                    return revision.article, revision.changed
        return article, None

    def history(self, article_id: str) -> Sequence[Revision]:
        """What the article was before, the latest first; at most 20 earlier texts are kept, until it is removed.

        Raises UserError when there is no such article.
        """
        known = self.article(article_id).article_id
        return self._current_store().provenance.revisions(known)

    def origins(self, article_ids: Sequence[str] | None = None) -> Mapping[str, Sequence[Origin]]:
        """The files and addresses in which each of these articles was found, or each of all, by its id."""
        found: dict[str, list[Origin]] = {}
        for origin in self._current_store().provenance.origins(article_ids):
            found.setdefault(origin.article_id, []).append(origin)
        return found

    def common_sources(self, most: int = 100) -> Sequence[str]:
        """The sources with the most articles, in alphabetical order; no model is loaded for it."""
        return self._current_store().sources(most)

    def sources(self) -> Sequence[str]:
        """The sources with the most articles, those that a question can name, in alphabetical order."""
        return self._open_answerer().sources()

    def by_source(self) -> Sequence[tuple[str, int]]:
        """Each source with how many articles it has, the one with the most first."""
        return self._current_store().by_source()

    def by_month(self) -> Sequence[tuple[str, int]]:
        """Each month that has articles (`2023-07`) with how many, the earliest first."""
        return self._current_store().by_month()

    def titles(self, limit: int) -> Sequence[str]:
        """The titles of the newest articles, at most `limit`."""
        return self._current_store().titles(limit)

    def info(self) -> IndexInfo:
        """How much there is to ask, and its version, which changes with every change."""
        return self._open_answerer().index_info()

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn | str] = (),
        k: int | None = None,
        filters: Filters | None = None,
        asked_on: date | None = None,
        write: bool = False,
    ) -> Answer:
        """The best `k` passages for `question`, the answering sentence marked in each, or that the articles do not say.

        `history` has the turns before, oldest first; a text is a turn without its answer. `k` is that of the settings
        unless it is given. `filters` say which articles may answer. `asked_on` is the day the question was asked, where
        that is known: articles of the days around it are preferred then. With `write` the language model, if the
        settings name one, sums the answer up. Raises UserError for a question that is empty, too long or no text, and
        for filters that nothing can pass.
        """
        from qa.question.followup import Turn

        turns = [Turn(turn) if isinstance(turn, str) else turn for turn in history]
        _check_asked([question, *(turn.question for turn in turns)], filters or Filters())
        return self._open_answerer().ask(
            question,
            history=turns,
            k=self.settings.k if k is None else k,
            filters=filters,
            asked_on=asked_on,
            write=write,
        )

    def verify(self, answers: str | Path | Answer | Sequence[Answer]) -> Verification:
        """Whether every citation is still exact to the character: of an answer, several, or a file of saved ones."""
        from qa.check.verify import verify_answers, verify_file

        store = self._current_store()
        if isinstance(answers, str | Path):
            return verify_file(Path(answers), store)
        return verify_answers([answers] if isinstance(answers, Answer) else answers, store)

    def evaluate(
        self,
        gold: str | Path | None = None,
        *,
        limit: int | None = None,
        cache: str | Path = CACHE,
        timed: int = 0,
        seed: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> Evaluation:
        """Every figure of the answers to a gold set, by default that of the articles that come with the program.

        A set that brings articles is asked of these, any other of this archive. At most `limit` questions are asked.
        `cache` keeps what was encoded for the next time. `timed` questions are asked once more for what they cost,
        `seed` is that of the intervals. `on_progress` counts the set's articles, where they are read, from 0 on, and
        then the questions. Raises UserError when the set is malformed or does not fit the articles.
        """
        if limit is not None and limit < 1:
            raise ValueError(f"limit is {limit}; ask at least one question")
        from qa.evaluate import pipeline
        from qa.evaluate.gold.read import read_gold_set
        from qa.evaluate.measure.bootstrap import SEED
        from qa.evaluate.measure.evaluation import summarise

        asked = (pipeline.read_bundled() if gold is None else read_gold_set(Path(gold))).sample(limit)
        models, cache = self._load_models(), Path(cache)
        with self._evaluating:
            place = pipeline.index_of(asked, self._place, cache, models.encoder, on_progress)
            most_wrong = self.settings.most_wrong
            run = pipeline.ask_set(asked, place, cache, models, most_wrong=most_wrong, on_progress=on_progress)
        pipeline.check_exactness(run, place)
        return summarise(
            asked,
            pipeline.judge_run(asked, run, place),
            place.where,
            pipeline.time_answers(asked, place, models, timed),
            unreadable=pipeline.lost_articles(asked, place),
            seed=SEED if seed is None else seed,
        )

    def warm_up(self) -> None:
        """Load the models, so that the first question does not wait for them."""
        self._open_answerer().warm_up()

    def close(self) -> None:
        """Let go of the files and the models. What other threads have begun is finished; a later call is an error."""
        with self._opening:
            self._is_closed = True
            # The files are closed with the last question that reads them.
            self._store = self._words = self._answerer = self._models = None

    def __enter__(self) -> Archive:
        self._check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _change(
        self,
        change: _Change,
        sources: _Sources,
        on_progress: OnProgress | None,
        only: Collection[Path] | None = None,
        seen: Seen | None = None,
    ) -> Report:
        from corpus.readers import count_articles, read_articles
        from corpus.readers.ahead import read_ahead
        from qa.build import open_web

        named = _texts(sources)
        found = read_articles(named, web=open_web(self.settings, named), only=only)
        advance = counting(on_progress, count_articles(named) if on_progress else None)
        with closing(read_ahead(seen.noting(found) if seen else found)) as articles:
            return self._write(lambda encoder: change(self._place, articles, encoder, advance))

    def _write(self, write: Callable[[Encoder], Report]) -> Report:
        encoder = self._load_models().encoder
        with self._writing:
            self.report = write(encoder)
            return self.report

    def _load_models(self) -> Models:
        from qa.build import load_models

        with self._opening:
            self._check_open()
            if self._models is None:
                self._models = load_models(self.settings)
            return self._models

    def _open_answerer(self) -> Answerer:
        from qa.build import open_answerer

        with self._opening:
            self._check_open()
            if self._answerer is None:
                self._answerer = open_answerer(self.settings, self._load_models())
            return self._answerer

    def _current_store(self) -> Store:
        """The store of the current generation, opened anew when a build, by any process, has replaced it."""
        from index.store.store import open_current

        with self._opening:
            self._check_open()
            current = self._place.require_current()
            if self._store is None or self._store.generation != current or self._store.is_replaced:
                self._store = open_current(self._place)
            return self._store

    def _current_words(self, store: ArticleStore) -> LexicalIndex:
        """The words of the current store, as far as they were written."""
        from index.words.tantivy import LexicalIndex

        if self._words is None or self._words.store is not store:
            self._words = LexicalIndex(store)
        else:
            self._words.refresh()
        return self._words

    def _check_open(self) -> None:
        if self._is_closed:
            raise ValueError("the archive is closed")


def copy_archive(
    source: str | Path | Address, target: str | Path | Address, *, on_progress: OnProgress | None = None
) -> Report:
    """Make the archive in the folder or database `target` the same as that in `source`; what was done comes back.

    Nothing is encoded again. The old archive in `target` answers questions until the new one was compared with the
    source. Raises UserError when it cannot be done.
    """
    from index.copy import copy_index
    from index.store.store import open_current

    taken, given = place_of(read_place(source)), place_of(read_place(target))
    with closing(open_current(taken)) as store:
        advance = counting(on_progress, store.counts()[0])
    return copy_index(taken, given, lambda done: advance(done, 0))


def _with_index(settings: Settings | None, index: str | Path | None) -> Settings:
    settings = settings or load_settings()
    return settings if index is None else settings.model_copy(update={"index": read_place(index)})


def _known_as_text(article_id: str) -> str:
    """The id itself; one that no store can hold is of no article."""
    from index.store.errors import ArticleNotFound

    try:
        return check_readable(article_id)
    except ValueError as error:
        raise ArticleNotFound(f"no article {article_id!r}; `article-qa list` shows the ids") from error


def _check_asked(questions: Sequence[str], filters: Filters) -> None:
    """Raise BadQuestion for what is no text, and for days that exclude each other."""
    from qa.answerer import BadQuestion

    if filters.is_impossible:
        raise BadQuestion(
            f"no article can be from {filters.after} on and until {filters.before}; change one of the two"
        )
    for text in (*questions, *filters.sources, *filters.articles):
        try:
            check_readable(text)
        except ValueError as error:
            raise BadQuestion(f"{text!r:.80}: {error}") from error


def _texts(given: _Sources) -> Sequence[str]:
    """One source or id may be given without a list."""
    return [str(each) for each in ([given] if isinstance(given, str | Path) else given)]
