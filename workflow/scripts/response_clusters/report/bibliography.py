"""The works that a text cites, as BibTeX: ``references.bib``, beside this module."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from response_clusters.errors import StudyError, listed

REFERENCES = Path(__file__).resolve().with_name("references.bib")
_CITATION = re.compile(r"\[(@[\w:-]+(?:; @[\w:-]+)*)\]")
_ENTRY = re.compile(r"^@\w+\{([\w:-]+),\n.*?^\}$", re.M | re.S)


def cited(text: str) -> list[str]:
    """The keys that a text cites, such as those of ``[@lloyd1982; @arthur2007]``, as they come."""
    groups = _CITATION.findall(text)
    return list(dict.fromkeys(key.strip(" @") for group in groups for key in group.split(";")))


def entries(bibtex: str) -> dict[str, str]:
    """The entries of a BibTeX file by key, each of which ends with a brace in a line of its own."""
    return {entry[1]: entry[0] for entry in _ENTRY.finditer(bibtex)}


@cache
def _known() -> dict[str, str]:
    return entries(REFERENCES.read_text("utf-8"))


def bibliography(keys: Iterable[str], further: str = "") -> str:
    """The BibTeX entries of some keys and no others, sorted by key.

    Parameters
    ----------
    keys : iterable of str
    further : str
        Entries of the dataset's own, which come before those of the same key here.

    Raises
    ------
    StudyError
        If there is no entry of a key.
    """
    known = _known() | entries(further)
    wanted = sorted(set(keys))
    if absent := [key for key in wanted if key not in known]:
        raise StudyError(
            f"The text on methods cites {listed(absent)}, and there is no such entry; expected one "
            "in references.bib or among the references of the dataset's source: add it there."
        )
    return "\n\n".join(known[key] for key in wanted) + ("\n" if wanted else "")
