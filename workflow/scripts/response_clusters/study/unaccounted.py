"""Which results are not known to be what the present configuration would make."""

import ast
from pathlib import Path
from typing import Any

from response_clusters.study.stale import Made, is_own
from response_clusters.study.statements import Stated, as_stated

CHANGED = "params changed"
"""How Snakemake calls a file that it recorded as made with other params than it has now."""


def unaccounted(
    plan: list[dict[str, str]], records: dict[str, Made], statements: dict[str, Stated], out: Path
) -> dict[str, str]:
    """What is wrong with each result that is there but not accounted for, by path, sorted.

    Parameters
    ----------
    plan : list of dict
        The files that the configuration makes, as `planned` gives them.
    records : dict
        What Snakemake recorded, as `recorded` gives it.
    statements : dict
        What jobs stated, as `stated` gives it.
    out : Path
        The study's folder; what lies behind a link in it is somebody's own.

    Returns
    -------
    dict of str
        Not among them is what any run makes again, because what it is made of has changed.
    """
    faults: dict[str, str] = {}
    for row in sorted(plan, key=lambda row: row["output_file"]):
        name = row["output_file"]
        if not is_own(Path(name), out):
            continue
        record, statement = records.get(name), statements.get(name)
        if record is None:
            faults[name] = "Snakemake has no record of it"
        elif row["status"] == CHANGED:
            faults[name] = "Snakemake recorded other settings or other code than there are now"
        elif statement is None:
            faults[name] = "no statement says what made it"
        elif statement.params != _params(record):
            faults[name] = f"{statement.statement} states other settings than Snakemake recorded"
    return faults


def _params(record: Made) -> Any:
    """The params of a record, which holds them as Python writes them; None if it cannot be read."""
    try:
        return as_stated(ast.literal_eval(record.params))
    except (ValueError, SyntaxError):
        return None
