"""Responses that others have averaged over regions: what their files hold."""

import codecs
import csv
import difflib
import io
import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.files import reading, text_lines
from response_clusters.names import plain, require_name
from response_clusters.tables import whole_numbers

KNOWN = {"trial": 1, "session": 1, "image": 0, "repeat": 0}
"""Columns of a subject's table that are not regions, where it has them, and their least value."""
_NUMBERS = "one number on each line, a line per trial"
_TABLE = "a table with a row per trial and a column per region"
# What pandas calls a column without a name, such as an index, on its way to or from a file.
_NAMELESS = re.compile(r"\s*|Unnamed: \d+|__index_level_\d+__")
# Other names that people give to what `KNOWN` lists, without case, dashes, underscores and blanks.
_MEANT = {
    "trial": "trials trialid trialindex trialno trialnr trialnum trialnumber",
    "session": "ses sess sessionid sessionno sessionnr sessionnum sessionnumber",
    "image": "images imageid imageindex img imgid stim stimid stimulus stimulusid stimuli nsdid",
    "repeat": "rep reps repeats repetition presentation",
}
_FROM_ONE = "73kid id73k 10kid"
# What describes a row without being one of these.
_OTHER = (
    "subject subjects subj subjectid participant participantid run runid index level0 row "
    "rownumber onset time rt cocoid"
)


def read_numbers(path: str | Path) -> npt.NDArray[np.float64]:
    """A region's responses from a text file, a number a line in trial order.

    Raises
    ------
    StudyError
        If a line is empty or anything but one number: its trial could not be told from the next.
    """
    values = []
    for number, line in enumerate(text_lines(path, _NUMBERS), 1):
        try:
            # Python also takes 1_000, and the digits of other alphabets.
            if "_" in line or not line.isascii():
                raise ValueError
            values.append(float(line))
        except ValueError:
            found = f"holds {line.strip()[:40]!r}" if line.strip() else "is empty"
            raise StudyError(
                f"{path}: line {number} {found}; expected {_NUMBERS}: put the trial's response "
                "there, or nan where it is not known."
            ) from None
    return np.array(values)


def column_names(path: str, regions: Collection[str] = ()) -> list[str]:
    """The columns of a subject's table.

    Parameters
    ----------
    regions : collection of str
        Columns that are regions whatever they are called, as the configuration lists them.

    Raises
    ------
    StudyError
        If it cannot be read, two columns share a name, one has none (an index that was written
        along would count as a region), or one is called nearly like a column that says what a
        trial is.
    """
    with reading(path, _TABLE, "damaged or something else") as file:
        if path.endswith(".parquet"):
            import pyarrow.parquet as pq

            schema = pq.read_schema(file)
            names = [*schema.names, *_ranges(schema)]
        else:
            with open(file, encoding=_encoding(file), newline="") as text:
                names = next(csv.reader(text, delimiter=_separator(path)), [])
            names = [name.strip() for name in names]
    if len(names) == 1 and (cut := re.search(r"[;\t,|]", names[0])):
        raise StudyError(
            f"{path}: the header is {names[0][:60]!r}, one column with {cut[0]!r} in it; expected "
            f"columns separated by {_separator(path)!r}: save it as such, with points in numbers."
        )
    name, times = Counter(names).most_common(1)[0] if names else ("", 0)
    if times > 1:
        raise StudyError(
            f"{path}: {times} columns are called {name!r}; expected a name of its own for each: "
            "rename or remove one."
        )
    nameless = [at for at, name in enumerate(names, 1) if _NAMELESS.fullmatch(name)]
    if nameless:
        raise StudyError(
            f"{path}: column {nameless[0]} has no name of its own ({names[nameless[0] - 1]!r}); "
            "expected a region, or trial, session, image or repeat: name it, or write the table "
            "without its index."
        )
    for name in names:
        if name not in KNOWN and name not in regions:
            require_name(name, "region", path)
            if meant := _meant(name):
                raise StudyError(
                    f"{path}: there is a column {name!r}; expected a region, or trial, session, "
                    f"image or repeat spelt like this: {meant}, or list the regions in the "
                    "configuration if it is one."
                )
    return names


def _meant(name: str) -> str:
    """What to do about a column that is no region by its name; or nothing."""
    spelt = plain(name)
    for known, others in _MEANT.items():
        if spelt == known or spelt in others.split():
            return f"did you mean {known!r}? Rename it"
    if spelt in _FROM_ONE.split():
        return "did you mean 'image', which counts from 0? Rename it and subtract 1"
    if spelt in _OTHER.split():
        return "leave it out"
    near = difflib.get_close_matches(spelt, [*KNOWN, "subject"], 1, 0.8)
    if not near:
        return ""
    return "leave it out" if near == ["subject"] else f"did you mean {near[0]!r}? Rename it"


def require_responses(table: pd.DataFrame, regions: Collection[str], where: str) -> None:
    """Refuse columns that are no responses by their values, unless they are listed as regions.

    Truth values are none, nor are whole numbers that only ever grow or shrink, are all the same, or
    are a shuffled count: a saved index, a run, a number of the subject.

    Parameters
    ----------
    regions : collection of str
        Columns that are regions whatever they hold, as the configuration lists them.

    Raises
    ------
    StudyError
        Naming the first of them.
    """
    for name in table.columns:
        if name in KNOWN or name in regions:
            continue
        column = table[name].dropna()
        found = ""
        if pd.api.types.is_bool_dtype(column) or set(map(str, column.unique()[:3])) <= {
            *("True", "False", "true", "false", "TRUE", "FALSE")
        }:
            found = "truth values" if len(column) else ""
        elif pd.api.types.is_numeric_dtype(column) and len(column) > 2:
            values = column.to_numpy(np.float64)
            if (values == np.round(values)).all():
                found = _counts(values)
        if found:
            raise StudyError(
                f"{where}: the column {name!r} holds {found}; expected a region's responses: leave "
                "the column out, or list it among the configuration's regions if it is one."
            )


def _counts(values: npt.NDArray[np.float64]) -> str:
    """What kind of count some whole numbers are; or nothing."""
    steps = np.diff(values)
    if (steps == 0).all():
        return f"the same whole number throughout ({values[0]:.0f})"
    if (steps >= 0).all() or (steps <= 0).all():
        return f"whole numbers in sequence ({values[0]:.0f}, {values[1]:.0f}, …)"
    if len(np.unique(values)) == len(values) == values.max() - values.min() + 1:
        return f"each whole number from {values.min():.0f} to {values.max():.0f} once"
    return ""


def read_columns(
    path: str, columns: list[str] | None = None, regions: Collection[str] = ()
) -> pd.DataFrame:
    """A subject's table, or some of its columns, with what it says of trials held to be numbers.

    Parameters
    ----------
    columns : list of str, optional
        All, unless given.
    regions : collection of str
        As for `column_names`.

    Raises
    ------
    StudyError
        If it cannot be read, as `column_names` does, or if a trial, session, image or repeat is not
        a whole number; images and repeats may be missing.
    """
    names = column_names(path, regions)
    with reading(path, _TABLE, "damaged or something else") as file:
        if path.endswith(".parquet"):
            table = _read_parquet(file, names if columns is None else columns)
        else:
            table = _read_text(file, names, columns)
    if not len(table):
        raise StudyError(
            f"{path}: the table has no rows; expected a row per trial: fetch it again."
        )
    for name, least in KNOWN.items():
        if name in table:
            optional = name in ("image", "repeat")
            given = table[name].notna() if optional else slice(None)
            whole_numbers(table.loc[given, name], least, path)
            table[name] = pd.to_numeric(table[name]).astype("Int64" if optional else "int64")
    if "trial" in table and (again := table["trial"].duplicated()).any():
        raise StudyError(
            f"{path}: trial {table.loc[again, 'trial'].iloc[0]} is there twice; expected one row "
            "per trial: remove or renumber one of them."
        )
    return table


def _read_parquet(path: Path, columns: list[str]) -> pd.DataFrame:
    """Columns by the names that the file gives them, whatever pandas made of them before."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        rows, ranges = file.metadata.num_rows, _ranges(file.schema_arrow)
        held = file.read(columns=[name for name in columns if name not in ranges])
    table: dict[str, Any] = {name: ranges[name] for name in columns if name in ranges}
    for name, column in zip(held.column_names, held.columns, strict=True):
        kind = column.type
        if pa.types.is_dictionary(kind):
            column = column.cast(kind.value_type)
        if pa.types.is_decimal(kind):
            column = column.cast(pa.float64())
        table[name] = column.to_pandas()
    return pd.DataFrame(table, index=pd.RangeIndex(rows))


def _ranges(schema: Any) -> dict[str, range]:
    """Index columns with a name that pandas keeps as their first, last and step only."""
    kept = (schema.pandas_metadata or {}).get("index_columns", [])
    return {
        index["name"]: range(index["start"], index["stop"], index["step"])
        for index in kept
        if isinstance(index, dict) and index.get("name") is not None
    }


def _read_text(path: Path, names: list[str], columns: list[str] | None) -> pd.DataFrame:
    """A table of text; empty lines at its end mean nothing, elsewhere a trial is missing."""
    lines = path.read_text(_encoding(path)).splitlines()
    while lines and not lines[-1].strip(" \r"):
        lines.pop()
    cut = _separator(str(path))
    if not any('"' in line for line in lines):
        for number, line in enumerate(lines, 1):
            if not line.strip(" \r"):
                raise StudyError(
                    f"{path}: line {number} is empty; expected {_TABLE}: put the trial's responses "
                    "there, or remove the line."
                )
            if (fields := line.count(cut) + 1) != len(names):
                raise StudyError(
                    f"{path}: line {number} has {fields} fields, and the header {len(names)} "
                    f"names; expected {_TABLE}: correct the line, or fetch the file again."
                )
    table = pd.read_csv(
        io.StringIO("\n".join(lines)),
        sep=cut,
        header=0,
        names=names,
        usecols=columns,
        skip_blank_lines=False,
        skipinitialspace=True,
        index_col=False,
        on_bad_lines="error",
    )
    return table if columns is None else table[columns]


def _encoding(path: Path) -> str:
    """UTF-8, or UTF-16 where the file begins with its mark."""
    with open(path, "rb") as file:
        start = file.read(2)
    return "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _separator(path: str) -> str:
    return "\t" if path.endswith(".tsv") else ","
