"""The figure of claims: every row is read without a legend, whatever the verdicts."""

from pathlib import Path

import pandas as pd
import pytest
from response_clusters.figures import style
from response_clusters.figures.claims import COLOURS, claims_figure
from response_clusters.statistics.abstract import statements
from response_clusters.statistics.verdicts import VERDICTS, WORDS
from response_clusters.tables import validated

from tests.unit.figures.test_figures import beyond_edge, drawn_texts, overlapping, text_boxes

NOTE = "Simulated data: planted groups, not a measurement"
LONG = "Met: " + "a part with a rather long name 0.85 (asked for: 0.8), " * 7 + "and p = 0.025."


def claims(value: float | None, verdict: str, reason: str = "Met: k = 6.") -> pd.DataFrame:
    """Every claim with the same value and verdict."""
    numbers = dict.fromkeys(("ours", "null", "p", "index"), value)
    ends = {f"{n}{e}": value for n in ("", "null_") for e in ("low", "high")}
    rows = [
        {"claim": claim, "statement": said["statement"], "paper": said["paper"], **numbers, **ends}
        | {"verdict": verdict, "reason": reason, "table": said["table"]}
        for claim, said in statements().items()
    ]
    return validated(pd.DataFrame(rows), "claims", "claims")


@pytest.mark.parametrize("reason", ["Met: k = 6.", LONG])
@pytest.mark.parametrize("value", [None, 0.0, 0.61, 1.0])
@pytest.mark.parametrize("verdict", VERDICTS)
def test_drawn_legibly(verdict: str, value: float | None, reason: str) -> None:
    figure = claims_figure(claims(value, verdict, reason), NOTE)
    boxes = text_boxes(figure)
    assert figure.get_figwidth() * 25.4 <= 180.01
    assert min(text.get_fontsize() for text in drawn_texts(figure)) >= 5
    assert beyond_edge(figure, boxes) == []
    assert overlapping(boxes) == []
    assert sum(text == WORDS[verdict] for text, _ in boxes) == len(statements())
    assert NOTE in [text for text, _ in boxes]
    # It is read on one sheet of A4, beside its caption.
    assert reason == LONG or figure.get_figheight() * 25.4 < 260


def test_values_beyond_a_scale_stay_on_the_figure() -> None:
    table = claims(0.5, "holds").assign(ours=900.0, high=900.0, low=-40.0, null_low=-9.0)
    figure = claims_figure(table)
    (sheet,) = figure.axes
    wide, high = figure.get_size_inches()
    for line in sheet.lines:
        assert all(0 <= x <= wide for x in line.get_xdata())
        assert all(0 <= y <= high for y in line.get_ydata())
    markers = [line.get_marker() for line in sheet.lines]
    assert markers.count(">") == len(statements())


def test_each_verdict_has_a_colour_and_a_mark_of_its_own() -> None:
    assert len(set(COLOURS.values())) == len(VERDICTS)
    shapes = {}
    for verdict in VERDICTS:
        (sheet,) = claims_figure(claims(0.5, verdict).iloc[:1]).axes
        faces = [patch.get_facecolor()[3] for patch in sheet.patches]
        shapes[verdict] = (len(sheet.patches), sum(faces), len(sheet.lines))
    assert len(set(shapes.values())) == len(VERDICTS)
    assert min(style.contrast(colour) for colour in COLOURS.values()) >= 4.5


def test_untestable_rows_show_no_number() -> None:
    texts = [t.get_text() for t in drawn_texts(claims_figure(claims(None, "untestable")))]
    assert "0 of the abstract’s 15 statements hold" in texts
    assert not any(
        text.startswith(("null: ", "chance: ")) for text in texts if "clusters" not in text
    )


def test_told_in_words_and_the_same_every_time(tmp_path: Path) -> None:
    table = claims(0.61, "in_part")
    for run in "ab":
        style.save(claims_figure(table, NOTE), tmp_path / f"{run}.svg", tmp_path / f"{run}.png")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    told = (tmp_path / "a.svg").read_text("utf-8")
    assert "R² has its elbow at six clusters: in part." in told.partition("</desc>")[0]
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
