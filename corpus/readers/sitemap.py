"""Sitemaps: the pages that a site names, and when each was changed (sitemaps.org)."""

from __future__ import annotations

import io
from dataclasses import dataclass

from lxml import etree

from corpus.errors import UserError
from corpus.fetch.address import is_same_site, parse_address

# Of one sitemap, by the standard.
MAX_PLACES = 50_000


@dataclass(frozen=True, slots=True)
class Place:
    """An address that a sitemap names, and what it says of its last change; `is_sitemap`: it is another sitemap."""

    address: str
    changed: str | None
    is_sitemap: bool


def read_sitemap(data: bytes, address: str) -> list[Place]:
    """Return what the sitemap in `data`, which came from `address`, names of its own site: last changed first.

    Raises UserError for what is no sitemap, and for one that names nothing.
    """
    places = [place for place in _places(data) if is_same_site(place.address, address)]
    if not places:
        raise UserError("the sitemap names no pages of its own site")
    # Times are written so that they sort; those without come last, in their order.
    return sorted(dict.fromkeys(places), key=lambda place: place.changed or "", reverse=True)


def _places(data: bytes) -> list[Place]:
    places: list[Place] = []
    try:
        # No entity is followed, to a file or to a host, and what follows a mistake is read all the same.
        for _, element in etree.iterparse(
            io.BytesIO(data), resolve_entities=False, no_network=True, load_dtd=False, recover=True, events=("end",)
        ):
            kind = _name(element)
            if kind in ("url", "sitemap"):
                said = {_name(child): (child.text or "").strip() for child in element}
                place = _place(said, is_sitemap=kind == "sitemap")
                places += [place] if place else []
                element.clear()
                # Its brothers before it, which would be kept with the root.
                while element.getprevious() is not None:
                    del element.getparent()[0]
            if len(places) >= MAX_PLACES:
                break
    except etree.XMLSyntaxError as error:
        raise UserError(f"the sitemap cannot be read: {error}") from error
    return places


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _place(said: dict[str, str], *, is_sitemap: bool) -> Place | None:
    try:
        return Place(parse_address(said.get("loc", "")), said.get("lastmod") or None, is_sitemap)
    except UserError:
        return None
