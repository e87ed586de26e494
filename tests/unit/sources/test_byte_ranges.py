"""Bytes by their place in a file: the same from a disk and by ranges, with as few as are needed."""

import errno
import os
from pathlib import Path

import h5py
import numpy as np
import pytest
from response_clusters.errors import StudyError
from response_clusters.sources.byte_ranges import ByteSource, LocalFile, opened
from response_clusters.sources.nsd.betas import read_betas
from response_clusters.sources.nsd.chunks import read_chunks
from response_clusters.sources.ranged_file import BLOCK, GAP, MOST, RangedFile, spans

TRIALS = 750
SHAPE = (23, 19, 17)


def ranged(path: Path, index: Path | None = None) -> RangedFile:
    """A file's bytes by ranges, as from a bucket."""

    def get(start: int, end: int) -> bytes:
        with path.open("rb") as file:
            return os.pread(file.fileno(), end - start, start)

    source = RangedFile(str(path), path.stat().st_size, get)
    source.index = index
    return source


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("noise") / "noise.bin"
    path.write_bytes(np.random.default_rng(0).bytes(MOST + 3 * BLOCK + 17))
    return path


def sessions(folder: Path, order: int = 1) -> np.ndarray:
    """Two sessions that were written alike, the second perhaps in another order; their voxels."""
    rng = np.random.default_rng(3)
    for number, step in ((1, 1), (2, order)):
        path = folder / f"betas_session{number:02d}.hdf5"
        with h5py.File(path, "w") as file:
            chunks = (TRIALS, 1, 1, 1)
            betas = file.create_dataset("betas", (TRIALS, *SHAPE), "<i2", chunks=chunks)
            for z, y, x in list(np.ndindex(SHAPE))[::step]:
                values = rng.integers(-3000, 3000, TRIALS).astype("<i2")
                betas.id.write_direct_chunk((0, z, y, x), values.tobytes())
    return rng.permutation(np.argwhere(rng.random(SHAPE) < 0.1))


@pytest.mark.parametrize(
    ("at", "length"), [(0, 8), (BLOCK - 4, 8), (5, BLOCK), (100, 5 * BLOCK), (2**40, 8), (0, 0)]
)
def test_a_range_holds_the_files_bytes(at: int, length: int, noise: Path) -> None:
    whole = noise.read_bytes()
    for source in (LocalFile(noise), ranged(noise)):
        with source:
            assert source.read(at, length) == whole[at : at + length]
            assert source.read(source.size - 3, 10) == whole[-3:]
            assert source.stream().read() == whole


def test_pieces_come_in_the_order_asked_for(noise: Path) -> None:
    whole = np.frombuffer(noise.read_bytes(), np.uint8)
    rng = np.random.default_rng(1)
    at = np.concatenate([rng.integers(0, len(whole) - 100, 50), np.arange(1000, 3000, 100)])
    rng.shuffle(at)
    for source in (LocalFile(noise), ranged(noise)):
        with source:
            np.testing.assert_array_equal(source.pieces(at, 100), [whole[a : a + 100] for a in at])
            with pytest.raises(ValueError, match="ends before"):
                source.pieces(np.array([5, len(whole) - 50]), 100)


def test_pieces_that_lie_close_are_one_request(noise: Path) -> None:
    source = ranged(noise)
    with source:
        source.pieces(np.array([0, 100 + GAP, 200 + GAP]), 100)
        assert (source.requests, source.fetched) == (1, 300 + GAP)
        source.pieces(np.array([0, 101 + GAP]), 100)
        assert source.requests == 3


def test_no_request_is_larger_than_the_most() -> None:
    starts = np.arange(0, 5 * MOST, 1500, dtype=np.int64)
    found = spans(starts, 1500)
    assert [first for first, _ in found[1:]] == [end for _, end in found[:-1]]
    assert (found[0][0], found[-1][1]) == (0, len(starts))
    assert max(starts[end - 1] + 1500 - starts[first] for first, end in found) <= MOST
    assert spans(np.array([0, 10 * MOST]), 2 * MOST) == [(0, 1), (1, 2)]


def test_bytes_that_do_not_come_are_an_error(noise: Path) -> None:
    source = RangedFile("short", noise.stat().st_size, lambda start, end: bytes(end - start - 1))
    with source, pytest.raises(ValueError, match="came where"):
        source.read(0, 10)


def test_parts_that_are_written_in_pieces_are_written_whole(
    noise: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, at: write(file, data[:100_000], at))
    with ranged(noise) as source:
        source.save(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == noise.read_bytes()


def test_a_full_disk_names_the_folder_for_temporary_files(
    noise: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with ranged(noise) as source, pytest.raises(StudyError, match=r"disk is full.*set TMPDIR"):
        source.save(tmp_path / "copy")


def test_the_whole_is_there_while_it_is_needed(noise: Path) -> None:
    with ranged(noise) as source, source.whole() as path:
        assert path.read_bytes() == noise.read_bytes()
    assert not path.exists()
    with LocalFile(noise) as local, local.whole() as path:
        assert path == noise


def test_a_session_is_read_alike_from_a_disk_and_by_ranges(tmp_path: Path) -> None:
    voxels = sessions(tmp_path)
    mask = np.zeros(SHAPE[::-1], bool)
    mask[tuple(voxels.T[::-1])] = True
    path = tmp_path / "betas_session01.hdf5"
    with ranged(path) as source:
        np.testing.assert_array_equal(read_betas(source, mask), read_betas(path, mask))


def test_a_session_in_another_layout_is_fetched_whole(tmp_path: Path) -> None:
    path = tmp_path / "betas_session01.hdf5"
    values = np.random.default_rng(0).integers(-99, 99, (20, 5, 6, 7)).astype("<i2")
    with h5py.File(path, "w") as file:
        file.create_dataset("betas", data=values, chunks=(5, 2, 3, 7), compression="gzip")
    mask = np.random.default_rng(1).random((7, 6, 5)) < 0.3
    with ranged(path) as source:
        np.testing.assert_array_equal(read_betas(source, mask), values.T[mask])
        assert source.fetched >= source.size


def read(source: ByteSource, voxels: np.ndarray) -> tuple[np.ndarray, float]:
    """The voxels' values, and the part of the file's bytes that it took."""
    assert isinstance(source, RangedFile)
    with source, source.h5() as file:
        values = read_chunks(source, file["betas"], voxels)
        right = [file["betas"][:, z, y, x] for z, y, x in voxels]
    assert values is not None
    np.testing.assert_array_equal(values, right)
    return values, source.requests


def test_the_index_of_one_session_serves_the_next(tmp_path: Path) -> None:
    voxels = sessions(tmp_path)
    one, two = (tmp_path / f"betas_session0{number}.hdf5" for number in (1, 2))
    _, walked = read(ranged(two), voxels)
    read(ranged(one, tmp_path), voxels)
    kept = list(tmp_path.glob("index-*.npz"))
    assert len(kept) == 1
    written = kept[0].stat().st_mtime_ns
    _, known = read(ranged(two, tmp_path), voxels)
    assert known < walked
    assert kept[0].stat().st_mtime_ns == written
    # Other voxels have an index of their own.
    read(ranged(two, tmp_path), voxels[::2])
    assert len(list(tmp_path.glob("index-*.npz"))) == 2


def test_a_session_in_another_order_is_walked_through_and_is_right(tmp_path: Path) -> None:
    voxels = sessions(tmp_path, order=-1)
    read(ranged(tmp_path / "betas_session01.hdf5", tmp_path), voxels)
    kept = next(tmp_path.glob("index-*.npz"))
    written = kept.stat().st_mtime_ns
    read(ranged(tmp_path / "betas_session02.hdf5", tmp_path), voxels)
    assert kept.stat().st_mtime_ns != written


@pytest.mark.parametrize("contents", [b"", b"not a file of arrays", None])
def test_an_index_that_cannot_be_read_is_made_anew(contents: bytes | None, tmp_path: Path) -> None:
    voxels = sessions(tmp_path)
    one = tmp_path / "betas_session01.hdf5"
    read(ranged(one, tmp_path), voxels)
    kept = next(tmp_path.glob("index-*.npz"))
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2] if contents is None else contents)
    read(ranged(one, tmp_path), voxels)
    assert kept.read_bytes() == whole


def test_a_damaged_session_is_called_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "betas_session01.hdf5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with (
        ranged(path) as source,
        pytest.raises(StudyError, match=r"betas_session01\.hdf5: the file is damaged"),
        opened(source, "one session's betas"),
    ):
        source.h5()
