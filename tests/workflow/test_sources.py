"""The same responses by other ways: NIfTI instead of HDF5, and averages that others made."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.workflow.conftest import SUBJECTS, overlay, run_snakemake, spelt


def test_both_formats_give_bit_identical_tables(small: Path, from_nifti: Path) -> None:
    tables = sorted(from_nifti.rglob("session*.parquet"))
    assert len(tables) == 4
    fits = sorted(from_nifti.rglob("k0*/assignments.parquet"))
    assert len(fits) == 4 * 7
    centroids = sorted(from_nifti.rglob("centroids.tsv"))
    trials = sorted(from_nifti.rglob("trials.parquet"))
    for path in [*tables, *fits, *centroids, *trials]:
        assert path.read_bytes() == (small / path.relative_to(from_nifti)).read_bytes()


def test_a_study_without_pictures_and_labels_says_so(from_nifti: Path) -> None:
    text = (from_nifti / "README.md").read_text()
    assert "mosaics and contact sheets: no pictures" in text
    assert "labels and wordclouds: no COCO instance annotations were found" in text
    assert "imulated" not in text  # nothing tells the reader that these data are simulated
    images = pd.read_parquet(from_nifti / "images.parquet")
    assert not images["covered"].any()


@pytest.mark.parametrize("cohort", [*SUBJECTS, "pooled"])
def test_averages_give_the_clusters_of_the_betas_they_came_from(
    small: Path, from_averages: Path, cohort: str
) -> None:
    for fit in [f"k{k:02d}" for k in range(1, 8)]:
        ours = pd.read_parquet(small / cohort / fit / "assignments.parquet")
        theirs = pd.read_parquet(from_averages / cohort / fit / "assignments.parquet")
        pd.testing.assert_frame_equal(ours, theirs, check_exact=False, atol=1e-6)
        a = pd.read_csv(small / cohort / fit / "centroids.tsv", sep="\t")
        b = pd.read_csv(from_averages / cohort / fit / "centroids.tsv", sep="\t")
        a["region"] = a["region"].map(spelt)
        both = a.merge(b, on=["cluster", "region"], validate="one_to_one")
        assert len(both) == len(a) == len(b)
        np.testing.assert_allclose(both["prototype_x"], both["prototype_y"], atol=1e-6)


def test_with_design_and_annotations_averages_have_images_and_labels(
    small: Path, from_averages: Path
) -> None:
    for name in ("mosaic.png", "wordcloud.png", "label_counts.tsv", "nearest.tsv"):
        assert (from_averages / "pooled" / "kbest" / name).is_file()
    ours = (small / "pooled" / "kbest" / "label_counts.tsv").read_bytes()
    assert (from_averages / "pooled" / "kbest" / "label_counts.tsv").read_bytes() == ours
    assert "Every part of the study was made" in (from_averages / "README.md").read_text()


def test_without_a_design_everything_that_needs_no_images_is_made(
    small: Path, averages: Path, tmp_path: Path
) -> None:
    dataset = {"source": "regions", "root": str(averages)}
    run_snakemake(
        tmp_path, overlay(study="bare", regions="all", dataset=dataset, subjects=["subj02"])
    )
    study = tmp_path / "results" / "bare"
    nearest = pd.read_csv(study / "subj02" / "kbest" / "nearest.tsv", sep="\t")
    assert nearest[["image", "coco_id"]].isna().all(axis=None)
    assert not list(study.rglob("mosaic*"))
    assert not list(study.rglob("label*"))
    assert not (study / "consistency_subjects").exists()
    for name in ("elbow.png", "consistency_k.png", "kbest/centroids.png"):
        assert (study / "subj02" / name).is_file()
    text = (study / "README.md").read_text()
    for part in (
        *("images", "labels and wordclouds", "mosaics and contact sheets"),
        "consistency across subjects",
    ):
        assert f"- {part}: " in text
    ours = json.loads((small / "subj02" / "kbest" / "fit.json").read_text())
    theirs = json.loads((study / "subj02" / "kbest" / "fit.json").read_text())
    assert theirs["sizes"] == ours["sizes"]


def test_a_table_per_subject_gives_the_same_rows(small: Path, tmp_path: Path) -> None:
    for subject in SUBJECTS[:2]:
        rows = pd.read_parquet(small / subject / "responses.parquet")
        rows.drop(columns=["subject"]).to_parquet(tmp_path / f"{subject}.parquet")
    over = overlay(
        study="tables",
        regions="all",
        dataset={"source": "regions", "root": str(tmp_path), "pattern": "{subject}.parquet"},
    )
    run_snakemake(tmp_path, over, "results/tables/subj01/responses.parquet")
    ours = pd.read_parquet(small / "subj01" / "responses.parquet")
    theirs = pd.read_parquet(tmp_path / "results/tables/subj01/responses.parquet")
    pd.testing.assert_frame_equal(ours, theirs)


def test_repeats_can_be_averaged(small: Path, tmp_path: Path) -> None:
    over = overlay(
        study="means",
        dataset={"source": "nsd", "root": str(small / "simulated")},
        responses={"repeats": "mean"},
        subjects=["subj01"],
    )
    run_snakemake(tmp_path, over, "results/means/subj01/responses.parquet")
    single = pd.read_parquet(small / "subj01" / "responses.parquet")
    means = pd.read_parquet(tmp_path / "results/means/subj01/responses.parquet")
    assert means["image"].is_unique
    assert len(means) == single["image"].nunique()
    image = single["image"].value_counts().idxmax()
    of = single.loc[single["image"] == image, "V1v"].astype(float)
    assert len(of) > 1
    got = means.loc[means["image"] == image, "V1v"].iloc[0]
    assert got == pytest.approx(of.mean(), rel=1e-6)


def test_labels_that_are_all_named_in_the_configuration_need_no_tables_of_names(
    small: Path, tmp_path: Path
) -> None:
    named = {17: "L-hippocampus", 18: "L-amygdala", 53: "R-hippocampus", 54: "R-amygdala"}
    collections = ("prf-visualrois", "floc-bodies", "floc-faces", "floc-places", "floc-words")
    config = overlay(
        study="named",
        dataset={"source": "nsd", "root": str(small / "simulated")},
        regions=dict.fromkeys(collections) | {"aseg": named},
    )
    path = "results/named/subj01/regions.tsv"
    run_snakemake(tmp_path, config, path)
    regions = pd.read_csv(tmp_path / path, sep="\t")
    assert list(regions["region"]) == list(named.values())
