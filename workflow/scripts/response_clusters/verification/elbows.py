"""The elbow computed anew from the fits, and copies held against what it chose."""

from collections.abc import Iterator
from typing import Any

from response_clusters.clustering.elbow import elbow_record, elbow_table
from response_clusters.tables import validated
from response_clusters.verification.schemas import Results
from response_clusters.verification.telling import differing, told


def chosen_k(results: Results, cohort: str, fits: list[str], settings: dict[str, Any]) -> int:
    """The k that a cohort's fits choose at the elbow, whatever elbow.json says."""
    return int(_elbow(results, cohort, fits, settings)[1]["k"])


def elbow_faults(
    results: Results, cohort: str, fits: list[str], settings: dict[str, Any], note: str
) -> Iterator[str]:
    """What in a cohort's elbow contradicts its fits.

    Parameters
    ----------
    fits : list of str
        The folders of all k, in ascending order.
    settings : dict
        The configuration's ``elbow``.
    note : str
        What every record says of the data.
    """
    table, expected = _elbow(results, cohort, fits, settings)
    path = results.out / cohort / "elbow.tsv"
    yield from differing(path, results.table(f"{cohort}/elbow.tsv"), table, "the fits' fit.json")
    path = results.out / cohort / "elbow.json"
    found = results.record(f"{cohort}/elbow.json")
    for field, value in {**expected, "note": note}.items():
        if found[field] != value:
            yield told(path, f"{field} is {found[field]!r}", f"{value!r}, as the fits give it")


def copy_faults(results: Results, folder: str, fit: str, files: list[str]) -> Iterator[str]:
    """Files of the chosen fit that are not copies of those that they were copied from.

    Parameters
    ----------
    folder : str
        Below the study's folder.
    fit : str
        The chosen one.
    files : list of str
        Paths below `folder` in which ``kbest`` stands for the fit.
    """
    for name in files:
        copy = results.out / folder / name
        source = results.out / folder / name.replace("kbest", fit)
        if copy.read_bytes() != source.read_bytes():
            yield told(copy, "it differs from that of the fit that the elbow chose", f"{source}")


def _elbow(results: Results, cohort: str, fits: list[str], settings: dict[str, Any]) -> Any:
    """The table and the record of an elbow, from the fits."""
    table = elbow_table([results.record(f"{cohort}/{fit}/fit.json") for fit in fits])
    record = elbow_record(table, settings["statistic"], settings["gain"])
    return validated(table, "elbow", f"{cohort}/elbow.tsv"), record
