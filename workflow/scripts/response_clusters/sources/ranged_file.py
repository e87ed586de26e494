"""A file of which any range of bytes can be asked for, such as an object in a bucket.

What lies close together is fetched together, and several requests are under way at a time.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from response_clusters.errors import StudyError
from response_clusters.machine import writing_fault
from response_clusters.sources.byte_ranges import Bytes, ByteSource, Integers, Stream

if TYPE_CHECKING:
    import h5py

GAP = 2**14
"""Pieces with no more bytes between them than this are fetched in one request. On NSD's files,
128 KB would join whole rows of voxels and fetch a tenth of a session in vain."""
MOST = 2**22
"""The most bytes of one request."""
BLOCK = 2**14
"""Bytes that are fetched, and kept, where a library reads a little here and there."""
IN_FLIGHT = 32
"""Requests that are under way at the same time."""
_WHOLE = 4
"""The same, where a whole file is fetched: each is as large as they get."""


class RangedFile(ByteSource):
    """A file of which any range of bytes can be asked for, such as an object in a bucket.

    Parameters
    ----------
    name : str
        For sentences.
    size : int
        Of the whole, in bytes.
    get : function
        Of a range's start and end, returns its bytes; called from several threads.
    in_flight : int, default `IN_FLIGHT`
        How many requests may be under way at the same time.

    Attributes
    ----------
    requests, fetched : int
        How many ranges were asked for so far, and how many bytes.
    """

    def __init__(
        self,
        name: str,
        size: int,
        get: Callable[[int, int], bytes | memoryview],
        in_flight: int = IN_FLIGHT,
    ) -> None:
        self.name, self.size, self._get = name, size, get
        self.requests = self.fetched = 0
        self._counting = threading.Lock()
        self._pool = ThreadPoolExecutor(in_flight)
        self._blocks: dict[int, bytes] = {}

    def read(self, at: int, length: int) -> bytes:
        end = min(at + length, self.size)
        if at >= end:
            return b""
        if length > BLOCK:
            return bytes(self._range(at, end))
        numbers = range(at // BLOCK, -(-end // BLOCK))
        for number in numbers:
            if number not in self._blocks:
                start = number * BLOCK
                self._blocks[number] = bytes(self._range(start, min(start + BLOCK, self.size)))
        joined = b"".join(self._blocks[number] for number in numbers)
        return joined[at - numbers[0] * BLOCK :][: end - at]

    def pieces(self, addresses: Integers, size: int) -> Bytes:
        contents = np.empty((len(addresses), size), dtype=np.uint8)
        order = np.argsort(addresses)
        starts = addresses[order]
        if len(starts) and (starts[0] < 0 or starts[-1] + size > self.size):
            raise ValueError(f"the file ends before {starts[-1] + size}")

        def fetch(span: tuple[int, int]) -> None:
            first, end = span
            at = int(starts[first])
            fetched = np.frombuffer(self._range(at, int(starts[end - 1]) + size), np.uint8)
            windows = np.lib.stride_tricks.sliding_window_view(fetched, size)
            contents[order[first:end]] = windows[starts[first:end] - at]

        for _ in self._pool.map(fetch, spans(starts, size)):
            pass
        return contents

    def h5(self) -> "h5py.File":
        import h5py

        return h5py.File(Stream(self), "r")

    @contextmanager
    def whole(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(self.name).name
            self.save(path)
            try:
                yield path
            except StudyError as error:
                raise StudyError(str(error).replace(str(path), self.name)) from None

    def save(self, path: Path) -> None:
        """Write the whole file to a path, some parts at a time."""
        with path.open("wb") as file, ThreadPoolExecutor(_WHOLE) as pool:

            def part(at: int) -> None:
                left = memoryview(self._range(at, min(at + MOST, self.size)))
                while left:
                    written = os.pwrite(file.fileno(), left, at)
                    left, at = left[written:], at + written

            try:
                for _ in pool.map(part, range(0, self.size, MOST)):
                    pass
            except OSError as error:
                cause = writing_fault(error, path.parent)
                if cause is None:
                    raise
                raise StudyError(
                    f"{self.name}: it cannot be kept in {tempfile.gettempdir()}, {cause[0]}: "
                    f"{cause[1]}, or set TMPDIR to another folder."
                ) from None

    def close(self) -> None:
        self._pool.shutdown()

    def _range(self, start: int, end: int) -> bytes | memoryview:
        with self._counting:
            self.requests += 1
            self.fetched += end - start
        got = self._get(start, end)
        if len(got) != end - start:
            raise ValueError(f"{len(got)} bytes came where {end - start} were asked for")
        return got


def spans(starts: Integers, size: int) -> list[tuple[int, int]]:
    """Pieces of one size joined into requests: ranges of their indices, by `GAP` and `MOST`.

    Parameters
    ----------
    starts : ndarray of shape (n,), int64
        Where each piece begins, in ascending order.
    """
    if not len(starts):
        return []
    firsts = [0, *(np.flatnonzero(np.diff(starts) > size + GAP) + 1).tolist()]
    joined = []
    for first, end in zip(firsts, [*firsts[1:], len(starts)], strict=True):
        while end - first > 1 and starts[end - 1] + size - starts[first] > MOST:
            fit = np.searchsorted(starts[first:end], starts[first] + MOST - size, side="right")
            joined.append((first, first + max(1, int(fit))))
            first = joined[-1][1]
        joined.append((first, end))
    return joined
