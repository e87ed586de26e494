"""Voxels straight out of an HDF5 file in NSD's layout, found by the file's own index.

Such a file holds a chunk per voxel, some 700,000, and the library takes longer to find one than to
read it. Its index is a B-tree of fixed form (HDF5 File Format Specification, III.A.1): here it is
read level by level, only the nodes above wanted voxels. Whatever looks different from what is
expected gives None; the library then reads the file, or says what is wrong with it.
"""

import os
import struct
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

_SUPERBLOCK = b"\x89HDF\r\n\x1a\n\x00\x00\x00\x00\x00\x08\x08"
"""How a file begins that has version 0 of everything and addresses and lengths of 8 bytes."""
_CONTINUATION, _LAYOUT = 0x10, 0x08
_CHUNKED = bytes((3, 2, 5))
"""A layout message: version 3, chunked, four axes and the size of a value."""
_PLACES = 64
"""Children that a node of the index has room for. Around each: a key of six words (size and filter
mask, then the chunk's corner), and before the first a head of three words."""
_WORDS = 3 + 7 * _PLACES + 6
_HEAD = np.dtype([("start", "S5"), ("level", "u1"), ("used", "<u2")])
_TOGETHER = 512
"""Pieces read at once: the systems allow for 1,024."""


def read_chunks(dataset: h5py.Dataset, voxels: Integers) -> npt.NDArray[Any] | None:
    """Some voxels' values in all trials, if `dataset` has NSD's layout.

    Parameters
    ----------
    dataset : h5py.Dataset of shape (trials, Z, Y, X)
        A member of its file's root.
    voxels : ndarray of shape (voxels, 3), int64
        Their z, y and x.

    Returns
    -------
    ndarray of shape (voxels, trials), or None
        In the type of `dataset`; None if it is stored in any other way.
    """
    trials = dataset.shape[0]
    file = dataset.file
    link = file.id.links.get_info(dataset.name.encode())
    plain = dataset.id.get_create_plist().get_nfilters() == 0
    if dataset.chunks != (trials, 1, 1, 1) or not plain or link.type != h5py.h5l.TYPE_HARD:
        return None
    size = trials * dataset.dtype.itemsize
    key, row = np.unique(np.ravel_multi_index(voxels.T, dataset.shape[1:]), return_inverse=True)
    source = os.open(file.filename, os.O_RDONLY)
    try:
        address = _addresses(source, link.u, dataset.shape, size, key)
        # Every chunk has room of its own, after the start of the file and before its end.
        places = np.sort(address)
        _expect(places[0] >= len(_SUPERBLOCK) and (np.diff(places) >= size).all())
        _expect(places[-1] + size <= os.fstat(source).st_size)
        address = address[row]
        values = _read_at(source, address, size).view(dataset.dtype)
    except (ValueError, OverflowError, struct.error, OSError):
        return None
    finally:
        os.close(source)
    # A misread index would hardly be right about both ends.
    ends = (row.argmin(), row.argmax())
    right = all(np.array_equal(values[i], dataset[(slice(None), *voxels[i])]) for i in ends)
    return values if right else None


def _read_at(source: int, address: Integers, size: int) -> npt.NDArray[np.uint8]:
    """Pieces of one size, from where they are in the file; what lies together is read together."""
    contents = np.empty((len(address), size), dtype=np.uint8)
    order = np.argsort(address)
    starts = address[order]
    rows = list(contents)
    pieces = [rows[i] for i in order.tolist()]
    apart = np.flatnonzero(np.diff(starts) != size) + 1
    firsts = np.union1d(apart, np.arange(0, len(order), _TOGETHER))
    ends = [*firsts[1:].tolist(), len(order)]
    for first, end, at in zip(firsts.tolist(), ends, starts[firsts].tolist(), strict=True):
        _expect(os.preadv(source, pieces[first:end], at) == size * (end - first))
    return contents


def _addresses(
    source: int, header: int, shape: tuple[int, ...], size: int, wanted: Integers
) -> Integers:
    """Where in the file the chunk of each voxel in `wanted`, sorted (z, y, x) as one number, is."""
    _expect(os.pread(source, len(_SUPERBLOCK), 0) == _SUPERBLOCK)
    nodes = np.array([_root(source, header)])
    level: int | None = None
    while level != 0:
        words = _read_at(source, nodes, 8 * _WORDS).view("<i8")
        head = np.frombuffer(words[:, 0].tobytes(), _HEAD)
        level = int(head["level"][0]) if level is None else level - 1
        _expect((head["start"] == b"TREE\x01").all() and (head["level"] == level).all())
        # Each child's key comes before it; a node's last key only bounds its last child.
        places = words[:, 3:-6].reshape(-1, _PLACES, 7)
        chunk = places[np.arange(_PLACES) < head["used"][:, None]]
        # A corner beyond its axis would pass for a voxel of the next row.
        corner = chunk[:, 2:5]
        _expect(not chunk[:, [1, 5]].any() and bool((corner >= 0).all()))
        _expect(bool((corner < np.array(shape[1:])).all()))
        keys = (chunk[:, 2] * shape[2] + chunk[:, 3]) * shape[3] + chunk[:, 4]
        _expect((np.diff(keys) > 0).all())
        place = np.searchsorted(keys, wanted, side="right") - 1
        _expect(place.min() >= 0)
        nodes = chunk[np.unique(place), 6]
    # A chunk of the size expected and a filter mask of zero make one word.
    _expect((keys[place] == wanted).all() and (chunk[place, 0] == size).all())
    return chunk[place, 6]


def _root(source: int, header: int) -> int:
    """The root of a dataset's index, from the layout message in its object header."""
    version, count, length = struct.unpack("<BxH4xI4x", os.pread(source, 16, header))
    _expect(version == 1)
    block = os.pread(source, length, header + 16)
    for _ in range(count):
        kind, length = struct.unpack_from("<HH", block)
        message, block = block[8 : 8 + length], block[8 + length :]
        if kind == _CONTINUATION:
            at, length = struct.unpack("<qq", message)
            block += os.pread(source, length, at)
        if kind == _LAYOUT:
            _expect(message.startswith(_CHUNKED))
            root: int = struct.unpack_from("<q", message, len(_CHUNKED))[0]
            return root
    raise ValueError("no layout message")


def _expect(true: bool) -> None:
    if not true:
        raise ValueError("not the layout expected")
