"""Files of averaged responses as a plan sees them: by their names, and by what their rows cover."""

import os
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from response_clusters.errors import StudyError
from response_clusters.files import is_there, text_lines
from response_clusters.names import COLUMNS, plain, require_name

Wanted = dict[str, Collection[str]]
"""Names of subjects and regions that the study asks for; empty for all."""
# What browsers, aws, rsync and others put behind a name until a download has ended.
_UNFINISHED = (
    r"(?:~|\.(?:part|partial|tmp|temp|download|crdownload|filepart|aria2|[0-9A-Fa-f]{6,8}"
    r"|[0-9A-Za-z]{6}))"
)


def matching(
    root: str, pattern: str, subjects: Collection[str] = (), regions: Collection[str] = ()
) -> dict[str, dict[str, str]]:
    """The files that match a pattern with {subject} and perhaps {region}, by subject and region.

    Hidden files and folders are passed over, unless the pattern itself begins with a full stop
    there: macOS keeps a ``._subj01.csv`` beside each file on other systems' disks.

    Parameters
    ----------
    subjects, regions : collection of str
        Those that the study asks for; empty for all. Others' files are listed as they are found,
        and files of other regions are left out.

    Raises
    ------
    StudyError
        If a file or folder that matches is a link to nowhere or cannot be looked into, or if its
        name names no subject or region.
    """
    by_subject: dict[str, dict[str, str]] = {}
    wanted = {"subject": subjects, "region": regions}
    for path, named in _walk(root, pattern.split("/"), {}, wanted):
        subject, region = named["subject"], named.get("region", "")
        if not subjects or subject in subjects:
            require_name(subject, "subject", path)
            if region and region not in regions:
                require_name(region, "region", path)
                _refuse_column(region, path)
        if region in by_subject.get(subject, {}):
            raise StudyError(
                f"{path}: {by_subject[subject][region]} is called the same but for how its letters "
                "are encoded; expected one file for each subject and region: remove one of them."
            )
        by_subject.setdefault(subject, {})[region] = path
    return {subject: dict(sorted(files.items())) for subject, files in sorted(by_subject.items())}


def unfinished(root: str, pattern: str) -> dict[tuple[str, str], str]:
    """Downloads that did not end, by subject and region: ``subj01.csv.part`` and the like."""
    everything: Wanted = {"subject": (), "region": ()}
    walk = _walk(root, pattern.split("/"), {}, everything, partial=True)
    return {(named["subject"], named.get("region", "")): path for path, named in walk}


def _refuse_column(region: str, path: str) -> None:
    if plain(region) in COLUMNS:
        raise StudyError(
            f"{path}: the file's name says that it is of the region {region!r}, which is another "
            "column of the results; expected a region's name: rename the file, or list the regions "
            "that are meant in the configuration."
        )


def _asked(named: dict[str, str], wanted: Wanted) -> bool:
    """Whether the study asks for what a file or folder is called by."""
    return all(not wanted[kind] or name in wanted[kind] for kind, name in named.items())


def _walk(
    folder: str, parts: list[str], named: dict[str, str], wanted: Wanted, partial: bool = False
) -> Iterator[tuple[str, dict[str, str]]]:
    """The entries below a folder that match the parts of a pattern, and what they name."""
    part, *further = parts
    if part in ("", ".", ".."):
        if further:
            yield from _walk(os.path.join(folder, part), further, named, wanted, partial)
        return
    matches = _expression(part, named, partial and not further)
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as error:
        if not _asked(named, wanted):
            return
        raise StudyError(
            f"{folder}: the folder cannot be looked into ({error.strerror}); expected responses "
            "in it or below: make it readable to whoever runs the study."
        ) from None
    for name in names:
        hidden = name.startswith(".") and not part.startswith(".")
        match = matches.fullmatch(unicodedata.normalize("NFC", name))
        if not match or (hidden and (further or not partial)):
            continue
        path, names_here = os.path.join(folder, name), named | match.groupdict()
        if "region" in names_here and not _asked({"region": names_here["region"]}, wanted):
            continue
        if _asked(names_here, wanted):
            is_there(path, "a subject's responses")
        if not further:
            yield path, names_here
        elif os.path.isdir(path):
            yield from _walk(path, further, names_here, wanted, partial)


def _expression(part: str, named: dict[str, str], partial: bool) -> re.Pattern[str]:
    """What matches a part of a pattern, between two slashes, and names what is in braces."""
    expression, new = "", set()
    for place, piece in enumerate(re.split(r"\{(subject|region)\}", part)):
        if place % 2 == 0:
            expression += re.escape(unicodedata.normalize("NFC", piece))
        elif piece in named:
            # Named a second time, it must be the same.
            expression += re.escape(named[piece])
        elif piece in new:
            expression += f"(?P={piece})"
        else:
            expression += f"(?P<{piece}>.+)"
            new.add(piece)
    if partial:
        expression = rf"\.?{expression}{_UNFINISHED}"
    return re.compile(expression, re.DOTALL)


@dataclass(frozen=True)
class Rows:
    """What is known of a file of averaged responses without its responses."""

    sessions: list[int]
    images: bool


def rows_of(region: str, path: str, regions: Collection[str], per_session: int) -> Rows:
    """What a region's text file, or a subject's table (of no region), covers.

    Parameters
    ----------
    regions : collection of str
        Columns of a table that are regions whatever they are called.
    per_session : int
        Trials in each session, where the file does not name sessions.
    """
    modified = Path(path).stat().st_mtime_ns
    return _read_rows(region, path, tuple(regions), per_session, modified)


@cache
def _read_rows(
    region: str, path: str, regions: tuple[str, ...], per_session: int, _modified: int
) -> Rows:
    """The sessions that a file covers, by its own columns or by its number of rows."""
    if region:
        count = len(text_lines(path, "one number on each line, a line per trial"))
        return Rows(list(range(1, -(-count // per_session) + 1)), False)
    import pandas as pd
    from response_clusters.sources.averages.columns import ROW
    from response_clusters.sources.averages.reading import column_names, read_columns

    names = column_names(path, regions)
    known = [name for name in names if name in ROW]
    # Of a Parquet file without them, only the number of rows is read.
    table = read_columns(path, known or ([] if path.endswith(".parquet") else names[:1]), regions)
    if "session" in table:
        sessions = table["session"]
    else:
        trial = table["trial"] if "trial" in table else pd.Series(range(1, len(table) + 1))
        sessions = (trial - 1) // per_session + 1
    return Rows(sorted({int(session) for session in sessions}), "image" in table)
