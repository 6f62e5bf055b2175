"""What a site asks of programs: which pages to leave alone, and how long to wait between two (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from protego import Protego

from corpus.fetch.download import AGENT

# As much of the file as the standard asks one to read.
MAX_BYTES = 500_000
# The library keeps every rule once for every name above it: a few hundred in real files, billions in a hostile one.
MAX_RULES = 1_000_000
# Who asks for longer waits than this is waited for so long.
MAX_DELAY = 60.0


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one site; `rules` is None where `allows_all` says it all."""

    rules: Protego | None = None
    allows_all: bool = True

    @classmethod
    def parse(cls, data: bytes) -> Robots:
        """The rules of a robots.txt. One that nobody can have meant forbids everything."""
        lines = data[:MAX_BYTES].decode("utf-8", "replace").splitlines()
        agents = sum(line.lstrip()[:4].lower() == "user" for line in lines)
        if agents * (len(lines) - agents) > MAX_RULES:
            return cls(allows_all=False)
        return cls(Protego.parse("\n".join(lines)))

    @classmethod
    def of_status(cls, status: int) -> Robots:
        """The rules of a site that answers its robots.txt with `status`: none if it has none; nothing if it fails."""
        return cls(allows_all=status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS)

    def allows(self, address: str) -> bool:
        """Whether a program may read the page."""
        return self.allows_all if self.rules is None else self.rules.can_fetch(address, AGENT)

    @property
    def delay(self) -> float:
        """Seconds to wait between two requests; 0 where the site does not say."""
        return min(self.rules.crawl_delay(AGENT) or 0.0, MAX_DELAY) if self.rules else 0.0
