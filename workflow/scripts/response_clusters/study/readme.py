"""The README of a study's results: what a person reads first in that folder."""

from collections.abc import Sequence

import pandas as pd
from response_clusters.statistics.abstract import told
from response_clusters.statistics.verdicts import HOLDS, WORDS, counted


def readme(
    study: str,
    note: str,
    parts: dict[str, str],
    claims: pd.DataFrame | None = None,
    sentences: Sequence[str] = (),
    page: bool = False,
) -> str:
    """What a person reads first in a study's results folder.

    Parameters
    ----------
    study, note : str
        Its name, and what every figure says of the data.
    parts : dict of str
        The parts left out of this study, each with the reason.
    claims : DataFrame, optional
        The verdict on each statement of the abstract, where claims are judged.
    sentences : sequence of str
        What the data are, what was chosen and the verdicts on the claims.
    page : bool, default False
        Whether there is the page ``report.html``.
    """
    lines = [f"# Results of the study “{study}”", ""]
    if note:
        lines += [f"**{note}**", ""]
    if sentences:
        lines += [*sentences, ""]
    if page:
        lines += ["Open [`report.html`](report.html) in a browser to explore them.", ""]
    first = "`pooled/elbow.png` and the figures in"
    if claims is not None:
        lines += [*verdicts(claims), "## What is here", ""]
        first = "`claims/claims.png`, `pooled/elbow.png` and the figures in"
    lines += [
        "Made by the workflow, never edited by hand. `config.yaml` is the whole configuration that",
        f"made them, `versions.json` the software. Begin with {first}",
        "`pooled/kbest`, the chosen number of clusters.",
        "",
    ]
    if parts:
        lines += ["Left out, because the dataset does not hold what they need:", ""]
        lines += [f"- {part}: {reason}" for part, reason in parts.items()]
    else:
        lines += ["Every part of the study was made."]
    return "\n".join(lines) + "\n"


def verdicts(claims: pd.DataFrame) -> list[str]:
    """What the abstract says and what these data say of it: a heading, a sentence and a table."""
    lines = ["## What the abstract says, and what these data say of it", ""]
    lines += [
        f"Of {len(claims)} statements: {counted(claims['verdict'])}. *Null* is what responses"
    ]
    lines += ["without clusters give, or chance. `claims/claims.tsv` has the intervals and p.", ""]
    lines += ["| statement | paper | ours | null | verdict | why |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    for row in claims.itertuples():
        ours, null = (
            "–" if pd.isna(value) else told(row.claim, float(value))
            for value in (row.ours, row.null)
        )
        paper = "–" if pd.isna(row.paper) else row.paper
        word = f"**{WORDS[HOLDS]}**" if row.verdict == HOLDS else WORDS[row.verdict]
        cells = [row.statement, paper, ours, null, word, row.reason]
        lines += [f"| {' | '.join(cells)} |"]
    return [*lines, ""]
