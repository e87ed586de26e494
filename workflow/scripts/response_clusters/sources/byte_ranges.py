"""Bytes of one file by where they are in it: a file on a disk, or an object in a bucket.

Readers that need little of a large file are written once, for both.
"""

import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

import numpy as np
import numpy.typing as npt
from response_clusters.files import reading, sentences

if TYPE_CHECKING:
    import h5py

Integers = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

_TOGETHER = 512
"""Pieces of a local file read at once: the systems allow for 1,024."""


class ByteSource(ABC):
    """One file's bytes, for reading; a context manager that closes it.

    Attributes
    ----------
    name : str
        Its path or address, for sentences.
    size : int
        In bytes.
    index : Path or None
        A folder in which a reader keeps what it learnt of the order within this file, for other
        files in the same order.
    """

    name: str
    size: int
    index: Path | None = None

    @abstractmethod
    def read(self, at: int, length: int) -> bytes:
        """So many bytes from a place on; fewer at the end of the file."""

    @abstractmethod
    def pieces(self, addresses: Integers, size: int) -> Bytes:
        """Pieces of one size.

        Parameters
        ----------
        addresses : ndarray of shape (n,), int64
            Where each begins, in any order.

        Returns
        -------
        ndarray of shape (n, size), uint8

        Raises
        ------
        ValueError
            If the file ends within one of them.
        """

    @abstractmethod
    def h5(self) -> "h5py.File":
        """The file, opened by the HDF5 library."""

    @abstractmethod
    def whole(self) -> AbstractContextManager[Path]:
        """The whole file on a disk, as long as the block lasts."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the file."""

    def __str__(self) -> str:
        return self.name

    @property
    def suffix(self) -> str:
        """The end of the name, as of a path: ``.gz``."""
        return Path(self.name).suffix

    def stream(self) -> BinaryIO:
        """The file from its start on, read in large parts."""
        return io.BufferedReader(Stream(self), 2**20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def opened(path: str | Path | ByteSource, expected: str) -> Iterator[ByteSource]:
    """The bytes of a file on a disk, or of one that is open; faults are told as by `reading`.

    Raises
    ------
    StudyError
        As `response_clusters.files.reading` does.
    """
    if isinstance(path, ByteSource):
        with sentences(path.name, expected):
            yield path
    else:
        with reading(path, expected) as file, LocalFile(file) as source:
            yield source


class LocalFile(ByteSource):
    """A file on a disk, read by the system's scattered reads."""

    def __init__(self, path: str | Path) -> None:
        self.name = str(path)
        self._file = os.open(path, os.O_RDONLY)
        self.size = os.fstat(self._file).st_size

    def read(self, at: int, length: int) -> bytes:
        return os.pread(self._file, length, at)

    def pieces(self, addresses: Integers, size: int) -> Bytes:
        contents = np.empty((len(addresses), size), dtype=np.uint8)
        order = np.argsort(addresses)
        starts = addresses[order]
        rows = list(contents)
        pieces = [rows[i] for i in order.tolist()]
        apart = np.flatnonzero(np.diff(starts) != size) + 1
        firsts = np.union1d(apart, np.arange(0, len(order), _TOGETHER))
        ends = [*firsts[1:].tolist(), len(order)]
        for first, end, at in zip(firsts.tolist(), ends, starts[firsts].tolist(), strict=True):
            if os.preadv(self._file, pieces[first:end], at) != size * (end - first):
                raise ValueError(f"the file ends before {at + size * (end - first)}")
        return contents

    def h5(self) -> "h5py.File":
        from response_clusters.sources.hdf5 import open_hdf5

        return open_hdf5(self.name)

    @contextmanager
    def whole(self) -> Iterator[Path]:
        yield Path(self.name)

    def close(self) -> None:
        os.close(self._file)


class Stream(io.RawIOBase):
    """A source as a file object, for the HDF5 library; called by the source's name."""

    def __init__(self, source: ByteSource) -> None:
        self._source, self._at = source, 0

    def __repr__(self) -> str:
        return self._source.name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + (0, self._at, self._source.size)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        got = self._source.read(self._at, len(buffer))
        buffer[: len(got)] = got
        self._at += len(got)
        return len(got)
