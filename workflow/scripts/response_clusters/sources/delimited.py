"""Tables of delimited text whose rows all have the fields that the header names."""

import csv
from pathlib import Path


def require_even(path: Path, separator: str) -> list[str]:
    """The names in a table's first line, if every further line has as many fields.

    Raises
    ------
    ValueError
        Naming the first line that has not.
    """
    with open(path, encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text, delimiter=separator)
        header = next(rows)
        for row in rows:
            if row and len(row) != len(header):
                raise ValueError(
                    f"line {rows.line_num} has {len(row)} fields, the header {len(header)}"
                )
    return header
