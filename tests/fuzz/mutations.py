"""Ways in which a file goes wrong: in its bytes, or in what it says."""

import csv
import gzip
import io
import json
import zlib
from typing import Any

import numpy as np

Rng = np.random.Generator
JUNK: list[Any] = [
    *(None, True, False, 0, -1, 1, 3.0, 1e3, 0.5, 10**30, -(10**9), float("nan"), float("inf")),
    *("", " ", "x", "1_000", "٣", "1e3", "nan", "../x", "{a}", "<script>", "\x00", "é" * 300),
    *([], {}, [[]], [None], {"x": 1}, [1e9] * 6, [[0, 0, 1e9, 1e9]]),
]


def in_bytes(held: bytes, rng: Rng) -> bytes:
    """A few flipped bits, or a span that is cut, zeroed, doubled, overwritten or added."""
    at, end = sorted(rng.integers(0, len(held) + 1, 2).tolist())
    match int(rng.integers(9)):
        case 0 | 1 | 2:
            changed = bytearray(held)
            for place in rng.integers(0, len(held), int(rng.integers(1, 4))).tolist():
                changed[place] ^= 1 << int(rng.integers(8))
            return bytes(changed)
        case 3:
            return held[:at]
        case 4:
            return held + rng.bytes(int(rng.integers(1, 40)))
        case 5:
            return held[:at] + bytes(end - at) + held[end:]
        case 6:
            return held[:at] + held[end:]
        case 7:
            return held[:end] + held[at:]
    size = min(int(rng.integers(1, 9)), len(held))
    at = int(rng.integers(0, len(held) - size + 1))
    return held[:at] + rng.bytes(size) + held[at + size :]


def in_header(held: bytes, rng: Rng) -> bytes:
    """A NIfTI whose header says something else, under a checksum that is right."""
    changed = bytearray(gzip.decompress(held))
    if rng.random() < 0.3:
        return gzip.compress(in_bytes(bytes(changed), rng))
    at = int(rng.choice([40, 42, 44, 46, 48, 70, 72, 108, 110, 112, 116, 252, 254, 280, 300, 344]))
    value = int(rng.choice([0, 1, 2, 255, 256, 16384, 32767, 65535]))
    changed[at : at + 2] = value.to_bytes(2, "little")
    return gzip.compress(bytes(changed))


def in_cells(held: bytes, rng: Rng, separator: str = ",") -> bytes:
    """A table of text with other cells, rows or columns."""
    rows = list(csv.reader(io.StringIO(held.decode()), delimiter=separator))
    row, column = int(rng.integers(len(rows))), int(rng.integers(len(rows[0])))
    other = int(rng.integers(1, len(rows)))
    match int(rng.integers(8)):
        case 0 | 1:
            rows[row][column] = str(JUNK[int(rng.integers(len(JUNK)))])
        case 2:
            rows[row] = rows[row][:column]
        case 3:
            rows[row] = [*rows[row], "1"]
        case 4:
            del rows[other]
        case 5:
            rows.insert(other, rows[other])
        case 6:
            rows[1:] = rows[:0:-1]
        case 7:
            rows = [[*line[:column], *line[column + 1 :]] for line in rows]
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def in_values(held: bytes, rng: Rng) -> bytes:
    """A JSON document in which a value is another, doubled or gone."""
    document = json.loads(held)
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            places.append((value, key))
            if isinstance(value[key], dict | list):
                walk(value[key])

    walk(document)
    inside, key = places[int(rng.integers(len(places)))]
    choice = int(rng.integers(4))
    if choice == 0:
        del inside[key]
    elif choice == 1 and isinstance(inside, list):
        inside.append(inside[key])
    else:
        inside[key] = JUNK[int(rng.integers(len(JUNK)))]
    return json.dumps(document).encode()


def in_stream(held: bytes, rng: Rng) -> bytes:
    """A MATLAB file whose compressed variables are changed before they are compressed again."""
    head, rest, parts = held[:128], held[128:], b""
    while len(rest) >= 8:
        kind, size = (int.from_bytes(rest[at : at + 4], "little") for at in (0, 4))
        body, rest = rest[8 : 8 + size], rest[8 + size :]
        if kind == 15 and rng.random() < 0.5:
            body = zlib.compress(in_bytes(zlib.decompress(body), rng))
        parts += kind.to_bytes(4, "little") + len(body).to_bytes(4, "little") + body
    return head + parts
