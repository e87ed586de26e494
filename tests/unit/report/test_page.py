"""The page's text: what it holds and how large it is, and that no text in it is read as a tag."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from response_clusters.errors import StudyError
from response_clusters.names import POOLED
from response_clusters.report import page as page_module
from response_clusters.report.assembly import picture
from response_clusters.report.page import SECTIONS, as_json, page_html
from response_clusters.report.pictures import PIXELS, blocks, images
from response_clusters.report.room import room_file
from response_clusters.report.sections import agreement_rows, claim_rows, null_rows
from response_clusters.report.strips import COLOURS

from tests.unit.report.pages import HOSTILE, contents, explorer, figure, read, thumbnails
from tests.unit.report.studies import claims

FETCHED = ("src", "href", "srcset", "poster", "data", "action", "formaction", "background")
"""Attributes whose addresses a browser may ask for."""
LARGE = 100.0
"""Megabytes that no page here has."""


@pytest.fixture(scope="module", autouse=True)
def quickly() -> Iterator[None]:
    """Charts and libraries are the same in each of these pages: they are made once."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("charts", "javascript_bundle"):
            patch.setattr(page_module, name, cache(getattr(page_module, name)))
        drawn = page_module.curve(explorer())
        patch.setattr(page_module, "curve", lambda _: drawn)
        yield


SHOWN = (10, 11, 12, "a b", "__proto__", None)
STUDY = [explorer(POOLED, SHOWN), explorer("subj01", (12, 13, "10")), explorer("notice", (13, "ü"))]
PICTURES = thumbnails(("10", "11", "12", "13", "a b", "__proto__", "ü"))


def test_a_page_has_every_part_and_each_id_once() -> None:
    parts = read(page_html(contents(STUDY, thumbnails=PICTURES), LARGE))
    ids = [attributes["id"] for _, attributes in parts.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {*SECTIONS, "pictures-notice", *(f"explorer-{n}" for n in range(3))} <= set(ids)
    assert parts.blocks["page"]["cohorts"] == [POOLED, "subj01", "notice"]
    assert [parts.blocks[f"explorer-{n}"] for n in range(3)] == STUDY
    assert parts.blocks["page"]["names"] == {"1": "words"}


def test_each_picture_is_in_one_block_where_every_cohort_finds_it() -> None:
    parts = read(page_html(contents(STUDY, thumbnails=PICTURES), LARGE))
    found = [parts.blocks[f"pictures-{number}"] for number in range(3)]
    names = [name for block in found for name in block]
    assert sorted(names) == sorted(PICTURES["image"])
    whole = {name: webp for block in found for name, webp in block.items()}
    assert whole == dict(zip(PICTURES["image"], PICTURES["webp_112"], strict=True))
    assert list(found[1]) == ["13"]  # 12 and "10" are the pooled cohort's, too
    for record in STUDY:
        assert set(images(record)) <= set(whole)


def test_images_that_are_numbers_here_are_text_there() -> None:
    numbers = thumbnails((1, 2, 3)).astype({"image": "Int32"})
    assert blocks(numbers, [explorer(images=(1, "2", 3))], 64) == [
        {name: 64 * f"{at:04d}" for at, name in enumerate(("1", "2", "3"))}
    ]
    with pytest.raises(StudyError, match=r"no picture of image 4, .* nearest of pooled"):
        blocks(numbers, [explorer(images=(1, 4))], 64)


def test_pictures_step_down_until_the_page_fits_and_it_says_so() -> None:
    many = contents(STUDY, thumbnails=PICTURES)

    def fitting(most: int) -> str:
        return page_html(many, (most + 0.25) / 1e6)

    whole = page_html(many, LARGE)
    size = len(whole.encode())
    for larger, side in zip(PIXELS, (*PIXELS[1:], 0), strict=True):
        assert fitting(size) == whole
        assert len(read(whole).blocks["pictures-0"]["11"]) == 4 * larger
        told = f"7 pictures of {larger} × {larger} pixels"
        assert f"{told}{'.' if larger == PIXELS[0] else ', the most that report.meg'}" in whole
        smaller = fitting(size - 1)
        assert read(smaller).blocks["page"]["pixels"] == side
        assert len(smaller.encode()) < size
        whole, size = smaller, len(smaller.encode())
    assert f"even at {PIXELS[-1]} × {PIXELS[-1]} pixels, they take more" in whole
    assert "pictures-0" not in whole
    with pytest.raises(StudyError, match=r"report\.megabytes is .* without any picture") as error:
        fitting(size - 1)
    needed = float(re.search(r"has ([\d.]+) MB", str(error.value))[1])  # type: ignore[index]
    assert size <= needed * 1e6 < size + 20_000
    assert len(page_html(many, needed).encode()) <= needed * 1e6


def test_only_a_page_with_pictures_is_under_their_terms() -> None:
    mosaic = figure("mosaic", "").address
    shown = page_html(contents(STUDY, thumbnails=PICTURES), LARGE)
    assert mosaic in shown
    assert "Terms: words" in read(shown).text
    bare = replace(contents(STUDY), no_pictures="There are none, by choice.")
    none = page_html(bare, LARGE)
    for without in (none, page_html(replace(bare, thumbnails=PICTURES), len(none) / 1e6 + 0.001)):
        parts = read(without)
        assert "There are none, by choice." in parts.text
        assert "Terms" not in parts.text
        assert not [name for name in parts.blocks if name.startswith("pictures")]
        assert mosaic not in without
        assert figure("elbow", "").address in without
    nothing = page_html(contents([explorer(images=(None,))], thumbnails=thumbnails(())), LARGE)
    assert "Without pictures." in read(nothing).text
    assert "no pictures" in read(nothing).text


def test_no_text_is_read_as_a_tag() -> None:
    study = [explorer(POOLED, SHOWN, subject=HOSTILE, text=HOSTILE), explorer(HOSTILE, (HOSTILE,))]
    found = thumbnails(("10", "11", "12", "a b", "__proto__", HOSTILE))
    hostile, tame = (
        contents(
            records,
            text,
            thumbnails=pictures,
            no_pictures=text,
            agreement={1: np.array([0.9]), 2: np.array([0.5, 0.7])},
            claims=claims(0.8),
            wordclouds={(records[1]["cohort"], 2): b"<svg/>"},
        )
        for records, text, pictures in (
            (study, HOSTILE, found),
            ([explorer(), explorer("subj01")], "words", thumbnails((1, 2, 3))),
        )
    )
    parts, plain = (read(page_html(one, LARGE)) for one in (hostile, tame))
    # The same elements, with the same attributes, as of a page of plain words.
    assert [(tag, list(attributes)) for tag, attributes in parts.tags] == [
        (tag, list(attributes)) for tag, attributes in plain.tags
    ]
    assert not [tag for tag, attributes in parts.tags if any(a[:2] == "on" for a in attributes)]
    assert [parts.blocks["explorer-0"], parts.blocks["explorer-1"]] == study
    assert parts.blocks["pictures-1"] == {HOSTILE: found["webp_112"].iloc[-1]}
    assert parts.blocks["page"]["wordclouds"].keys() == {f"{HOSTILE} 2"}
    assert parts.blocks["page"]["names"] == {"1": HOSTILE}
    # It is there to be read, wherever the plain words are.
    assert len([text for text in parts.texts if HOSTILE in text]) == len(
        [text for text in plain.texts if "words" in text]
    )
    alternatives = [attributes["alt"] for _, attributes in parts.tags if "alt" in attributes]
    assert alternatives.count(HOSTILE) == 4


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "\u2028", 'a"b', "ü", "\\u003c"])
def test_json_holds_any_text(text: str) -> None:
    written = as_json({text: [text, 0.5, None]})
    assert "<" not in written
    assert json.loads(written) == {text: [text, 0.5, None]}
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json([np.nan])


def test_no_browser_asks_for_anything() -> None:
    parts = read(page_html(contents(STUDY, thumbnails=PICTURES, claims=claims()), LARGE))
    (policy,) = (
        str(attributes["content"])
        for tag, attributes in parts.tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy
    addresses = [
        str(value)
        for _, attributes in parts.tags
        for name, value in attributes.items()
        if name.rpartition(":")[2] in FETCHED
    ]
    assert len(addresses) > len(SECTIONS)
    assert [each for each in addresses if not each.startswith(("#", "data:"))] == []
    assert not re.search(r"url\(|@import", parts.within["style"])
    assert not {tag for tag, _ in parts.tags} & {"link", "iframe", "object", "embed", "base"}
    ids = {attributes.get("id") for _, attributes in parts.tags}
    assert {each[1:] for each in addresses if each.startswith("#")} <= ids


def test_the_script_is_short_and_makes_elements_one_by_one() -> None:
    script = room_file("page.js")
    assert len(script.splitlines()) < 200
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)
    assert read(page_html(contents(STUDY), LARGE)).within["script"].strip() == script.strip()


def test_methods_and_references_can_be_saved() -> None:
    written = "[@a2000] says “1 − r”."
    given = contents(STUDY, methods=[("Data", written), ("Software", "S.")], bibliography="@x{ü}\n")
    parts = read(page_html(given, LARGE))
    saved = {
        attributes["download"]: b64decode(str(attributes["href"]).partition("base64,")[2]).decode()
        for _, attributes in parts.tags
        if "download" in attributes
    }
    methods = f"## Data\n\n{written}\n\n## Software\n\nS."
    assert saved == {"references.bib": "@x{ü}\n", "methods.md": methods}
    assert written in parts.text


def test_wordclouds_are_found_by_cohort_and_k() -> None:
    clouds = {(POOLED, 2): b"<svg>1</svg>", ("a b", 1): "<svg>ü</svg>".encode()}
    found = read(page_html(contents(STUDY, wordclouds=clouds), LARGE)).blocks["page"]["wordclouds"]
    assert {name: b64decode(text) for name, text in found.items()} == {
        f"{cohort} {k}": svg for (cohort, k), svg in clouds.items()
    }


def test_parts_that_a_study_lacks_are_explained() -> None:
    lacking = contents(
        [explorer(labels=False)], figures=[], maps=[], no_maps="There is no space.", claims=None
    )
    parts = read(page_html(lacking, LARGE))
    for told in ("There is one subject only.", "claims in the config", "There is no space."):
        assert told in parts.text
    ids = {attributes.get("id") for _, attributes in parts.tags}
    assert not {"panel-categories", "panel-wordcloud", "chart-consistency"} & ids


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    table = claims(0.72, "in_part")
    row = table["claim"] == "clusters_exist"
    table.loc[row, ["null", "null_low", "null_high"]] = -0.004, -0.1, 0.1
    return claim_rows(table, {"nulls"})


def test_claims_have_a_sentence_a_number_a_figure_and_a_verdict(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == len(claims())
    one = next(row for row in rows if "distinct clusters" in row["statement"])
    assert (one["word"], one["verdict"], one["figure"]) == ("in part", "in_part", "nulls")
    assert one["ours"] == "index 0.72"
    assert (one["null"], one["against"]) == ("0.00", "no clusters")
    untested = [row for row in rows if row["verdict"] == "untestable"]
    assert len(untested) >= 10
    for row in untested:
        assert row["ours"] == row["null"] == ""
        assert row["reason"]
    assert {row["against"] for row in rows} == {"chance", "no clusters"}


def test_strips_are_drawn_in_the_colour_of_the_verdict(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        drawing = ElementTree.fromstring(row["strip"])
        assert drawing.tag.endswith("svg")
        assert drawing.attrib["aria-hidden"] == "true"
        coloured = row["verdict"] != "untestable"
        others = {COLOURS[verdict] for verdict in COLOURS if verdict != row["verdict"]}
        inks = {
            element.attrib.get(name)
            for element in drawing.iter()
            if element.attrib.get("class") != "background"
            for name in ("fill", "stroke")
        }
        assert (COLOURS[row["verdict"]] in inks) or not coloured
        assert not (inks & (others - {COLOURS["untestable"]}))


def test_agreement_is_that_of_all_pairs() -> None:
    rng = np.random.default_rng(0)
    given = {3: rng.uniform(-1, 1, 30), 2: rng.uniform(0.7, 1, 21)}
    found = agreement_rows(given)
    assert [row["k"] for row in found] == [2, 3]
    for row in found:
        r = np.sort(given[row["k"]])
        assert (row["least"], row["most"], row["pairs"]) == (r[0], r[-1], len(r))
        quarters = np.percentile(r, [25, 50, 75])
        assert np.allclose([row["low"], row["median"], row["high"]], quarters)
        above = round(100 * sum(one > 0.8 for one in r) / len(r))
        assert re.match(rf"{above}\s?%", row["above"])
    assert agreement_rows({}) == []


def test_the_null_is_that_of_the_same_statistic_of_the_pooled_cohort() -> None:
    table = pd.DataFrame(
        [
            (POOLED, 6, "matched_r_median", 0.75, 0.71, 0.79),
            (POOLED, 6, "matched_r_above", 0.38, 0.3, 0.47),
            ("subj01", 6, "matched_r_median", 0.1, 0.0, 0.2),
            (POOLED, 7, "matched_r_median", np.nan, np.nan, np.nan),
        ],
        columns=["cohort", "k", "statistic", "continuum", "low", "high"],
    )
    (row,) = null_rows(table)
    assert (row["k"], row["low"], row["high"]) == (6, 0.71, 0.79)
    assert row["tip"] == "0.75, interval 0.71 to 0.79"
    assert null_rows(None) == []


def test_a_figure_brings_its_own_title_and_description(tmp_path: Path) -> None:
    path = tmp_path / "elbow.svg"
    path.write_text(
        '<svg><title id="title">R² &amp; k</title><desc id="description">\nIt rises.</desc></svg>'
    )
    found = picture(str(path))
    assert (found.name, found.title, found.told) == ("elbow", "R² & k", "R² & k. It rises.")
    assert b64decode(found.address.partition("base64,")[2]) == path.read_bytes()
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(StudyError, match="elbow.svg"):
        picture(str(path))
