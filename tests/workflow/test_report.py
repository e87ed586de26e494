"""Snakemake's own report of a finished study: figures and main tables, each with its caption."""

import json
import re
import zipfile
from collections import Counter
from pathlib import Path

from tests.workflow.conftest import SMALL, clone, run_snakemake

COHORTS, FITS = 4, 2  # of the small study, all of them described


def test_the_report_has_every_figure_and_main_table_with_a_caption(
    small: Path, tmp_path: Path
) -> None:
    folder = clone(small.parents[1], tmp_path / "clone")
    run_snakemake(folder, SMALL, "--report", "report.zip")
    with zipfile.ZipFile(folder / "report.zip") as held:
        names = Counter(Path(name).name for name in held.namelist())
        page = held.read("report/report.html").decode()
    described = COHORTS * FITS
    expected = {
        **dict.fromkeys(["elbow.svg", "elbow.tsv"], COHORTS),
        **dict.fromkeys(["consistency_k.svg", "consistency_k.tsv"], COHORTS),
        **dict.fromkeys(["mosaic.png", "contact_sheet.svg", "wordcloud.png"], described),
        **dict.fromkeys(["centroids.svg", "nearest.tsv", "label_counts.tsv"], described),
        **{"centroids.tsv": COHORTS, "regions.tsv": 1, "config.yaml": 1, "versions.json": 1},
        **{f"{fit}.{kind}": 1 for fit in ("kbest", "k01", "k07") for kind in ("svg", "tsv")},
    }
    assert {name: names[name] for name in expected} == expected
    captions = re.findall(r'"caption": ?"((?:[^"\\]|\\.)*)"', page)
    assert len(captions) >= sum(expected.values())
    for caption in captions:
        assert len(re.sub("<[^>]+>", "", caption)) > 60, caption
        assert "Undefined" not in caption
    simulated = [caption for caption in captions if "Simulated data" in caption]
    assert len(simulated) >= len(captions) - 1  # all but the software's
    (found,) = re.findall(r"var categories = (\{.*?\});", page)
    assert set(json.loads(found)) == {
        *("Data", "Clusters", "Number of clusters", "Consistency", "Images", "Labels", "Record"),
    }
