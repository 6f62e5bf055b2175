"""Who may change the articles over the web: whoever sits at this machine, or brings the key where a setting allows it.

No page of another site can have it done. A browser says which site a request comes from, and what is taken here no form
can send without asking first, which no other site is allowed to. Who sits at this machine is told by both ends: the
connection comes from it, and the name that was asked for is its own, which that of no other site is, wherever it leads.
"""

from __future__ import annotations

from typing import Literal

from starlette.types import Scope

from qa.web.gate.access import AccessRules, Caller, has_key, is_local
from qa.web.gate.errors import PublicError

CLOSED = (
    "articles are added and removed here only on the machine of the server itself, or with a key where the setting "
    "'editing' is on"
)


def refuse_editing(scope: Scope, rules: AccessRules) -> PublicError | None:
    """Why the request may change no article; None when it may."""
    caller = Caller.of(scope)
    if rules.edits_with_key and has_key(caller, rules):
        return None
    offered = offered_editing(scope, rules)
    if offered == "open" and caller.is_own_page:
        return None
    if rules.edits_with_key:
        message = "the key is needed to change articles: send the header 'Authorization: Bearer KEY'"
        return PublicError(401, "key_needed", message, {"WWW-Authenticate": "Bearer"})
    return PublicError(403, "editing_closed", CLOSED)


def offered_editing(scope: Scope, rules: AccessRules) -> Literal["open", "key"] | None:
    """How a page that is asked for may offer to change articles: without a key, with it, or not at all."""
    if rules.edits_locally and is_local(scope):
        return "open"
    return "key" if rules.edits_with_key else None
