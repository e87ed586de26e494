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
# Other names that people give to what `ROW` lists, without case, dashes, underscores and blanks.
_MEANT = {
    "trial": "trials trialid trialindex trialno trialnr trialnum trialnumber",
    "session": "ses sess sessions sessionid sessionindex sessionno sessionnr sessionnum "
    "sessionnumber",
    "image": "images imageid imageindex imageno imagenr imagenumber img imgid stim stimid stimulus "
    "stimulusid stimuli nsdid picture pictureid",
    "repeat": "rep reps repeats repetition repetitions presentation",
}
# NSD's ids as they count from 1.
_FROM_ONE = "73kid id73k"
# What describes a row in other ways, in NSD's own tables and elsewhere; none is a region's name.
_OTHER = (
    "subject subjects subj subjectid subjectindex subjectno subjectnr subjectnumber participant "
    "participantid run runid runs index level0 row rownumber rowid block blockid condition onset "
    "duration trialtype responsetime reactiontime accuracy "
    "10kid time isold iscorrect rt changemind memoryrecent memoryfirst isoldcurrent "
    "iscorrectcurrent total1 total2 button missingdata "
    "cocoid cocosplit cropbox loss flagged bold5000 shared1000"
)
_TRUTH = {"true", "false", "t", "f", "yes", "no", "y", "n"}


def require_names(names: list[str], regions: Collection[str], where: str) -> None:
    """Refuse names of columns by which regions cannot be told from what says what a row is.

    Parameters
    ----------
    regions : collection of str
        The regions that the configuration lists, whatever they are called. Nothing else is
        clustered then, so that further columns do no harm; empty if all columns count.
    where : str
        The file.

    Raises
    ------
    StudyError
        If two columns share a name, one has none (an index that was written along would count as a
        region), or one is called nearly like a column that says what a row is.
    """
    name, times = Counter(names).most_common(1)[0] if names else ("", 0)
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
        if meant in ROW and meant not in names:
            fix, end = "rename it", f"; did you mean {meant!r}?"
            if plain(name) in _FROM_ONE.split():
                fix, end = "rename it and subtract 1", f"; did you mean {meant!r}, which counts "
                end += "from 0?"
        elif meant and not regions:
            fix, end = "leave it out", "."
        elif regions:
            continue
        else:
            require_name(name, "region", where)
            continue
        raise StudyError(
            f"{where}: there is a column {name!r}; expected regions, and trial, session, image and "
            f"repeat in just this spelling: {fix}, or list the regions in the configuration if it "
            f"is one{end}"
        )


def _meant(name: str) -> str:
    """What a column that is no region by its name says of a row; or nothing."""
    spelt = plain(name)
    for known, others in _MEANT.items():
        if spelt == known or spelt in others.split():
            return known
    if spelt in _FROM_ONE.split():
        return "image"
    if spelt in _OTHER.split():
        return spelt
    near = difflib.get_close_matches(spelt, [*ROW, "subject"], 1, 0.8)
    # A slip of the pen, and not a longer word such as imagery.
    return near[0] if near and abs(len(near[0]) - len(spelt)) < 2 else ""


def require_responses(table: pd.DataFrame, where: str) -> None:
    """Refuse columns that are no responses by their values.

    Text and truth values are none. Nor are whole numbers that only ever grow or shrink, that are
    all the same, of which there are two only, or that are a shuffled count: a saved index, a run, a
    subject's number, a code.

    Raises
    ------
    StudyError
        Naming the first of them.
    """
    for name in table.columns:
        if name in ROW:
            continue
        column = table[name].dropna()
        if found := _no_responses(column):
            raise StudyError(
                f"{where}: the column {name!r} holds {found}; expected a region's responses: leave "
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
    return _counts(values) if len(values) > 2 and (values == np.round(values)).all() else ""


def _counts(values: npt.NDArray[np.float64]) -> str:
    """What kind of count or code some whole numbers are; or nothing."""
    if not np.isfinite(values).all():
        return ""
    steps, different = np.diff(values), np.unique(values)
    if len(different) == 1:
        return f"the same whole number throughout ({values[0]:.0f})"
    if (steps >= 0).all() or (steps <= 0).all():
        return f"whole numbers in sequence ({values[0]:.0f}, {values[1]:.0f}, …)"
    if len(different) == 2:
        return f"only two different whole numbers ({different[0]:.0f} and {different[1]:.0f})"
    if len(different) == len(values) == values.max() - values.min() + 1:
        return f"each whole number from {values.min():.0f} to {values.max():.0f} once"
    return ""
