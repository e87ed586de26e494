"""Names that are fixed, and the one rule for names of subjects, regions and categories."""

import re

from response_clusters.errors import StudyError

POOLED = "pooled"
"""The cohort of all subjects, which no subject may be called by."""
COLUMNS = ("subject", "session", "trial", "image", "repeat")
"""Columns of the rows that are clustered, which no region may be called by."""
LARGEST_LABEL = 2**24
"""Of a region in a label volume: some tools number labels by 24-bit colours."""
LONGEST = 100
"""Characters of a name; of a subject's, bytes, since it names a folder."""
_FOLDER = re.compile(r"\w[\w .,+=@()-]*")


def plain(name: str) -> str:
    """A name without what spellings differ in: case, dashes, underscores and blanks."""
    return re.sub(r"[-_\s]", "", name).casefold()


def require_name(name: str, kind: str, where: str) -> str:
    """`name`, if it can be shown and written everywhere.

    A name has 1 to 100 printable characters and no blank at either end. A subject's also names a
    folder: it begins with a letter, digit or underscore, goes on with these, blanks and
    ``. , + = @ ( ) -``, and does not end with a full stop.

    Parameters
    ----------
    kind : {"subject", "region", "category", …}
        What it names, as it stands in a sentence.
    where : str
        The file or the key that it comes from.

    Raises
    ------
    StudyError
        If it breaks the rule; the sentence states it.
    """
    fits = bool(name) and len(name) <= LONGEST and name.isprintable() and name == name.strip()
    rule = f"1 to {LONGEST} printable characters without a blank at either end"
    if kind == "subject":
        fits = fits and len(name.encode()) <= LONGEST and not name.endswith(".")
        fits = fits and _FOLDER.fullmatch(name) is not None
        rule = (
            f"up to {LONGEST} letters, digits, blanks and _ . , + = @ ( ) -, a letter or digit "
            "first"
        )
    if not fits:
        shown = ascii(name if len(name) <= 60 else f"{name[:60]}…")
        raise StudyError(f"{where}: {shown} is no name for a {kind}; expected {rule}: rename it.")
    return name
