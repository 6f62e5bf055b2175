"""The address of a database, which never shows its password."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

# What `Path` makes of an address has one stroke.
_SCHEME = re.compile(r"postgres(?:ql)?:/{1,2}")
_SECRETS = re.compile(r"(?<=[?&])((?:ssl)?password)=[^&#]*", re.IGNORECASE)
HIDDEN = "***"
# What separates the parts of an address that was not written properly.
_SEPARATORS = re.compile(r"[/@:?#&,]")
# Shorter parts are no secrets, and in many a word.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Address:
    """`postgresql://...` of a database. `secret` is the whole of it; as text its passwords are hidden."""

    secret: str = field(repr=False)

    @property
    def name(self) -> str:
        """What a message calls it."""
        return str(self)

    def __str__(self) -> str:
        rest = self.secret.removeprefix("postgresql://")
        # Up to the last sign that can end a user and a password, as one that was not written properly has more.
        who, at, where = rest.rpartition("@")
        if ":" in who:
            who = f"{who.partition(':')[0]}:{HIDDEN}"
        return "postgresql://" + _SECRETS.sub(rf"\1={HIDDEN}", f"{who}{at}{where}")

    def hide(self, text: str) -> str:
        """`text` without its passwords, or those parts of one that were taken for something else."""
        who = self.secret.removeprefix("postgresql://").rpartition("@")[0].partition(":")[2]
        written = [who, *(found.group().partition("=")[2] for found in _SECRETS.finditer(self.secret))]
        parts = {
            part for each in written for part in (unquote(each), *_SEPARATORS.split(each)) if len(part) >= SHORTEST
        }
        for part in sorted(parts, key=len, reverse=True):
            text = text.replace(part, HIDDEN)
        return text

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"


def read_address(text: str) -> Address | None:
    """The address that `text` is; None for one that is none of a database, such as a folder's name."""
    scheme = _SCHEME.match(text)
    return Address(f"postgresql://{text[scheme.end() :]}") if scheme else None
