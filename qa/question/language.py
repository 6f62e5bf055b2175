"""Is the question in a language that no article is in? Then little can be found, and whoever asks should know why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.language import language_of, looks_english, may_be_same

if TYPE_CHECKING:
    from index.store.store import Store

# So many articles, evenly spaced, say which languages there are.
SAMPLED = 200
# A language of fewer of them may be a mistake about one of them; it is not named.
LEAST_SHARE = 0.05
NAMED = 3
# Of an article so many characters are read.
READ_CHARACTERS = 600


def languages_of(store: Store) -> tuple[tuple[str, float], ...]:
    """The languages of the articles with their shares, the commonest first, by a sample of them."""
    ids = store.article_ids()
    step = max(1, -(-len(ids) // SAMPLED))
    articles = store.articles(ids[::step]).values()
    counts = Counter(language_of(_text(article)) for article in articles)
    return tuple((language, n / len(articles)) for language, n in counts.most_common())


def _text(article: Article) -> str:
    return f"{article.title}\n{article.text[:READ_CHARACTERS]}"


def is_other(asked: str, known: Sequence[tuple[str, float]], found: Sequence[Article]) -> bool:
    """Whether `asked` is not one of `known`, nor the language of an article that was `found`, nor written like one."""
    languages = {language for language, _ in known} | {language_of(_text(article)) for article in found}
    return not any(may_be_same(asked, language) for language in languages)


def is_foreign(asked: str | None, passage: str) -> bool:
    """Whether the text `passage` is surely in another language than `asked`."""
    if asked is None or (asked == "en" and looks_english(passage)):
        return False
    return not may_be_same(asked, language_of(passage))


def named(known: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """Those of the languages that are worth naming."""
    common = [language for language, share in known if share >= LEAST_SHARE]
    return tuple(common[:NAMED] or [language for language, _ in known[:1]])
