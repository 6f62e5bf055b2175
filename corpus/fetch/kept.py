"""What was fetched is kept, so that the next time costs a question whether it has changed, or not even that."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from corpus.fetch.download import Fetched


@dataclass(frozen=True, slots=True)
class Kept:
    """What was fetched; `stamp` is what the feed or sitemap then said of the page's last change."""

    fetched: Fetched
    stamp: str | None


class KeptPages:
    """A folder with a file for each address. It may be deleted at any time; then all is fetched anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, address: str) -> Kept | None:
        """What is kept of `address`; None for nothing, and for a file that is not whole."""
        try:
            head, _, packed = self._path(address).read_bytes().partition(b"\n")
            record = json.loads(head)
            data = gzip.decompress(packed)
            if record.pop("sha256") != hashlib.sha256(data).hexdigest():
                return None
            return Kept(stamp=record.pop("stamp"), fetched=Fetched(data=data, **record))
        except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, AttributeError):
            return None

    def write(self, address: str, kept: Kept) -> None:
        """Keep it, in the place of what was kept. A disk that is full or not ours to write to is no obstacle."""
        record = asdict(replace(kept.fetched, data=b"")) | {"stamp": kept.stamp}
        del record["data"]
        record["sha256"] = hashlib.sha256(kept.fetched.data).hexdigest()
        path = self._path(address)
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(json.dumps(record).encode() + b"\n" + gzip.compress(kept.fetched.data, 6, mtime=0))
            part.replace(path)
        except OSError:
            with suppress(OSError):
                part.unlink()

    def _path(self, address: str) -> Path:
        return self._folder / hashlib.sha256(address.encode()).hexdigest()
