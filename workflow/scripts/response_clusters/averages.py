"""Files of averaged responses as a plan sees them: by their names, and by what their rows cover."""

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from response_clusters.files import is_there, text_lines
from response_clusters.names import require_name
from response_clusters.nsd_layout import TRIALS_PER_SESSION


def matching(root: str, pattern: str) -> dict[str, dict[str, str]]:
    """The files that match a pattern with {subject} and perhaps {region}, by subject and region.

    Hidden files and folders are passed over, unless the pattern itself begins with a full stop
    there: macOS keeps a ``._subj01.csv`` beside each file on other systems' disks.

    Raises
    ------
    StudyError
        If a file that matches is a link to nowhere, or names no subject or region.
    """
    found: dict[str, dict[str, str]] = {}
    for path, named in _walk(root, pattern.split("/"), {}):
        subject = require_name(named["subject"], "subject", path)
        region = named.get("region", "")
        if region:
            require_name(region, "region", path)
        if is_there(path, "a subject's responses"):
            found.setdefault(subject, {})[region] = path
    return {subject: dict(sorted(files.items())) for subject, files in sorted(found.items())}


def _walk(
    folder: str, parts: list[str], named: dict[str, str]
) -> Iterator[tuple[str, dict[str, str]]]:
    """The entries below a folder that match the parts of a pattern, and what they name."""
    part, *further = parts
    if part in ("", ".", ".."):
        if further:
            yield from _walk(os.path.join(folder, part), further, named)
        return
    expression, new = "", set()
    for place, piece in enumerate(re.split(r"\{(subject|region)\}", part)):
        if place % 2 == 0:
            expression += re.escape(piece)
        elif piece in named:
            # Named a second time, it must be the same.
            expression += re.escape(named[piece])
        elif piece in new:
            expression += f"(?P={piece})"
        else:
            expression += f"(?P<{piece}>.+)"
            new.add(piece)
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        if name.startswith(".") and not part.startswith("."):
            continue
        if match := re.fullmatch(expression, name, re.DOTALL):
            path = os.path.join(folder, name)
            if not further:
                yield path, named | match.groupdict()
            elif os.path.isdir(path):
                yield from _walk(path, further, named | match.groupdict())


@dataclass(frozen=True)
class Rows:
    """What is known of a file of averaged responses without its responses."""

    sessions: list[int]
    images: bool


def rows_of(region: str, path: str, regions: Collection[str] = ()) -> Rows:
    """What a region's text file, or a subject's table (of no region), covers.

    Parameters
    ----------
    regions : collection of str
        Columns of a table that are regions whatever they are called.
    """
    return _read_rows(region, path, tuple(regions), Path(path).stat().st_mtime_ns)


@cache
def _read_rows(region: str, path: str, regions: tuple[str, ...], _modified: int) -> Rows:
    """The sessions that a file covers, by its own columns or by its number of rows."""
    per_session = TRIALS_PER_SESSION
    if region:
        count = len(text_lines(path, "one number on each line, a line per trial"))
        return Rows(list(range(1, -(-count // per_session) + 1)), False)
    import pandas as pd
    from response_clusters.imported import column_names, read_columns

    names = column_names(path, regions)
    known = [name for name in names if name in ("session", "trial", "image")]
    # Of a Parquet file without them, only the number of rows is read.
    table = read_columns(path, known or ([] if path.endswith(".parquet") else names[:1]), regions)
    if "session" in table:
        sessions = table["session"]
    else:
        trial = table["trial"] if "trial" in table else pd.Series(range(1, len(table) + 1))
        sessions = (trial - 1) // per_session + 1
    return Rows(sorted({int(session) for session in sessions}), "image" in table)
