"""The address of a database, which never shows its password."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# What `Path` makes of an address has one stroke.
_SCHEME = re.compile(r"postgres(?:ql)?:/{1,2}")
_SECRETS = re.compile(r"(?<=[?&])((?:ssl)?password)=[^&#]*", re.IGNORECASE)
HIDDEN = "***"


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

    def __repr__(self) -> str:
        return f"Address({str(self)!r})"


def read_address(text: str) -> Address | None:
    """The address that `text` is; None for one that is none of a database, such as a folder's name."""
    scheme = _SCHEME.match(text)
    return Address(f"postgresql://{text[scheme.end() :]}") if scheme else None
