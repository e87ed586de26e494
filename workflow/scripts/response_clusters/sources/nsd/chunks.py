"""Voxels straight out of an HDF5 file in NSD's layout, found by the file's own index.

Such a file holds a chunk per voxel, some 700,000, and the library takes longer to find one than to
read it. Its index is a B-tree of fixed form (HDF5 File Format Specification, III.A.1): here it is
read level by level, only the nodes above wanted voxels. Whatever looks different from what is
expected gives None; the library then reads the file, or says what is wrong with it.
"""

import hashlib
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import h5py
import numpy as np
import numpy.typing as npt
from response_clusters.files import replacing_shared
from response_clusters.sources.byte_ranges import ByteSource

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
_NODE = 8 * _WORDS
"""Bytes of a node."""
_LEAVES = 16
"""Leaves of the index that are read again before an index that was kept is believed."""
_KEPT = ("size", "key", "nodes", "words", "address")
"""What is kept of an index."""


@dataclass(frozen=True)
class _Walk:
    """Where the index of a file has the chunks that were wanted.

    Attributes
    ----------
    chunks : ndarray of shape (voxels,), int64
        Where each chunk is.
    nodes : ndarray of shape (nodes,), int64
        Where the nodes are that were read: the inner ones first, then the leaves.
    words : ndarray of shape (nodes, bytes), uint8
        What they hold.
    leaves : int
        How many of them are leaves.
    """

    chunks: Integers
    nodes: Integers
    words: npt.NDArray[np.uint8]
    leaves: int


def read_chunks(
    source: ByteSource, dataset: h5py.Dataset, voxels: Integers
) -> npt.NDArray[Any] | None:
    """Some voxels' values in all trials, if `dataset` has NSD's layout.

    Where the source names a folder for it, the index is kept: of the next file that was written
    alike, some nodes are read only.

    Parameters
    ----------
    source : ByteSource
        The bytes of the dataset's file.
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
    link = dataset.file.id.links.get_info(dataset.name.encode())
    plain = dataset.id.get_create_plist().get_nfilters() == 0
    if dataset.chunks != (trials, 1, 1, 1) or not plain or link.type != h5py.h5l.TYPE_HARD:
        return None
    size = trials * dataset.dtype.itemsize
    key, row = np.unique(np.ravel_multi_index(voxels.T, dataset.shape[1:]), return_inverse=True)
    try:
        _expect(source.read(0, len(_SUPERBLOCK)) == _SUPERBLOCK)
        root = _root(source, link.u)
        address = _kept(source, root, key, size)
        if address is None:
            walk = _walk(source, root, dataset.shape, size, key)
            address = walk.chunks
            # Every chunk has room of its own, after the start of the file and before its end.
            places = np.sort(address)
            _expect(places[0] >= len(_SUPERBLOCK) and (np.diff(places) >= size).all())
            _expect(places[-1] + size <= source.size)
            _keep(source, key, size, walk)
        address = address[row]
        values = source.pieces(address, size).view(dataset.dtype)
    except (ValueError, OverflowError, struct.error, OSError):
        return None
    # A misread index would hardly be right about both ends.
    ends = (row.argmin(), row.argmax())
    right = all(np.array_equal(values[i], dataset[(slice(None), *voxels[i])]) for i in ends)
    return values if right else None


def _kept(source: ByteSource, root: int, key: Integers, size: int) -> Integers | None:
    """Where the chunks are by the index of a file that was written alike; None if none was.

    Held against each other are the files' sizes, where their indices begin, all inner nodes above
    the voxels, and some leaves. (Headers may differ: they may tell when a file was written.)
    """
    path = _index_file(source, key, size)
    if path is None or not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as kept:
            told = {name: kept[name] for name in _KEPT}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None
    alike = told["size"].tolist() == [source.size, size] and told["nodes"][0] == root
    if not alike or not np.array_equal(told["key"], key):
        return None
    if not np.array_equal(source.pieces(told["nodes"], _NODE), told["words"]):
        return None
    address: Integers = told["address"]
    return address


def _keep(source: ByteSource, key: Integers, size: int, walk: _Walk) -> None:
    """Write where the chunks are, and what a later file has to have in common with this one."""
    path = _index_file(source, key, size)
    if path is None:
        return
    inner = len(walk.nodes) - walk.leaves
    some = np.unique(np.linspace(inner, len(walk.nodes) - 1, _LEAVES, dtype=np.int64))
    checked = np.concatenate([np.arange(inner), some])
    # Several jobs may write it at once, and none needs it: the next walks through the index again.
    with suppress(OSError), replacing_shared(path) as file:
        np.savez(
            file,
            size=np.array([source.size, size]),
            key=key,
            nodes=walk.nodes[checked],
            words=walk.words[checked],
            address=walk.chunks,
        )


def _index_file(source: ByteSource, key: Integers, size: int) -> Path | None:
    """The file for the index of the files in a folder, as far as it leads to some voxels."""
    if source.index is None:
        return None
    folder = source.name.rpartition("/")[0]
    told = hashlib.sha256(f"{folder} {size} ".encode() + key.tobytes()).hexdigest()
    return source.index / f"index-{told[:16]}.npz"


def _walk(
    source: ByteSource, root: int, shape: tuple[int, ...], size: int, wanted: Integers
) -> _Walk:
    """Find the chunk of each voxel in `wanted`, sorted (z, y, x) as one number."""
    nodes = np.array([root])
    walked: list[tuple[Integers, npt.NDArray[np.uint8]]] = []
    level: int | None = None
    while level != 0:
        walked.append((nodes, source.pieces(nodes, _NODE)))
        words = walked[-1][1].view("<i8")
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
    places, contents = (np.concatenate(parts) for parts in zip(*walked, strict=True))
    return _Walk(chunk[place, 6], places, contents, len(walked[-1][0]))


def _root(source: ByteSource, header: int) -> int:
    """The root of a dataset's index, from the layout message in its object header."""
    version, count, length = struct.unpack("<BxH4xI4x", source.read(header, 16))
    _expect(version == 1)
    block = source.read(header + 16, length)
    for _ in range(count):
        kind, length = struct.unpack_from("<HH", block)
        message, block = block[8 : 8 + length], block[8 + length :]
        if kind == _CONTINUATION:
            at, length = struct.unpack("<qq", message)
            block += source.read(at, length)
        if kind == _LAYOUT:
            _expect(message.startswith(_CHUNKED))
            root: int = struct.unpack_from("<q", message, len(_CHUNKED))[0]
            return root
    raise ValueError("no layout message")


def _expect(true: bool) -> None:
    if not true:
        raise ValueError("not the layout expected")
