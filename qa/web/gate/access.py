"""Who may use the server: by the name it was called under, and the site whose page the request comes from.

Pages of other sites reach nothing but the API, and only those on the allowlist. A request that names no site comes from
the server's own pages or from a program; programs can be asked for a key.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from qa.web.gate.errors import PublicError
from qa.web.gate.proxies import WAS_FORWARDED
from qa.web.paths import API_PREFIX, INSIGHTS_PATH, MCP_PATH, METRICS_PATH

ANY = "*"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

# Described to everybody: these say what there is, not what the articles say.
DESCRIPTION = ("/api/docs", "/api/docs-assets/", "/api/openapi.json")
# Files that are the same for everybody; a page names the integrity of the script, for which the browser asks for CORS.
PUBLIC_PREFIXES = ("/widget.js", "/widget/", "/health")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRules:
    """`origins` may use the API from their pages; "*" is every site. `hosts` are the names the server answers to.

    It answers to numeric addresses too; "*" is every name.

    The rates, of one client and of the pages of one site, are in the notation of `limits`. With `api_key`,
    programs must bring it; one that passes itself off as a page's browser is still counted like any other client.

    Articles may be changed over the web by who sits at this machine, and by who brings the key, where these say so.
    """

    origins: tuple[str, ...]
    hosts: tuple[str, ...]
    client_rate: str
    site_rate: str
    api_key: str | None
    edits_locally: bool = False
    edits_with_key: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of a request: its path, what its headers say, and whether it comes from this machine."""

    path: str
    host: str
    origin: str | None
    key: str | None
    is_own_page: bool
    # The other end of the connection is this machine, and passes on nobody else's request.
    is_local: bool = False

    @classmethod
    def of(cls, scope: Scope) -> Caller:
        """The caller of an HTTP request."""
        path, headers = path_of(scope), Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        scheme, _, key = headers.get("authorization", "").partition(" ")
        # Browsers name no origin when a page gets something of its own server.
        is_own = headers.get("sec-fetch-site") == "same-origin" if origin is None else is_same_site(origin, host)
        given = key.strip() if scheme.lower() == "bearer" else None
        if path == INSIGHTS_PATH and scheme.lower() == "basic":
            # A browser asks its user for no other.
            given = _password(key)
        return cls(path, host, origin, given, is_own, is_local(scope))


def path_of(scope: Scope) -> str:
    """The path as the application knows it: behind a proxy that strips a prefix, the server puts it back in front."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


def refuse(caller: Caller, rules: AccessRules) -> PublicError | None:
    """Why the request is refused, None when it may pass."""
    if not _is_known_host(caller.host, rules.hosts):
        message = "the server does not go by this name; its owner can add it to the setting 'hosts'"
        return PublicError(421, "unknown_host", message)
    if caller.origin is not None and not caller.is_own_page and not _may_come(caller, rules):
        message = (
            f"this site may not ask the articles; the server's owner can add {caller.origin!r:.200} to the setting "
        )
        return PublicError(403, "origin_not_allowed", f"{message}'origins'")
    if caller.path == INSIGHTS_PATH and not caller.is_local and not has_key(caller, rules):
        return _not_the_owner(rules)
    if rules.api_key is not None and _needs_key(caller) and not has_key(caller, rules):
        message = "an API key is needed: send the header 'Authorization: Bearer KEY'"
        return PublicError(401, "key_needed", message, {"WWW-Authenticate": "Bearer"})
    return None


def _not_the_owner(rules: AccessRules) -> PublicError:
    if rules.api_key is None:
        message = "this page is for this machine alone; its owner can set an 'api_key' to open it from elsewhere"
        return PublicError(403, "not_the_owner", message)
    # A browser asks for a name and a password then, and sends both along.
    message = "this page is for the owner of the server: the password is the API key, under any name"
    return PublicError(401, "key_needed", message, {"WWW-Authenticate": 'Basic realm="insights", charset="UTF-8"'})


def has_key(caller: Caller, rules: AccessRules) -> bool:
    """The request brings the key."""
    expected = rules.api_key
    return bool(expected and caller.key and hmac.compare_digest(caller.key.encode(), expected.encode()))


def is_allowed(origin: str | None, origins: tuple[str, ...]) -> bool:
    """A page of `origin` may use the API. "null", which a sandboxed page and a local file send, is nobody's."""
    return origin not in (None, "null") and (ANY in origins or origin in origins)


def is_same_site(origin: str, host: str) -> bool:
    """The request comes from the server's own page. The scheme is left out: a proxy may speak https for the server."""
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False


def is_api(path: str) -> bool:
    """`path` is of the API itself, not of its description."""
    return path.startswith(API_PREFIX) and not path.startswith(DESCRIPTION)


def _may_come(caller: Caller, rules: AccessRules) -> bool:
    if caller.path.startswith(PUBLIC_PREFIXES):
        return True
    return caller.path.startswith(API_PREFIX) and is_allowed(caller.origin, rules.origins)


def is_mcp(path: str) -> bool:
    """`path` is of the tools for language-model clients."""
    return path == MCP_PATH or path.startswith(f"{MCP_PATH}/")


def _needs_key(caller: Caller) -> bool:
    # No page has a use for these, so whoever says it is one is none.
    if is_mcp(caller.path) or caller.path == METRICS_PATH:
        return True
    return is_api(caller.path) and caller.origin is None and not caller.is_own_page


def _password(basic: str) -> str | None:
    """Of a name and a password, as browsers send them."""
    try:
        return base64.b64decode(basic, validate=True).decode().partition(":")[2] or None
    except ValueError:
        return None


def is_local(scope: Scope) -> bool:
    """Who asks sits at this machine, and asks for it by a name that only this machine has.

    A proxy on this machine is as near; it passes on another name, or says whose request it is.
    """
    peer, host = (scope.get("client") or ("", 0))[0], Headers(scope=scope).get("host", "")
    return _is_loopback(peer) and hostname(host) in LOOPBACK and not scope.get(WAS_FORWARDED)


def _is_loopback(peer: str) -> bool:
    try:
        return ip_address(peer.removeprefix("::ffff:")).is_loopback
    except ValueError:
        return False


def _is_known_host(host: str, hosts: tuple[str, ...]) -> bool:
    # HTTP/1.0 sends none.
    if ANY in hosts or not host:
        return True
    name = hostname(host)
    return name in hosts or _is_address(name)


def _is_address(name: str) -> bool:
    """A page elsewhere can have its name point to this machine, but it has no name that is a number."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def hostname(host: str) -> str:
    """The name in a header `Host`, in small letters and without its port; "" where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
