"""The README of a study's results."""

import pandas as pd
from response_clusters.statistics.abstract import statements
from response_clusters.statistics.claims import claims_table
from response_clusters.study.readme import readme
from response_clusters.tables import validated

PARTS = {"mosaics and contact sheets": "no pictures"}


def claims() -> pd.DataFrame:
    """Nothing can be tested but the elbow."""
    table = claims_table({"elbow": {"k": 7, "reached": True}})
    return validated(table, "claims", "claims")


def test_it_begins_with_the_verdicts() -> None:
    text = readme("demo", "Simulated data", PARTS, claims())
    assert text.startswith(
        "# Results of the study “demo”\n\n**Simulated data**\n\n## What the abstract"
    )
    assert "Of 15 statements: 1 does not hold, 14 are untestable." in text
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert len(rows) == len(statements())
    assert rows[0].split(" | ")[:5] == [
        *("| R² has its elbow at six clusters.", "k = 6", "k = 7", "–", "does not hold"),
    ]
    assert all(line.count(" | ") == 5 for line in rows)
    assert text.index("untestable") < text.index("## What is here") < text.index("Left out")
    assert "`claims/claims.png`" in text


def test_without_claims_it_begins_with_the_elbow() -> None:
    text = readme("demo", "", {})
    assert "statements" not in text
    assert "Begin with `pooled/elbow.png`" in text
    assert "Every part of the study was made." in text
    assert "- mosaics and contact sheets: no pictures" in readme("demo", "", PARTS)


def test_no_cell_breaks_the_table() -> None:
    for said in statements().values():
        assert "|" not in f"{said['statement']}{said['paper']}{said['needs']}{said.get('remark')}"


def test_sentences_come_between_the_note_and_the_verdicts() -> None:
    said = ["These are the data.", "This was chosen.", "This comes of it."]
    text = readme("demo", "Simulated data", {}, claims(), said, page=True)
    assert text.startswith(
        "# Results of the study “demo”\n\n**Simulated data**\n\n"
        "These are the data.\nThis was chosen.\nThis comes of it.\n\n"
        "Open [`report.html`](report.html) in a browser to explore them.\n\n## What the abstract"
    )
    assert "report.html" not in readme("demo", "", {}, None, said)
