"""Files of averaged responses as a plan sees them: by their names, and by what their rows cover."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from response_clusters.files import text_lines
from response_clusters.nsd_layout import TRIALS_PER_SESSION


def matching(root: str, pattern: str) -> dict[str, dict[str, str]]:
    """The files that match a pattern with {subject} and perhaps {region}, by subject and region."""
    parts = re.split(r"\{(subject|region)\}", pattern)
    expression, seen = "", set()
    for place, part in enumerate(parts):
        if place % 2 == 0:
            expression += re.escape(part)
        else:
            # Named a second time, it must be the same.
            expression += f"(?P={part})" if part in seen else f"(?P<{part}>[^/]+)"
            seen.add(part)
    glob = re.sub(r"\{(subject|region)\}", "*", pattern)
    found: dict[str, dict[str, str]] = {}
    for path in sorted(Path(root).glob(glob)):
        if match := re.fullmatch(expression, path.relative_to(root).as_posix()):
            named = match.groupdict()
            found.setdefault(named["subject"], {})[named.get("region", "")] = str(path)
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Rows:
    """What is known of a file of averaged responses without its responses."""

    sessions: list[int]
    images: bool


def rows_of(region: str, path: str) -> Rows:
    """What a region's text file, or a subject's table (of no region), covers."""
    return _read_rows(region, path, Path(path).stat().st_mtime_ns)


@cache
def _read_rows(region: str, path: str, _modified: int) -> Rows:
    """The sessions that a file covers, by its own columns or by its number of rows."""
    per_session = TRIALS_PER_SESSION
    if region:
        count = len(text_lines(path, "one number on each line, a line per trial"))
        return Rows(list(range(1, -(-count // per_session) + 1)), False)
    import pandas as pd
    from response_clusters.imported import column_names, read_columns

    known = [name for name in column_names(path) if name in ("session", "trial", "image")]
    # Of a Parquet file without them, only the number of rows is read.
    table = read_columns(path, known)
    if "session" in table:
        sessions = table["session"]
    else:
        trial = table["trial"] if "trial" in table else pd.Series(range(1, len(table) + 1))
        sessions = (trial - 1) // per_session + 1
    return Rows(sorted({int(session) for session in sessions}), "image" in table)
