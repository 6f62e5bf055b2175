"""A gold set against the articles it is asked of: what it says of them must be so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.errors import UserError
from qa.evaluate.gold.gold_set import GoldQuestion, GoldSet
from qa.evaluate.measure.match import holds, is_yes_or_no, words

if TYPE_CHECKING:
    from index.store.store import Store


def check_against(gold: GoldSet, store: Store) -> None:
    """Raise UserError for the first article that is not there, span that is not the answer or answer that is missing.

    A set's own articles have been checked against its judgements, and SQuAD's answers, by the reader.
    """
    if gold.articles:
        return
    known = frozenset(store.article_ids())
    for question in gold.questions:
        if not gold.sources:
            _check_known(question, known)
        if question.is_answerable and (question.near or question.spans):
            named = sorted({*question.near, *(span.article_id for span in question.spans)} & known)
            _check_answers(question, store.articles(named))


def _check_known(question: GoldQuestion, known: frozenset[str]) -> None:
    named = (*question.relevant, *question.near, *(span.article_id for span in question.spans))
    missing = next((article_id for article_id in named if article_id not in known), None)
    if missing is not None:
        raise UserError(
            f"{question.where}: field 'articles': no article {missing!r} in the index; "
            "name the index of the set's articles with --index"
        )


def _check_answers(question: GoldQuestion, articles: dict[str, Article]) -> None:
    gold = [words(answer) for answer in question.answers]
    for span in question.spans:
        article = articles.get(span.article_id)
        text = article.text[span.start : span.end] if article else ""
        if gold and words(text) not in gold:
            raise UserError(
                f"{question.where}: field 'spans': {span.article_id!r} has {text!r:.80} at {span.start}:{span.end}, "
                "which is none of the answers"
            )
    for article_id in question.near if gold and not is_yes_or_no(question.answers) else ():
        if article_id in articles and not holds(words(articles[article_id].text), gold):
            raise UserError(
                f"{question.where}: field 'answers': none of them stands in the article {article_id!r}; "
                "correct the answers or the field 'articles'"
            )
