"""What is in a ZIP file, within limits: a small file can unpack to more than this machine holds."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from corpus.errors import UserError
from corpus.readers.formats import Format

# Of everything in one file together, unpacked.
MAX_UNPACKED = 1_000_000_000
MAX_MEMBERS = 50_000


class Packed:
    """A ZIP file whose members are read within limits."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = MAX_UNPACKED
        self.names = [info.filename for info in archive.infolist() if not info.is_dir()]
        if len(self.names) > MAX_MEMBERS:
            raise UserError(f"it has {len(self.names):,} files; at most {MAX_MEMBERS:,} are read")

    def kind(self) -> Format:
        """What the ZIP file is. Raises UserError, which names it, for one that no reader is for."""
        names = set(self.names)
        if "word/document.xml" in names:
            return Format.DOCX
        for name, what in (("xl/workbook.xml", "an Excel workbook"), ("ppt/presentation.xml", "a PowerPoint file")):
            if name in names:
                raise UserError(f"it is {what}; no article is read from it: save it as CSV, or as PDF")
        if "mimetype" not in names:
            return Format.ZIP
        kind = self.read("mimetype", most=1_000).decode("ascii", "replace").strip()
        if kind.startswith("application/vnd.oasis.opendocument") and "text" not in kind:
            raise UserError(f"it is an OpenDocument file of the kind {kind!r}; save it as text, CSV or PDF")
        return {"application/epub+zip": Format.EPUB}.get(kind, Format.ODT if "opendocument" in kind else Format.ZIP)

    def read(self, name: str, *, most: int) -> bytes:
        """The member `name`; UserError where it is damaged, locked, has more than `most` bytes or is not there."""
        try:
            with self._archive.open(name) as stream:
                data = stream.read(min(most, self._left) + 1)
        except KeyError as error:
            raise UserError(f"it has no {name!r} in it; it is damaged") from error
        except RuntimeError as error:
            raise UserError("it is locked with a password; save it without one") from error
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            ValueError,
            OverflowError,
        ) as error:
            raise UserError(f"{name!r} in it is damaged: {error}") from error
        self._left -= len(data)
        if len(data) > most or self._left < 0:
            raise UserError(
                f"{name!r:.80} in it unpacks to more than {most:,} bytes, or all to more than {MAX_UNPACKED:,}"
            )
        return data


@contextmanager
def opened(data: bytes | BinaryIO) -> Iterator[Packed]:
    """The ZIP file in `data`; UserError where it is none."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError, EOFError) as error:
        raise UserError(f"it is damaged: {error}") from error
    with archive:
        yield Packed(archive)
