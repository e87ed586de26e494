"""The figures of claims are legible, whatever the data lack: nothing overlaps or is cut off."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from response_clusters.figures import style
from response_clusters.figures.curve import curve_figure
from response_clusters.figures.generalisation import generalisation_figure
from response_clusters.figures.ladder import ladder_figure
from response_clusters.figures.lineage import lineage_figure
from response_clusters.figures.nulls import nulls_figure
from response_clusters.figures.prototypes import prototypes_figure
from response_clusters.figures.stability import stability_figure

from tests.unit.figures.claim_tables import (
    choice_of,
    chosen_of,
    curve_of,
    generalisation_of,
    identity_table,
    ladder_of,
    lineage_of,
    nulls_of,
    prototypes_of,
    stability_of,
)
from tests.unit.figures.test_figures import beyond_edge, drawn_texts, overlapping, text_boxes

NOTE = "Simulated data: planted groups, not a measurement"
EVERYTHING = ["observed", "continuum", "low", "high", "groups"]


def emptied(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The table with null in some columns, and in those that depend on them."""
    further = ("index", "p", "groups_low", "groups_high")
    lost = [*columns, *(name for name in further if name in table)]
    return table.assign(**dict.fromkeys(lost, np.nan))


DRAWN: dict[str, Callable[[int], Figure]] = {
    "curve": lambda k: curve_figure(curve_of(k), chosen_of(k), choice_of(k), NOTE),
    "curve without groups": lambda k: curve_figure(
        curve_of(k, groups=False), chosen_of(k, groups=False), choice_of(k), NOTE
    ),
    "curve without surrogates": lambda k: curve_figure(
        emptied(curve_of(k), "continuum", "low", "high", "groups"),
        chosen_of(k)[:2],
        choice_of(k),
        NOTE,
    ),
    "curve without choices": lambda k: curve_figure(
        curve_of(k), chosen_of(k)[:0], choice_of(k), NOTE
    ),
    "nulls": lambda k: nulls_figure(nulls_of(k), k, NOTE),
    "nulls of one subject": lambda k: nulls_figure(nulls_of(k, subjects=1), k, NOTE),
    "nulls without groups": lambda k: nulls_figure(nulls_of(k, groups=False), k, NOTE),
    "nulls without values": lambda k: nulls_figure(emptied(nulls_of(k), *EVERYTHING), k, NOTE),
    "prototypes": lambda k: prototypes_figure(*prototypes_of(k), NOTE),
    "prototypes without surrogates": lambda k: prototypes_figure(
        prototypes_of(k)[0].assign(
            **dict.fromkeys(["r", "r_low", "r_high", "r_surrogates"], np.nan)
        ),
        prototypes_of(k)[1],
        NOTE,
    ),
    "ladder": lambda k: ladder_figure(ladder_of(k), k, NOTE),
    "ladder of trials": lambda k: ladder_figure(ladder_of(k, levels=1), k, NOTE),
    "ladder without groups": lambda k: ladder_figure(ladder_of(k, groups=False), k, NOTE),
    "ladder at one k": lambda k: ladder_figure(ladder_of(2, most=2), 2, NOTE),
    "stability": lambda k: stability_figure(stability_of(k), k, NOTE),
    "stability without groups": lambda k: stability_figure(stability_of(k, groups=False), k, NOTE),
    "stability without a rival": lambda k: stability_figure(stability_of(k, rival=False), k, NOTE),
    "stability without values": lambda k: stability_figure(
        emptied(stability_of(k), *EVERYTHING), k, NOTE
    ),
    "stability at one k": lambda k: stability_figure(stability_of(2, most=2), 2, NOTE),
    "generalisation": lambda k: generalisation_figure(generalisation_of(k), NOTE),
    "generalisation of long names": lambda k: generalisation_figure(
        generalisation_of(k, subjects=2, long=True), NOTE
    ),
    "generalisation of one subject": lambda k: generalisation_figure(
        generalisation_of(k, subjects=1), NOTE
    ),
    "generalisation without values": lambda k: generalisation_figure(
        emptied(generalisation_of(k), *EVERYTHING), NOTE
    ),
    "generalisation of nobody": lambda k: generalisation_figure(generalisation_of(k)[:0], NOTE),
    "lineage": lambda k: lineage_figure(lineage_of(k), identity_table(k, 6), min(k, 6), NOTE),
    "lineage of uneven clusters": lambda k: lineage_figure(
        lineage_of(k, uneven=True), identity_table(k, 2), 2, NOTE
    ),
    "nulls of nothing": lambda k: nulls_figure(nulls_of(k)[:0], k, NOTE),
    "curve of nothing": lambda k: curve_figure(
        curve_of(k)[:0], chosen_of(k)[:0], choice_of(k), NOTE
    ),
    "ladder of nothing": lambda k: ladder_figure(ladder_of(k)[:0], k, NOTE),
    "stability of nothing": lambda k: stability_figure(stability_of(k)[:0], k, NOTE),
    "lineage of one k": lambda k: lineage_figure(lineage_of(2)[:0], identity_table(1, 1), 1, NOTE),
}


PLAIN = [name for name in DRAWN if " " not in name]
CASES = [(name, k) for name in PLAIN for k in (2, 6, 12, 20)]
CASES += [(name, 12) for name in DRAWN if name not in PLAIN]
CASES += [("lineage of uneven clusters", 20)]
CASES += [(name, 1) for name in PLAIN if name != "lineage"]


@pytest.mark.parametrize(("name", "k"), CASES)
def test_drawn_legibly(name: str, k: int) -> None:
    figure = DRAWN[name](k)
    boxes = text_boxes(figure)
    assert figure.get_figwidth() * 25.4 <= 180.01
    assert figure.get_figheight() * 25.4 <= 275
    assert min(text.get_fontsize() for text in drawn_texts(figure)) >= 5
    assert NOTE in {text for text, _ in boxes}
    assert beyond_edge(figure, boxes) == []
    assert overlapping(boxes) == []
    title, _, told = str(figure.get_label()).partition("\n")
    assert title.endswith("?") and len(told) > 40
    assert "nan" not in told.lower()
    assert not any("nan" in text.lower().split() for text, _ in boxes)
    # Half a margin: the marks at the ends of an axis may stand out of it a little.
    edge = 0.5 * style.MARGIN * figure.dpi
    inside = (edge, figure.bbox.width - edge)
    assert [text for text, box in boxes if box.x0 < inside[0] or box.x1 > inside[1]] == []


@pytest.mark.parametrize("name", ["curve", "nulls", "prototypes", "lineage"])
def test_same_bytes_every_time(name: str, tmp_path: Path) -> None:
    files = [tmp_path / f"{run}.svg" for run in "ab"]
    for file in files:
        style.save(DRAWN[name](6), file, file.with_suffix(".png"))
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len({file.with_suffix(".png").read_bytes() for file in files}) == 1
