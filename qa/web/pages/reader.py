"""The reader page: an article with the cited passage marked, for a browser without JavaScript too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from corpus.article import Article
from index.store.errors import ArticleNotFound
from qa.archive import Archive
from qa.show.address import article_address, asking_address
from qa.show.wording import date_in_words, page_in_words
from qa.show.words import say
from qa.web.escape import web_url
from qa.web.page_templates import PAGES
from qa.web.pages.fragment import link_to_passage

if TYPE_CHECKING:
    from index.store.listed import ListedArticle


Kind = Literal["plain", "quote", "answer"]
Span = tuple[int, int]


class BadSpan(ValueError):
    """Offsets that are not inside the article."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: outside the quote, inside it, or inside the sentence that answers.

    `text[:bold_start]` stands before the words that answer, `text[bold_end:]` after them.
    """

    text: str
    kind: Kind
    is_first_marked: bool
    bold_start: int = 0
    bold_end: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the article; its pieces, joined, are the line to the character."""

    pieces: tuple[Piece, ...]
    is_bullet: bool


def split_paragraphs(
    article: Article, quote: Span | None = None, answer: Span | None = None, short: Span | None = None
) -> list[Paragraph]:
    """The article's lines, cut where `quote` and `answer` begin and end (half-open offsets into the text).

    What is of `short` in the answer is its bold. Line breaks are left out, and so is a quote's part of them. Raises
    BadSpan.
    """
    for span in filter(None, (quote, answer, short)):
        _check(span, article)
    paragraphs, unmarked = [], True
    for line in re.finditer(r"[^\n]*\S[^\n]*", article.text):
        pieces = []
        for start, end, kind in _cut(line.span(), quote, answer):
            bold = _within(short, start, end) if short and kind == "answer" else (0, 0)
            pieces.append(Piece(article.text[start:end], kind, kind != "plain" and unmarked, *bold))
            unmarked = unmarked and kind == "plain"
        paragraphs.append(Paragraph(tuple(pieces), line[0].lstrip().startswith("•")))
    return paragraphs


def _cut(line: Span, quote: Span | None, answer: Span | None) -> list[tuple[int, int, Kind]]:
    first, last = line
    edges = {first, last} | {edge for span in (quote, answer) if span for edge in span if first < edge < last}
    cuts = sorted(edges)
    return [(start, end, _kind(start, quote, answer)) for start, end in zip(cuts, cuts[1:], strict=False)]


def _kind(offset: int, quote: Span | None, answer: Span | None) -> Kind:
    if answer and answer[0] <= offset < answer[1]:
        return "answer"
    return "quote" if quote and quote[0] <= offset < quote[1] else "plain"


def _within(span: Span, start: int, end: int) -> Span:
    """`span` as offsets into `start:end`; what is not in there is cut off."""
    first, last = (min(max(edge, start), end) - start for edge in span)
    return first, last


def _check(span: Span, article: Article) -> None:
    start, end = span
    if not 0 <= start < end <= len(article.text):
        raise BadSpan(
            f"there is no passage from character {start} to {end}: the article has {len(article.text)} characters"
        )


def _span(query: QueryParams, kind: str) -> Span | None:
    start, end = query.get(f"{kind}start"), query.get(f"{kind}end")
    if start is None and end is None:
        return None
    # Twelve digits: more than any article has characters, fewer than Python takes long to read.
    if not all(re.fullmatch("[0-9]{1,12}", number or "") for number in (start, end)):
        raise BadSpan("a passage needs a start and an end, each a number of characters")
    return int(start or ""), int(end or "")


def page_of_error(request: Request, status: int, message: str, detail: str = "") -> Response:
    """A page that says in plain words what is wrong; `detail` is English, for whoever made the address."""
    title = say("no_article" if status == HTTPStatus.NOT_FOUND else "not_shown")
    return PAGES.TemplateResponse(
        request, "error.html", {"title": title, "message": message, "detail": detail}, status_code=status
    )


def reader_routes(archive: Archive) -> APIRouter:
    """`/articles/{id}?start=&end=`; also `answer_start`, `answer_end` and `short_start`, `short_end`.

    With the `text_sha256` of a citation it is the article as it was when cited.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get("/articles/{article_id:path}", name="reader")
    def read(request: Request, article_id: str) -> Response:
        try:
            article, changed = archive.article_as_cited(article_id, request.query_params.get("text_sha256", ""))
            quote, answer, short = (_span(request.query_params, kind) for kind in ("", "answer_", "short_"))
            paragraphs = split_paragraphs(article, quote, answer, short)
        except ArticleNotFound:
            return page_of_error(request, 404, say("removed"))
        except BadSpan as error:
            return page_of_error(request, 400, say("bad_span"), str(error))
        shown = shown_article(article, paragraphs, quote) | shown_around(*archive.neighbours(article_id))
        shown |= {"changed": changed and date_in_words(changed), "address": article_address(article_id)}
        return PAGES.TemplateResponse(request, "article.html", shown)

    return routes


def shown_around(newer: ListedArticle | None, older: ListedArticle | None) -> dict[str, object]:
    """What the template shows below the article: the next ones, newest first."""
    named = {"newer": newer, "older": older}
    return {
        name: {"title": each.title, "address": article_address(each.article_id)} if each else None
        for name, each in named.items()
    }


def shown_article(article: Article, paragraphs: list[Paragraph], quote: Span | None) -> dict[str, object]:
    """What the template shows: most articles begin with their title, which is the heading then, not said twice."""
    url = web_url(article.url)
    first = "".join(piece.text for piece in paragraphs[0].pieces) if paragraphs else ""
    heading: tuple[Piece, ...] = (Piece(article.title, "plain", False),)
    if first.strip() == article.title.strip():
        heading, paragraphs = paragraphs[0].pieces, paragraphs[1:]
    return {
        "article": article,
        "heading": heading,
        "paragraphs": paragraphs,
        "date": date_in_words(article.published),
        "page": page_in_words(article.page_at(quote[0]) if quote else None),
        "url": link_to_passage(url, article, *quote) if url and quote else url,
        "asking": asking_address(article.article_id),
    }
