"""One download: connected to the machine that was looked at, bounded in time, size and redirects."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address

import anyio
import anyio.to_thread
import httpx
from anyio.from_thread import start_blocking_portal

from corpus.errors import UserError
from corpus.fetch.address import is_public, parse_address

# The name that sites see, and that their robots.txt may forbid things.
AGENT = "article-qa"
GZIP = b"\x1f\x8b"
_REDIRECTS = (301, 302, 303, 307, 308)
# zlib: both the gzip and the zlib form.
_ANY_HEAD = 47


@dataclass(frozen=True, slots=True)
class Limits:
    """What one download may take, redirects and all: seconds, bytes (sent or unpacked), redirects.

    A sitemap may have 50 MB by its standard; nothing that is read here is larger.
    """

    seconds: float = 60.0
    bytes: int = 50_000_000
    redirects: int = 8


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: `address` is where it was at last, `media_type` without parameters and in small letters."""

    address: str
    data: bytes
    media_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    is_storable: bool = True


class NotModified(Exception):
    """What is there is still what was there."""


class Refused(UserError):
    """The server answered, and not with what was asked for."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def go_anywhere(_address: str) -> None:
    """Follow every redirect at once."""


def download(
    address: str,
    headers: Mapping[str, str],
    limits: Limits,
    *,
    allows_private: bool = False,
    on_redirect: Callable[[str], None] = go_anywhere,
) -> Fetched:
    """Return what is at `address`, a normal one. Raises UserError that says why not, or NotModified.

    Every machine on the way is looked at after its name was resolved, and what was looked at is what is connected to.
    `on_redirect` is called with each address that it is redirected to; it may wait, outside the limit, or refuse with
    UserError.
    """
    # A loop of its own: the caller's thread may run one already, as notebooks do.
    with start_blocking_portal() as portal:
        return portal.call(_Download(headers, limits, allows_private, on_redirect).follow, address)


def unpack(data: bytes, most: int) -> bytes:
    """Return `data` out of gzip. Raises UserError when that is more than `most` bytes, or it is damaged."""
    unpacker = zlib.decompressobj(_ANY_HEAD)
    try:
        plain = unpacker.decompress(data, most + 1)
    except zlib.error as error:
        raise UserError(f"what came is not gzip as it says: {error}") from error
    if len(plain) > most:
        raise UserError(f"unpacked it has more than {most:,} bytes")
    if not unpacker.eof:
        raise UserError("it ends too early; try again later")
    return plain


class _Download:
    def __init__(
        self, headers: Mapping[str, str], limits: Limits, allows_private: bool, on_redirect: Callable[[str], None]
    ) -> None:
        # Packed bodies are unpacked here, step by step: a library would unpack a bomb before anybody could count.
        self._headers = {"User-Agent": AGENT, "Accept-Encoding": "gzip", "Accept": "*/*", **headers}
        self._limits = limits
        self._allows_private = allows_private
        self._on_redirect = on_redirect

    async def follow(self, address: str) -> Fetched:
        try:
            with anyio.fail_after(self._limits.seconds) as scope:
                for _ in range(self._limits.redirects + 1):
                    found = await self._ask(address)
                    if isinstance(found, Fetched):
                        return found
                    address = found
                    began = anyio.current_time()
                    # It waits as long as sites ask for.
                    with anyio.CancelScope(shield=True):
                        await anyio.to_thread.run_sync(self._on_redirect, address)
                    scope.deadline += anyio.current_time() - began
        except TimeoutError as error:
            raise UserError(f"it took longer than {self._limits.seconds:g} seconds; try again later") from error
        raise UserError(f"it was redirected more than {self._limits.redirects} times, at last to {address!r:.200}")

    async def _ask(self, address: str) -> Fetched | str:
        """What is there, or where it is instead."""
        url = httpx.URL(address)
        problem: Exception | None = None
        for machine in await self._machines(url):
            try:
                return await self._ask_machine(url, machine)
            except httpx.ConnectError as error:
                problem = error
            except httpx.HTTPError as error:
                raise UserError(f"{url.host!r} broke off: {_said(error)}; try again later") from error
        raise UserError(f"{url.host!r} cannot be reached: {_said(problem)}") from problem

    async def _machines(self, url: httpx.URL) -> list[str]:
        """The IP addresses of a host that may be connected to."""
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = await anyio.getaddrinfo(url.host, port, proto=6)
        # A name can be too long, or of letters that no name has.
        except (OSError, ValueError) as error:
            raise UserError(f"there is no host {url.host!r}: {_said(error)}") from error
        machines = list(dict.fromkeys(str(info[4][0]) for info in found))
        allowed = [machine for machine in machines if self._allows_private or is_public(machine)]
        if not allowed:
            raise UserError(
                f"{url.host!r} is {machines[0]}, of this machine or a network of its own; the setting "
                "'private_addresses' allows these"
            )
        return allowed

    async def _ask_machine(self, url: httpx.URL, machine: str) -> Fetched | str:
        # No proxy, no password file, no cookie jar or connection that another host on the machine would share.
        async with httpx.AsyncClient(
            verify=_context(), trust_env=False, follow_redirects=False, timeout=self._limits.seconds
        ) as client:
            request = client.build_request(
                "GET",
                url.copy_with(host=machine),
                headers={**self._headers, "Host": url.netloc.decode("ascii")},
                # The certificate must be the host's, whatever number was connected to.
                extensions={} if _is_number(url.host) else {"sni_hostname": url.raw_host.decode("ascii")},
            )
            response = await client.send(request, stream=True)
            try:
                return await self._read(url, response)
            finally:
                await response.aclose()

    async def _read(self, url: httpx.URL, response: httpx.Response) -> Fetched | str:
        if response.status_code in _REDIRECTS and "location" in response.headers:
            return _join(url, response.headers["location"])
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            raise NotModified
        if response.status_code != HTTPStatus.OK:
            raise _refused(url.host, response)
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "gzip", "x-gzip", ""):
            raise UserError(f"{url.host!r} sent it packed as {packing!r:.40}, which was not asked for")
        data = await self._body(response)
        media_type, _, parameters = response.headers.get("content-type", "").partition(";")
        return Fetched(
            address=str(url),
            data=unpack(data, self._limits.bytes) if "gzip" in packing and data else data,
            media_type=media_type.strip().lower(),
            charset=response.charset_encoding if parameters else None,
            etag=_short(response.headers.get("etag")),
            last_modified=_short(response.headers.get("last-modified")),
            is_storable="no-store" not in response.headers.get("cache-control", "").lower(),
        )

    async def _body(self, response: httpx.Response) -> bytes:
        data = bytearray()
        async for part in response.aiter_raw():
            data += part
            if len(data) > self._limits.bytes:
                raise UserError(f"it has more than {self._limits.bytes:,} bytes")
        return bytes(data)


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    """Made once: reading the list of authorities takes longer than many a download."""
    return httpx.create_ssl_context(trust_env=False)


def _join(url: httpx.URL, location: str) -> str:
    try:
        joined = str(url.join(location))
    except (httpx.InvalidURL, ValueError) as error:
        raise UserError(f"{url.host!r} redirects to {location!r:.200}, which is no address") from error
    try:
        return parse_address(joined)
    except UserError as error:
        raise UserError(f"{url.host!r} redirects to what cannot be fetched: {error}") from error


def _refused(host: str, response: httpx.Response) -> Refused:
    status = response.status_code
    what = {404: "there is nothing at this address", 410: "what was at this address is gone"}.get(status)
    if what is None and status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        seconds = response.headers.get("retry-after", "")
        what = f"it asks to come again in {int(seconds):,} seconds" if seconds.isdecimal() else "it is too busy"
    return Refused(f"{host!r} answered {status}{f': {what}' if what else ''}", status)


def _short(header: str | None) -> str | None:
    """A header that will be sent back; nobody needs one as long as a page."""
    return header if header and len(header) <= 1000 else None


def _said(error: Exception | None) -> str:
    return str(error) or type(error).__name__


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
