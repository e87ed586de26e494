"""Which columns of a subject's table are regions: told by their names, and by what they hold."""

import difflib
import re
from collections import Counter
from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.names import plain, require_name

ROW = ("trial", "session", "image", "repeat")
"""Columns of a subject's table that say what a row is, where it has them."""
# What pandas calls a column without a name, such as an index, on its way to or from a file.
_NAMELESS = re.compile(r"\s*|Unnamed: \d+|__index_level_\d+__")
# Other words that people use for what `ROW` lists, and for what else tells rows apart; SUB is the
# subiculum.
_WORDS = {
    "trial": "trial",
    "session": "session|sess?",
    "image": "image|img|stim|stimulus|stimuli|picture|nsd(?!s?$)",
    "repeat": "repeat|rep|repetition|presentation",
    "subject": "subject|subj|sub(?!s?$)|participant",
    "run": "run|block|row|scan",
}
_NUMBER = "id|idx|index|no|nr|num|number|#"
# What describes a row in other ways, in NSD's own tables and elsewhere; none is a region's name.
_OTHER = re.compile(
    "idx|index|level[0-9]+|condition|onset|duration|trialtype|responsetime|reactiontime|accuracy"
    "|(id)?10k(id)?|time|isold|iscorrect|rt|changemind|memoryrecent|memoryfirst|isoldcurrent"
    "|iscorrectcurrent|total[12]|button|missingdata"
    "|cocoid|cocosplit|cropbox|loss|flagged|bold5000|shared1000|subject[1-8](rep[0-2])?"
)
_TRUTH = {"true", "false", "t", "f", "yes", "no", "y", "n"}


def require_names(names: list[str], regions: Collection[str], where: str) -> None:
    """Refuse names of columns by which regions cannot be told from what says what a row is.

    Parameters
    ----------
    regions : collection of str
        The regions that the configuration lists, whatever they are called; empty if all columns
        count. Nothing else is clustered then, so that further columns do no harm, whatever they
        are called and hold, unless they seem to number the trials or sessions.
    where : str
        The file.

    Raises
    ------
    StudyError
        If two columns share a name, one has none (an index that was written along would count as a
        region), or one is called nearly like a column that says what a row is.
    """
    counted = [name for name in names if not regions or name in ROW or name in regions]
    name, times = Counter(counted).most_common(1)[0] if counted else ("", 0)
    if times > 1:
        raise StudyError(
            f"{where}: {times} columns are called {name!r}; expected a name of its own for each: "
            "rename or remove one."
        )
    for place, name in enumerate(names, 1):
        if name in ROW or name in regions:
            continue
        if not regions and _NAMELESS.fullmatch(name):
            raise StudyError(
                f"{where}: column {place} has no name of its own ({name!r}); expected a region, or "
                "trial, session, image or repeat: name it, or write the table without its index."
            )
        meant = _meant(name)
        near = meant in ROW and meant not in names
        # Beside regions that are listed, only what numbers the rows would be missed.
        if regions and not (near and meant in ("trial", "session")):
            continue
        if not meant:
            require_name(name, "region", where)
            continue
        fix, end = ("rename it", f"; did you mean {meant!r}?") if near else ("leave it out", ".")
        if near and _from_one(name):
            fix = "rename it and subtract 1"
            end = f"; did you mean {meant!r}, which counts from 0?"
        other = "leave it out" if regions else "list the regions in the configuration if it is one"
        raise StudyError(
            f"{where}: there is a column {name!r}; expected regions, and trial, session, image and "
            f"repeat in just this spelling: {fix}, or {other}{end}"
        )


def _meant(name: str) -> str:
    """What a column that is no region by its name says of a row; or nothing."""
    spelt = plain(name).replace(".", "")
    if _from_one(name):
        return "image"
    for known, words in _WORDS.items():
        if re.fullmatch(rf"({words})s?({_NUMBER})?", spelt):
            return known
    if _OTHER.fullmatch(spelt):
        return spelt
    near = difflib.get_close_matches(spelt, [*ROW, "subject"], 1, 0.8)
    # A slip of the pen, and not a longer word such as imagery.
    return near[0] if near and abs(len(near[0]) - len(spelt)) < 2 else ""


def _from_one(name: str) -> bool:
    """Whether a column holds NSD's image ids as they count from 1, by its name."""
    return "73k" in plain(name)


def require_responses(table: pd.DataFrame, where: str) -> None:
    """Refuse columns that are no responses by their values.

    Text and truth values are none. Nor are numbers that are all the same, or whole numbers that
    only ever grow or shrink, of which there are two only, or that are a shuffled count: a saved
    index, a run, a subject's number, a code.

    Raises
    ------
    StudyError
        Naming the first of them.
    """
    for name in table.columns:
        if name in ROW:
            continue
        column = table[name].dropna()
        if fault := _no_responses(column):
            raise StudyError(
                f"{where}: the column {name!r} holds {fault}; expected a region's responses: leave "
                "the column out, or list it among the configuration's regions if it is one."
            )


def _no_responses(column: pd.Series) -> str:
    """What a column without missing values holds, if that is no responses; or nothing."""
    if not len(column):
        return ""
    if pd.api.types.is_bool_dtype(column):
        return "truth values"
    if not pd.api.types.is_numeric_dtype(column):
        if all(isinstance(value, bool) or str(value).casefold() in _TRUTH for value in column):
            return "truth values"
        # Numbers written in other ways, such as 0,5, are a fault of the file: told by their row.
        text = pd.api.types.is_string_dtype(column)
        if text and column.str.contains(r"^[^A-Za-z]*\d", regex=True).any():
            return ""
        first = repr(column.iloc[0])
        return f"no numbers, but {first if len(first) < 60 else first[:60] + ' …'}"
    values = column.to_numpy(np.float64)
    if len(values) < 3 or not np.isfinite(values).all():
        return ""
    if (values == values[0]).all():
        return f"the same number throughout ({values[0]:g})"
    return _counts(values) if (values == np.round(values)).all() else ""


def _counts(values: npt.NDArray[np.float64]) -> str:
    """What kind of count or code whole numbers are that are not all the same; or nothing."""
    steps, different = np.diff(values), np.unique(values)
    if (steps >= 0).all() or (steps <= 0).all():
        return f"whole numbers in sequence ({values[0]:.0f}, {values[1]:.0f}, …)"
    if len(different) == 2:
        return f"only two different whole numbers ({different[0]:.0f} and {different[1]:.0f})"
    if len(different) == len(values) == values.max() - values.min() + 1:
        return f"each whole number from {values.min():.0f} to {values.max():.0f} once"
    return ""
