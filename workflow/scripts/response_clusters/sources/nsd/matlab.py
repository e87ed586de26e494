"""MATLAB files held to be well formed before SciPy's compiled reader, which trusts them."""

import struct
import zlib
from pathlib import Path

_COMPRESSED, _MATRIX = 15, 14
_SIZES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
"""Bytes of a number, by MATLAB's type."""
_NUMERIC = range(6, 16)
"""MATLAB's classes of numeric arrays."""
_LARGEST = 2**28


def require_well_formed(path: Path) -> None:
    """Refuse a MATLAB file of version 5 whose parts do not fit into each other.

    The lengths of all elements and, of numeric arrays, their types and sizes are checked (*MAT-File
    Format*, MathWorks, chapter 1).

    Raises
    ------
    ValueError
        Saying what does not fit.
    """
    contents = path.read_bytes()
    if len(contents) < 128 or contents[126:128] not in (b"IM", b"MI"):
        raise ValueError("the header is not that of a MATLAB file of version 5")
    order = "<" if contents[126:128] == b"IM" else ">"
    at = 128
    while at < len(contents):
        if at + 8 > len(contents):
            raise ValueError("an element is cut short")
        kind, size = struct.unpack_from(f"{order}II", contents, at)
        body = contents[at + 8 : at + 8 + size]
        if len(body) != size:
            raise ValueError("an element is cut short")
        at += 8 + size
        if kind == _COMPRESSED:
            inflate = zlib.decompressobj()
            body = inflate.decompress(body, _LARGEST)
            if not inflate.eof or len(body) < 8:
                raise ValueError("a compressed element is too large or cut short")
            kind, size = struct.unpack_from(f"{order}II", body)
            body = body[8:]
            if len(body) != size:
                raise ValueError("a compressed element has another length than it says")
        elif size % 8:
            at += 8 - size % 8
        if kind != _MATRIX:
            raise ValueError(f"an element has the type {kind}, and not an array's")
        _require_array(body, order)


def _require_array(body: bytes, order: str) -> None:
    """Refuse a numeric array whose parts are not as its dimensions say."""
    parts = []
    at = 0
    while at < len(body):
        if at + 8 > len(body):
            raise ValueError("an array is cut short")
        kind, size = struct.unpack_from(f"{order}II", body, at)
        start, step = at + 8, 8 + size + -size % 8
        if kind >> 16:
            kind, size, start, step = kind & 0xFFFF, kind >> 16, at + 4, 8
            if size > 4:
                raise ValueError("a small element is too large")
        if start + size > len(body):
            raise ValueError("an array is cut short")
        parts.append((kind, body[start : start + size]))
        at += step
        if len(parts) == 1 and (kind != 6 or size != 8 or body[start] not in _NUMERIC):
            if kind == 6 and size == 8 and order == "<" and 1 <= body[start] <= 5:
                return  # cells, structures, objects, text and sparse arrays are not read
            raise ValueError("an array has no class of numbers")
    kinds = [kind for kind, _ in parts]
    if len(parts) != 4 or kinds[1:3] != [5, 1] or kinds[3] not in _SIZES or len(parts[1][1]) % 4:
        raise ValueError("an array is not flags, dimensions, a name and numbers")
    shape = struct.unpack(f"{order}{len(parts[1][1]) // 4}i", parts[1][1])
    count = 1
    for side in shape:
        count *= side
    if len(shape) < 2 or min(shape) < 0 or count * _SIZES[kinds[3]] != len(parts[3][1]):
        raise ValueError(f"an array of the shape {shape} has other than so many numbers")
