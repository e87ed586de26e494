"""The page's colours in the dark, and as people see them who lack a kind of cones."""

import re
from itertools import combinations

import numpy as np
import pytest
from response_clusters.figures import style
from response_clusters.report.colours import (
    DARK,
    DARK_GROUND,
    DARK_UNMATCHED,
    style_variables,
)
from response_clusters.report.room import room_file

from tests.unit.figures.vision import VISION, contrast, seen


def declared(name: str) -> list[str]:
    """The values of a variable of the page's style: in a light page, and in a dark one."""
    text = style_variables() + room_file("page.css")
    return re.findall(rf"--{name}: (#\w{{6}});", text)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(("k", "apart"), [(6, 0.1), (12, 0.06), (20, 0.05)])
def test_clusters_are_told_apart_in_the_dark(vision: str, k: int, apart: float) -> None:
    """As those of a light page are."""
    *matched, grey = seen((*DARK[:k], DARK_UNMATCHED), vision)
    assert min(np.linalg.norm(a - b) for a, b in combinations(matched, 2)) > apart
    assert min(np.linalg.norm(a - grey) for a in matched) > 0.04


@pytest.mark.parametrize("vision", VISION)
def test_more_and_less_are_told_apart(vision: str) -> None:
    """In the heatmap of prototypes, whose middle stands apart from both."""
    ends = [declared(name) for name in ("cold", "middle", "warm")]
    for colours in zip(*ends, strict=True):
        assert min(np.linalg.norm(a - b) for a, b in combinations(seen(colours, vision), 2)) > 0.15


def test_clusters_and_words_stand_out_from_their_ground() -> None:
    assert declared("card") == ["#ffffff", DARK_GROUND]
    light = zip(*(declared(f"c{number}") for number in range(21)), strict=True)
    for ground, colours in zip(declared("card"), light, strict=True):
        assert len(colours) == len(style.PALETTE) + 1
        for colour in colours:
            assert contrast(colour, ground) >= 4.5
    for name in ("text", "quiet", "accent", "holds", "part", "not"):
        for card, colour in zip(declared("card"), declared(name), strict=True):
            assert contrast(colour, card) >= 4.5, name


def test_a_cluster_has_the_colour_of_its_identity() -> None:
    assert declared("c0") == [style.UNMATCHED, DARK_UNMATCHED]
    assert declared("c1") == [style.cluster_colour(1), DARK[0]]
