"""FaissIndex: snapshots that are whole or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.engines.engine import SnapshotError
from index.engines.faiss import FaissIndex

DIM = 8


def three() -> FaissIndex:
    made = FaissIndex(DIM)
    made.add([1, 2, 3], np.eye(3, DIM, dtype=np.float32))
    return made


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_snapshot_cut_short_or_changed_is_refused(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.faiss"
    crc32 = three().save(path)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        path.write_bytes(whole[:at])
    else:
        changed = bytearray(whole)
        changed[at] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(changed)
    with pytest.raises(SnapshotError) as error:
        FaissIndex.load(path, DIM, crc32)
    assert str(error.value) == f"{path} is damaged (its checksum differs)"


def test_a_save_that_fails_leaves_the_old_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "passages.faiss"
    crc32 = three().save(path)

    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    changed = three()
    changed.remove([2])
    with pytest.raises(OSError, match="no space left"):
        changed.save(path)
    assert len(FaissIndex.load(path, DIM, crc32)) == 3
