"""The "Articles" page: the list, searched and sorted, a screenful at a time, for a browser without JavaScript too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse, Response

from corpus.clean import check_readable
from corpus.filters import Filters
from qa.archive import Archive
from qa.show.address import article_address, asking_address
from qa.show.wording import date_in_words
from qa.show.words import count, number, say, script_words
from qa.web.gate.access import AccessRules
from qa.web.gate.editing import offered_editing
from qa.web.gate.policy import EDITING_POLICY
from qa.web.page_templates import PAGES
from qa.web.pages.editing import MAX_FILE_BYTES
from qa.web.pages.reader import page_of_error
from qa.web.paths import ARTICLES_PATH

if TYPE_CHECKING:
    from index.store.browse import Listing, Order
    from index.store.listed import ListedArticle


PAGE_ARTICLES = 50
# Nobody types more; it would only have to be looked for.
MAX_WORDS_CHARACTERS = 200
# By what they are called in the tables of words.
_ORDERS: dict[Order, str] = {"newest": "newest_first", "oldest": "oldest_first", "title": "by_title"}
# What the script says with which articles are changed; some are codes of the server's errors.
_SCRIPT = (
    "added", "added_all", "added_but", "being_changed", "comma", "editing_closed", "file_of", "key_needed",
    "more_alike", "n_articles", "n_bad", "n_files", "not_added", "not_read", "note", "nothing_added", "removed_named",
    "replaced", "stopped", "too_large", "too_many", "unchanged", "undo", "undo_named", "upload_lost",
)  # fmt: skip


class BadSearch(ValueError):
    """Something in the address that no form sends."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was filled in above the list; `page` begins with 1."""

    words: str = ""
    source: str = ""
    after: date | None = None
    before: date | None = None
    order: Order = "newest"
    page: int = 1

    @classmethod
    def of(cls, query: QueryParams) -> Search:
        """The search of an address. Raises BadSearch naming the field and the value."""
        order, number = query.get("order") or "newest", query.get("page") or "1"
        if order not in _ORDERS:
            raise BadSearch(f"there is no order {order!r:.80}; known are {', '.join(_ORDERS)}")
        # Six digits: more pages than any list has.
        if not (number.isascii() and number.isdigit() and len(number) <= 6 and int(number)):
            raise BadSearch(f"{number!r:.80} is no number of a page")
        return cls(
            words=_text(query, "words"),
            source=_text(query, "source"),
            after=_day(query, "after"),
            before=_day(query, "before"),
            order=order,
            page=int(number),
        )

    def address(self, page: int) -> str:
        """The query of the address of another page of the same list."""
        asked = {
            "words": self.words,
            "source": self.source,
            "after": self.after,
            "before": self.before,
            "order": self.order if self.order != "newest" else "",
            "page": page if page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in asked.items() if value})

    @property
    def narrows(self) -> bool:
        """Whether not all articles are asked for."""
        return bool(self.words or self.source or self.after or self.before)


def articles_routes(archive: Archive, rules: AccessRules) -> APIRouter:
    """`/articles?words=&source=&after=&before=&order=&page=`; who may change articles can do so there."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(ARTICLES_PATH, name="articles")
    def list_articles(request: Request) -> Response:
        try:
            search = Search.of(request.query_params)
            listing = _find(archive, search)
        except BadSearch as error:
            return page_of_error(request, 400, say("bad_search"), str(error))
        pages = max(1, -(-listing.total // PAGE_ARTICLES))
        if search.page > pages:
            return RedirectResponse(f"{request.url_for('articles').path}{search.address(pages)}")
        editing = offered_editing(request.scope, rules)
        shown = _shown(archive, search, listing, pages)
        shown |= {"editing": editing, "most_bytes": MAX_FILE_BYTES, "said": script_words(_SCRIPT)}
        headers = {"Content-Security-Policy": EDITING_POLICY} if editing else None
        return PAGES.TemplateResponse(request, "articles.html", shown, headers=headers)

    @routes.get(f"{ARTICLES_PATH}/")
    def no_article(request: Request) -> Response:
        return RedirectResponse(request.url_for("articles").path)

    return routes


def _find(archive: Archive, search: Search) -> Listing:
    return archive.browse(
        search.words,
        source=search.source,
        filters=Filters(after=search.after, before=search.before),
        order=search.order,
        first=(search.page - 1) * PAGE_ARTICLES,
        most=PAGE_ARTICLES,
    )


def _shown(archive: Archive, search: Search, listing: Listing, pages: int) -> dict[str, object]:
    first = (search.page - 1) * PAGE_ARTICLES
    return {
        "search": search,
        "orders": _ORDERS,
        "sources": archive.common_sources(),
        "articles": [_row(article) for article in listing.articles],
        "total": listing.total,
        "found": _count(search, listing, first),
        "pages": pages,
        "newer": search.address(search.page - 1) if search.page > 1 else None,
        "older": search.address(search.page + 1) if search.page < pages else None,
    }


def _row(article: ListedArticle) -> Mapping[str, object]:
    return {
        "article_id": article.article_id,
        "address": article_address(article.article_id),
        "asking": asking_address(article.article_id),
        "title": article.title,
        "source": article.source,
        "published": article.published,
        "day": date_in_words(article.published),
        "characters": article.characters,
    }


def _count(search: Search, listing: Listing, first: int) -> str:
    if not listing.total:
        return say("none_like" if search.narrows else "none_yet")
    articles = count("n_articles", listing.total)
    if listing.total <= PAGE_ARTICLES:
        return f"{articles[:1].upper()}{articles[1:]}"
    return say("range", first=number(first + 1), last=number(first + len(listing.articles)), articles=articles)


def _text(query: QueryParams, name: str) -> str:
    text = (query.get(name) or "").strip()
    if len(text) > MAX_WORDS_CHARACTERS:
        raise BadSearch(f"{name} has more than {MAX_WORDS_CHARACTERS} characters")
    try:
        return check_readable(text)
    except ValueError as error:
        raise BadSearch(f"{name}: {error}") from error


def _day(query: QueryParams, name: str) -> date | None:
    text = query.get(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadSearch(f"{text!r:.80} is no day such as 2024-01-31") from error
