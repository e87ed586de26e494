"""What images are called: whole numbers, or text."""

import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.names import LONGEST

LARGEST = 2**31 - 1
"""Of whole numbers: they are int32 in the tables."""


def as_ids(values: pd.Series, where: str) -> pd.Series:
    """A column of image ids in one type: Int32 if all are whole numbers, else text.

    Text that says a whole number as Python writes it counts as one, so that the ids of two files
    agree whatever the type of their columns: "12", but not "012".

    Parameters
    ----------
    values : Series
        Whole numbers from 0, or text; missing ones stay missing.
    where : str
        The file, for sentences.

    Raises
    ------
    StudyError
        If a value is neither, or a text is no name: empty, longer than 100 characters or with
        characters that cannot be shown.
    """
    known = values.dropna()
    if pd.api.types.is_bool_dtype(known) or pd.api.types.is_datetime64_any_dtype(known):
        raise _unusable(known, 0, where)
    if pd.api.types.is_numeric_dtype(known):
        wrong = (known != known.round()) | (known < 0) | (known > LARGEST)
        if wrong.any():
            raise _unusable(known, int(wrong.to_numpy().argmax()), where)
        return values.astype("Int32")
    texts = known.map(str)
    if all(_is_number(text) for text in texts):
        return values.map(int, na_action="ignore").astype("Int32")
    for row, text in enumerate(texts):
        if not (text and len(text) <= LONGEST and text.isprintable() and text == text.strip()):
            raise _unusable(known, row, where)
    return values.map(str, na_action="ignore").astype("string")


def in_one_type(*tables: pd.DataFrame) -> list[pd.DataFrame]:
    """Tables whose column image can be compared: all text where one of them is text.

    A subject whose images happen to have numbers only may stand beside others whose ids are text.
    """
    if not any(pd.api.types.is_string_dtype(table["image"]) for table in tables):
        return list(tables)
    return [
        table.assign(image=table["image"].map(str, na_action="ignore").astype("string"))
        for table in tables
    ]


def _is_number(text: str) -> bool:
    digits = text.isascii() and text.isdecimal()
    return digits and str(int(text)) == text and int(text) <= LARGEST


def _unusable(values: pd.Series, row: int, where: str) -> StudyError:
    shown = ascii(str(values.iloc[row])[:60])[1:-1]
    return StudyError(
        f"{where}: the column {values.name!r} holds {shown} in row "
        f"{values.index[row] + 1}; expected whole numbers from 0 to {LARGEST}, or text of 1 to "
        f"{LONGEST} printable characters: correct the file."
    )
