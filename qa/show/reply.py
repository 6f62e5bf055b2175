"""The reply to talk that is no question: short, of no article, and so without citations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from corpus.filters import Filters
from index.store.listed import ListedArticle
from qa.question.talk import Talk
from qa.show.wording import date_in_words, filters_in_words
from qa.show.words import ENGLISH, speaking

# Of the articles there are, so many are named.
NAMED_ARTICLES = 10
NAMED_SOURCES = 20

_REPLIES = {
    Talk.GREETING: "Hello. Ask a question: the answer is quoted from the articles, word for word.",
    Talk.NOTED: "Ask another question when you like.",
    Talk.THANKS: "You are welcome.",
    Talk.FAREWELL: "Goodbye.",
}


def reply_in_words(talk: Talk, articles: Sequence[ListedArticle], filters: Filters) -> str:
    """What to say to `talk`, which is understood in English. `articles` pass `filters`, newest first."""
    with speaking(ENGLISH):
        return _reply(talk, articles, filters)


def _reply(talk: Talk, articles: Sequence[ListedArticle], filters: Filters) -> str:
    if talk is Talk.ARTICLES:
        return _list(articles, filters)
    if talk is Talk.SOURCES:
        return _sources(articles)
    if talk is Talk.ABILITY:
        return (
            f"Ask a question in plain words, and it is answered from {_count(articles, filters)}: quoted word for "
            "word, with the place where it stands, or you are told that the articles do not say. To see what there is, "
            "ask “Which articles do you have?”"
        )
    return _REPLIES[talk]


def _list(articles: Sequence[ListedArticle], filters: Filters) -> str:
    if not articles:
        return "There is no such article." if filters else "There is no article yet."
    more = len(articles) - NAMED_ARTICLES
    which = "" if more <= 0 else " The newest:"
    named = [f"{date_in_words(article.published)}: {article.title}" for article in articles[:NAMED_ARTICLES]]
    are = "is" if len(articles) == 1 else "are"
    told = f"There {are} {_count(articles, filters)}{'.' if which else ':'}{which}"
    return "\n".join([told, *named, *([f"and {more:,} more"] if more > 0 else [])])


def _sources(articles: Sequence[ListedArticle]) -> str:
    counts = Counter(article.source for article in articles if article.source)
    if not counts:
        return "No article names its source."
    more = len(counts) - NAMED_SOURCES
    named = [f"{source}: {number:,} {'article' if number == 1 else 'articles'}" for source, number in _most(counts)]
    told = "There is one source:" if len(counts) == 1 else f"There are {len(counts):,} sources:"
    return "\n".join([told, *named, *([f"and {more:,} more"] if more > 0 else [])])


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:NAMED_SOURCES]


def _count(articles: Sequence[ListedArticle], filters: Filters) -> str:
    number = "one article" if len(articles) == 1 else f"{len(articles):,} articles"
    return " ".join(filter(None, (number, filters_in_words(filters))))
