"""Tables of label numbers and names, in any of the forms that programs write."""

import re
from collections.abc import Iterator
from pathlib import Path

from response_clusters.errors import StudyError
from response_clusters.files import text_lines
from response_clusters.names import LARGEST_LABEL

_EXPECTED_NAMES = "a table of label numbers and names"
_COLOUR = re.compile(r"(?:\s+[0-9]+){3,4}$")
_COLOURED = re.compile(r"(\S+)(?:\s+[0-9]+){3,5}")
_LABEL = "(-?[0-9]{1,9})"
_ITK_SNAP = re.compile(rf'{_LABEL}(?:\s+[0-9.]+){{6}}\s+"(.*)"')
_WORKBENCH = re.compile(rf"{_LABEL}(?:\s+[0-9]+){{4}}")
_NUMBERED = re.compile(rf"{_LABEL}[\s,;]+(\S.*)")
_COMMENT = re.compile(r"\s#(\s.*)?$")


def read_names(path: str | Path) -> dict[int, str]:
    """The names of labels above 0, from a table in any of the usual forms.

    Read are lines of a number and a name, which may hold blanks, with or without the three or four
    numbers of a colour (NSD's and FreeSurfer's ``.ctab`` and colour look-up tables); ITK-SNAP's
    label descriptions; Connectome Workbench's label lists, whose names have lines of their own; and
    tables with the columns ``index`` and ``name`` (BIDS). Lines that begin with # are comments, and
    behind a number and a name, what follows a # that stands alone.

    Raises
    ------
    StudyError
        If the file is missing, a line is something else, a number has two names, or none is above
        0.
    """
    lines = [line.strip() for line in text_lines(path, _EXPECTED_NAMES)]
    lines = [line for line in lines if line and not line.startswith("#")]
    names: dict[int, str] = {}
    for number, name, line in _numbered(lines):
        # A vertical tab and the like would end the line for another program.
        if number is None or number > LARGEST_LABEL or line.splitlines() != [line]:
            raise StudyError(
                f"{path}: found the line {line[:60]!r}; expected a label number and a name on "
                "each: fetch the file again, or correct the line."
            )
        if number <= 0:
            continue
        if names.setdefault(number, name) != name:
            raise StudyError(
                f"{path}: label {number} is called {names[number]!r} and {name!r}; expected one "
                "name for each label: correct the table."
            )
    if not names:
        raise StudyError(
            f"{path}: it names no label above 0; expected {_EXPECTED_NAMES}: fetch the file again, "
            "or name the labels in the configuration."
        )
    return names


def _numbered(lines: list[str]) -> Iterator[tuple[int | None, str, str]]:
    """Number, name and line of each entry; no number where a line is something else."""
    header = re.split(r"[\t,]", lines[0].casefold()) if lines else []
    if {"index", "name"} <= set(header):
        cut = "\t" if "\t" in lines[0] else ","
        at, named = header.index("index"), header.index("name")
        for line in lines[1:]:
            cells = [cell.strip().strip('"') for cell in line.split(cut)]
            complete = len(cells) > max(at, named) and re.fullmatch(_LABEL, cells[at])
            yield (int(cells[at]), cells[named], line) if complete else (None, "", line)
        return
    firsts, seconds = lines[::2], lines[1::2]
    paired = len(firsts) == len(seconds) > 0 and all(map(_WORKBENCH.fullmatch, seconds))
    if paired and not any(map(_WORKBENCH.fullmatch, firsts)):
        for name, line in zip(firsts, seconds, strict=True):
            yield int(line.split()[0]), name, line
        return
    for line in lines:
        if match := _ITK_SNAP.fullmatch(line):
            yield int(match[1]), match[2].strip(), line
        elif match := _NUMBERED.fullmatch(_COMMENT.sub("", line)):
            # Behind one word, a colour and perhaps FreeSurfer's type of tissue; otherwise a colour.
            one = _COLOURED.fullmatch(match[2])
            name = (one[1] if one else _COLOUR.sub("", match[2])).strip().strip("\"'")
            yield (int(match[1]), " ".join(name.split()), line) if name else (None, "", line)
        else:
            yield None, "", line
