"""Fetch addresses: politely, as their sites allow, and never twice what has not changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import httpx

from corpus.errors import UserError
from corpus.fetch.address import host_of
from corpus.fetch.download import Fetched, Limits, NotModified, Refused, download, go_anywhere
from corpus.fetch.kept import Kept, KeptPages
from corpus.fetch.robots import MAX_BYTES, Robots

# Between two requests to one host; who reads faster than a person is soon shut out.
PAUSE_SECONDS = 1.0


class Fetcher:
    """Fetches addresses one after another, each within `limits`, and remembers what each site asked for."""

    def __init__(
        self,
        *,
        allows_private: bool = False,
        kept: KeptPages | None = None,
        limits: Limits | None = None,
        pause: float = PAUSE_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`allows_private`: machines of this network may be asked. `kept`: what was fetched before."""
        self._allows_private = allows_private
        self._kept = kept
        self.limits = limits or Limits()
        self._pause = pause
        self._sleep = sleep
        self._robots: dict[str, Robots] = {}
        self._asked: dict[str, float] = {}

    def fetch(self, address: str, *, stamp: str | None = None) -> Fetched:
        """Return what is at `address`, in its normal form. Raises UserError that says why there is nothing.

        `stamp` is what a feed or a sitemap says of the last change of the page: while it says the same as when the
        page was fetched, nobody is asked.
        """
        kept = self._kept.read(address) if self._kept else None
        if kept and stamp and kept.stamp == stamp:
            return kept.fetched
        self._check_robots(address)
        try:
            fetched = self._ask(address, _conditions(kept), on_redirect=self._arrive)
        except NotModified:
            if kept is None:
                raise UserError(f"{host_of(address)!r} says that nothing has changed, but nothing was kept") from None
            fetched = kept.fetched
        self._keep(address, Kept(fetched, stamp), kept)
        return fetched

    def _keep(self, address: str, new: Kept, old: Kept | None) -> None:
        is_of_use = new.fetched.etag or new.fetched.last_modified or new.stamp
        if self._kept and is_of_use and new.fetched.is_storable and new != old:
            self._kept.write(address, new)

    def _check_robots(self, address: str) -> None:
        site = _site(address)
        if site not in self._robots:
            self._robots[site] = self._read_robots(site)
        if not self._robots[site].allows(address):
            raise UserError(f"{host_of(address)!r} does not want programs to read this page (its robots.txt)")

    def _arrive(self, address: str) -> None:
        """Do at the site that one is redirected to as at any other: ask its rules, and wait as long as it wants."""
        self._check_robots(address)
        self._wait(_site(address))
        self._asked[_site(address)] = time.monotonic()

    def _read_robots(self, site: str) -> Robots:
        try:
            most = min(self.limits.bytes, 2 * MAX_BYTES)
            return Robots.parse(self._ask(f"{site}/robots.txt", {}, replace(self.limits, bytes=most)).data)
        except Refused as error:
            return Robots.of_status(error.status)
        except NotModified:
            return Robots()

    def _ask(
        self,
        address: str,
        headers: dict[str, str],
        limits: Limits | None = None,
        on_redirect: Callable[[str], None] = go_anywhere,
    ) -> Fetched:
        self._wait(_site(address))
        try:
            return download(
                address,
                headers,
                limits or self.limits,
                allows_private=self._allows_private,
                on_redirect=on_redirect,
            )
        finally:
            self._asked[_site(address)] = time.monotonic()

    def _wait(self, site: str) -> None:
        """Wait until the site may be asked again."""
        delay = max(self._pause, self._robots[site].delay if site in self._robots else 0.0)
        wait = self._asked.get(site, -delay) + delay - time.monotonic()
        if site in self._asked and wait > 0:
            self._sleep(wait)


def _site(address: str) -> str:
    url = httpx.URL(address)
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _conditions(kept: Kept | None) -> dict[str, str]:
    if kept is None:
        return {}
    headers = {"If-None-Match": kept.fetched.etag, "If-Modified-Since": kept.fetched.last_modified}
    return {name: value for name, value in headers.items() if value}
