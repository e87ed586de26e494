"""The verdict on every statement of the abstract, from the tables of claims.

The rules are in `verdicts`; what each statement is measured by, in `evidence_of_clusters` and
`evidence_of_images`.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd
from response_clusters.statistics.abstract import statements
from response_clusters.statistics.evidence import Evidence, Tables
from response_clusters.statistics.evidence_of_clusters import (
    of_across_k,
    of_across_subjects,
    of_clusters_exist,
    of_elbow,
    of_one_partition,
)
from response_clusters.statistics.evidence_of_images import (
    of_broccoli,
    of_coactivation,
    of_nearest,
    of_similar_stimuli,
    of_theme,
)
from response_clusters.statistics.verdicts import (
    UNTESTABLE,
    verdict,
)


def claims_table(tables: Tables) -> pd.DataFrame:
    """Every statement of the abstract with its verdict.

    Parameters
    ----------
    tables : mapping
        See `Tables`.

    Returns
    -------
    DataFrame
        With the columns of ``claims``.
    """
    return pd.DataFrame([_row(claim, tables) for claim in statements()])


def _row(claim: str, tables: Tables) -> dict[str, Any]:
    said = statements()[claim]
    found = EVIDENCE.get(claim, of_theme)(claim, tables)
    word, reason = verdict(found.parts, said["against"], found.compared)
    tested = word != UNTESTABLE
    reason = " ".join(filter(None, [reason, found.remark, said.get("remark", "")]))
    return {
        "claim": claim,
        "statement": said["statement"],
        "paper": said["paper"],
        **{
            name: getattr(found, name)
            for name in ("ours", "low", "high", "null", "null_low", "null_high")
        },
        "p": found.compared.p,
        "index": found.compared.index,
        "verdict": word,
        "reason": reason if tested else said["needs"],
        "table": said["table"],
    }


EVIDENCE: dict[str, Callable[[str, Tables], Evidence]] = {
    "elbow": of_elbow,
    "clusters_exist": of_clusters_exist,
    "one_partition": of_one_partition,
    "across_k": of_across_k,
    "across_subjects": of_across_subjects,
    "broccoli": of_broccoli,
    "similar_stimuli": of_similar_stimuli,
    "coactivation": of_coactivation,
    "nearest": of_nearest,
}
"""What looks a claim's numbers up; all others are themes."""
