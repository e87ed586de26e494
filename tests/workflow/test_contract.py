"""The small study end to end: every file of the contract, its columns and what they must hold."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from pycocotools import mask as coco_mask

SUBJECTS = ["subj01", "subj02", "subj04"]
COHORTS = [*SUBJECTS, "pooled"]
SESSIONS = {"subj01": 2, "subj02": 1, "subj04": 1}
ABSENT = {
    "subj01": {"mTL-faces", "mTL-bodies"},
    "subj02": {"FBA-1", "mTL-faces", "mTL-bodies"},
    "subj04": {"aTL-faces"},
}
FITS = [f"k{k:02d}" for k in range(1, 8)]
NOTE = "Simulated data: planted groups, not a measurement"


def tsv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=[""])


def regions_of(table: pd.DataFrame) -> list[str]:
    known = ["subject", "session", "trial", "image", "repeat"]
    return [column for column in table.columns if column not in known]


def unit(rows: np.ndarray) -> np.ndarray:
    centred = rows - rows.mean(axis=1, keepdims=True)
    return centred / np.linalg.norm(centred, axis=1, keepdims=True)


def test_nothing_is_there_that_the_contract_does_not_name(small: Path) -> None:
    top = {path.name for path in small.iterdir()}
    assert top == {
        *COHORTS,
        *("consistency_subjects", "simulated", "logs", "benchmarks", "made"),
        *("stimuli.parquet", "images.parquet", "labels.parquet", "labels.json", "categories.tsv"),
        *("simulated_scenes.parquet", "simulated_truth.tsv"),
        *("config.yaml", "summary.json", "versions.json", "README.md"),
    }
    assert not list(small.rglob(".*.*"))  # no drafts are left behind


@pytest.mark.parametrize("subject", SUBJECTS)
def test_regions(small: Path, subject: str) -> None:
    table = tsv(small / subject / "regions.tsv")
    assert list(table.columns) == ["region", "collection", "label", "voxels", "present"]
    assert len(table) == 28
    assert set(table.loc[~table["present"], "region"]) == ABSENT[subject]
    assert ((table["voxels"] > 0) == table["present"]).all()
    assert table.set_index("region").loc["R-amygdala", "label"] == 54


def test_pooled_regions(small: Path) -> None:
    table = tsv(small / "pooled" / "regions.tsv").set_index("region")
    absent = set().union(*ABSENT.values())
    assert set(table.index[~table["in_all"]]) == absent
    assert table.loc["mTL-faces", "present"] == 1
    assert table.loc["V1v", "present"] == 3


@pytest.mark.parametrize("subject", SUBJECTS)
def test_trials(small: Path, subject: str) -> None:
    table = pd.read_parquet(small / subject / "trials.parquet")
    assert list(table.columns) == ["session", "trial", "image", "repeat"]
    assert table["trial"].tolist() == list(range(1, 750 * SESSIONS[subject] + 1))
    assert (table["session"] == (table["trial"] - 1) // 750 + 1).all()
    stimuli = pd.read_csv(
        small / "simulated/nsddata/experiments/nsd/nsd_stim_info_merged.csv", index_col=0
    )
    for row in table.sample(50, random_state=0).itertuples():
        column = f"subject{int(subject[-2:])}_rep{row.repeat}"
        assert stimuli.loc[row.image, column] == row.trial


@pytest.mark.parametrize("subject", SUBJECTS)
def test_betas(small: Path, subject: str) -> None:
    regions = tsv(small / subject / "regions.tsv")
    present = regions.loc[regions["present"], "region"].tolist()
    for session in range(1, SESSIONS[subject] + 1):
        path = small / subject / "betas" / f"session{session:02d}.parquet"
        table = pd.read_parquet(path)
        assert list(table.columns) == ["trial", *present]
        assert table["trial"].tolist() == list(range(750 * session - 749, 750 * session + 1))
        assert (table[present].dtypes == np.float32).all()
        # Every voxel is z-scored within the session, so every region's mean is zero.
        assert np.abs(table[present].mean()).max() < 1e-5
        assert table[present].std().between(0.1, 0.7).all()
        voxels = tsv(path.with_name(f"session{session:02d}.voxels.tsv")).set_index("region")
        lost = (3, 1) if session == 1 else (0, 0)
        assert tuple(voxels.loc["V1v", ["zero", "constant"]]) == lost
        assert (voxels["used"] == voxels["voxels"] - voxels["zero"] - voxels["constant"]).all()


@pytest.mark.parametrize("cohort", COHORTS)
def test_responses(small: Path, cohort: str) -> None:
    table = pd.read_parquet(small / cohort / "responses.parquet")
    assert list(table.columns[:5]) == ["subject", "session", "trial", "image", "repeat"]
    if cohort == "pooled":
        assert len(table) == 750 * 4
        pooled = tsv(small / "pooled" / "regions.tsv")
        assert regions_of(table) == pooled.loc[pooled["in_all"], "region"].tolist()
        parts = [pd.read_parquet(small / s / "responses.parquet") for s in SUBJECTS]
        joined = pd.concat(parts, ignore_index=True)[table.columns]
        pd.testing.assert_frame_equal(table, joined)
    else:
        first = pd.read_parquet(small / cohort / "betas" / "session01.parquet")
        np.testing.assert_array_equal(table["V1v"][:750], first["V1v"])


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("fit", [*FITS, "kbest"])
def test_fits(small: Path, cohort: str, fit: str) -> None:
    folder = small / cohort / fit
    summary = json.loads((folder / "fit.json").read_text())
    rows = pd.read_parquet(small / cohort / "responses.parquet")
    regions = regions_of(rows)
    X = rows[regions].to_numpy(np.float64)
    k = summary["k"]
    assert summary["trials"] == len(rows)
    assert summary["regions"] == len(regions)
    assert summary["converged"]
    assert summary["note"] == NOTE

    centroids = tsv(folder / "centroids.tsv")
    assert list(centroids.columns) == ["cluster", "region", "response", "prototype"]
    assert centroids["cluster"].tolist() == np.repeat(range(1, k + 1), len(regions)).tolist()
    prototypes = centroids["prototype"].to_numpy().reshape(k, -1)
    np.testing.assert_allclose(np.linalg.norm(prototypes, axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(prototypes.sum(axis=1), 0.0, atol=1e-6)

    table = pd.read_parquet(folder / "assignments.parquet")
    columns = ["subject", "trial", "image", "cluster", "correlation", "runner_up"]
    assert list(table.columns) == columns
    assert table["trial"].tolist() == rows["trial"].tolist()
    r = unit(X) @ prototypes.T
    ranked = np.sort(r, axis=1)[:, ::-1]
    np.testing.assert_allclose(table["correlation"], ranked[:, 0], atol=1e-5)
    own = r[np.arange(len(r)), table["cluster"] - 1]
    np.testing.assert_allclose(own, ranked[:, 0], atol=1e-6)
    if k > 1:
        np.testing.assert_allclose(table["runner_up"].astype(float), ranked[:, 1], atol=1e-5)
    else:
        assert table["runner_up"].isna().all()
    sizes = table["cluster"].value_counts().sort_index().tolist()
    assert summary["sizes"] == sizes == sorted(sizes, reverse=True)
    assert summary["objective"] == pytest.approx(np.sum(1 - own), rel=1e-5)

    means = rows[regions].astype(float).groupby(table["cluster"].to_numpy()).mean().to_numpy()
    np.testing.assert_allclose(centroids["response"].to_numpy().reshape(k, -1), means, atol=1e-6)
    within = np.mean((1 - np.sum(unit(X) * unit(means)[table["cluster"] - 1], axis=1)) ** 2)
    assert summary["grand_centroid_directionless"]  # z-scored within session
    expected = 1 / (1 + within) if k > 1 else 0
    assert summary["r2_between"] == pytest.approx(expected, abs=1e-6)
    alone = len(X) - np.linalg.norm(unit(X).sum(axis=0))
    explained = 1 - summary["objective"] / alone
    assert summary["r2_explained"] == pytest.approx(explained, abs=1e-5)


@pytest.mark.parametrize("cohort", COHORTS)
def test_elbow_and_the_chosen_fit(small: Path, cohort: str) -> None:
    table = tsv(small / cohort / "elbow.tsv")
    assert list(table.columns) == [
        *("k", "objective", "r2_between", "r2_between_gain", "r2_explained", "r2_explained_gain")
    ]
    assert table["k"].tolist() == list(range(1, 8))
    assert (np.diff(table["objective"]) < 0).all()
    for statistic in ("r2_between", "r2_explained"):
        gains = table[f"{statistic}_gain"]
        assert np.isnan(gains[0])
        np.testing.assert_allclose(gains[1:], np.diff(table[statistic]), atol=1e-12)
    choice = json.loads((small / cohort / "elbow.json").read_text())
    gains = table["r2_between_gain"].to_numpy()[1:]
    below = np.flatnonzero(gains < 0.01)
    assert choice["k"] == (int(below[0]) + 1 if len(below) else 7)
    assert choice["reached"] == bool(len(below))
    assert choice["statistic"] == "r2_between"
    assert choice["note"] == NOTE
    for name in ("centroids.tsv", "assignments.parquet", "fit.json"):
        chosen = (small / cohort / f"k{choice['k']:02d}" / name).read_bytes()
        assert (small / cohort / "kbest" / name).read_bytes() == chosen


@pytest.mark.parametrize("cohort", COHORTS)
def test_consistency_across_k(small: Path, cohort: str) -> None:
    table = tsv(small / cohort / "consistency_k.tsv")
    assert list(table.columns) == ["k_a", "cluster_a", "k_b", "cluster_b", "r", "matched"]
    assert len(table) == sum(a * b for b in range(2, 8) for a in range(2, b))
    assert (table["k_a"] < table["k_b"]).all()
    for (a, _), rows in table.groupby(["k_a", "k_b"]):
        matched = rows[rows["matched"]]
        assert len(matched) == a
        assert matched["cluster_a"].is_unique
        assert matched["cluster_b"].is_unique
    a = tsv(small / cohort / "k03" / "centroids.tsv")["prototype"].to_numpy().reshape(3, -1)
    b = tsv(small / cohort / "k05" / "centroids.tsv")["prototype"].to_numpy().reshape(5, -1)
    pair = table[(table["k_a"] == 3) & (table["k_b"] == 5)]
    np.testing.assert_allclose(pair["r"], np.corrcoef(a, b)[:3, 3:].ravel(), atol=1e-9)


@pytest.mark.parametrize("fit", [*FITS, "kbest"])
def test_consistency_across_subjects(small: Path, fit: str) -> None:
    table = tsv(small / "consistency_subjects" / f"{fit}.tsv")
    columns = ["subject_a", "cluster_a", "subject_b", "cluster_b", "regions", "r", "matched"]
    assert list(table.columns) == columns
    summary = json.loads((small / "consistency_subjects" / f"{fit}.json").read_text())
    k = summary["k"]
    if fit == "kbest":
        assert k == json.loads((small / "pooled" / "elbow.json").read_text())["k"]
    assert len(table) == 3 * k * k
    matched = table.loc[table["matched"], "r"]
    assert summary["n"] == len(matched) == 3 * k
    assert summary["median"] == pytest.approx(matched.median())
    assert summary["min"] == pytest.approx(matched.min())
    assert summary["fraction_above_0.8"] == pytest.approx((matched > 0.8).mean())
    shared = table.drop_duplicates(["subject_a", "subject_b"])["regions"].tolist()
    expected = [
        28 - len(ABSENT[a] | ABSENT[b])
        for a, b in (("subj01", "subj02"), ("subj01", "subj04"), ("subj02", "subj04"))
    ]
    assert shared == expected


DESCRIBED = [(cohort, fit) for cohort in COHORTS for fit in ("kbest", "k03")]


@pytest.mark.parametrize(("cohort", "fit"), DESCRIBED)
def test_nearest(small: Path, cohort: str, fit: str) -> None:
    table = tsv(small / cohort / fit / "nearest.tsv")
    columns = ["cluster", "rank", "subject", "trial", "image", "coco_id", "correlation"]
    assert list(table.columns) == columns
    assignments = pd.read_parquet(small / cohort / fit / "assignments.parquet")
    images = pd.read_parquet(small / "images.parquet").set_index("image")
    assert (images.loc[table["image"], "coco_id"].to_numpy() == table["coco_id"]).all()
    for cluster, rows in table.groupby("cluster"):
        members = assignments[assignments["cluster"] == cluster]
        assert len(rows) == min(100, members["image"].nunique())
        assert rows["image"].is_unique
        assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
        best = members.sort_values("correlation", ascending=False).drop_duplicates("image")
        np.testing.assert_allclose(rows["correlation"], best["correlation"][: len(rows)])


def test_images_and_labels_are_recounted_from_the_annotation_files(small: Path) -> None:
    images = pd.read_parquet(small / "images.parquet")
    crops = ["crop_top", "crop_bottom", "crop_left", "crop_right"]
    assert list(images.columns) == ["image", "coco_id", "split", *crops, "covered", "instances"]
    assert len(images) == 73000
    labels = pd.read_parquet(small / "labels.parquet")
    columns = ["image", "coco_id", "category", "supercategory", "instances", "area"]
    assert list(labels.columns) == columns
    assert labels["area"].between(0, 1).all()
    totals = labels.groupby("image")["instances"].sum()
    assert (images.set_index("image").loc[totals.index, "instances"] == totals).all()

    folder = small / "simulated/nsddata_stimuli/stimuli/nsd/annotations"
    files = [json.loads((folder / f"instances_{s}2017.json").read_text()) for s in ("train", "val")]
    sizes = {i["id"]: (i["height"], i["width"]) for file in files for i in file["images"]}
    names = {c["id"]: c["name"] for c in files[0]["categories"]}
    assert set(images.loc[images["covered"], "coco_id"]) == set(sizes)
    held: dict[int, list] = {coco: [] for coco in sizes}
    for file in files:
        for annotation in file["annotations"]:
            held[annotation["image_id"]].append(annotation)
    covered = images[images["covered"]]
    lost = 0
    for row in covered.sample(150, random_state=1).itertuples():
        height, width = sizes[row.coco_id]
        top, bottom = round(row.crop_top * height), height - round(row.crop_bottom * height)
        left, right = round(row.crop_left * width), width - round(row.crop_right * width)
        assert abs((bottom - top) - (right - left)) <= 1  # a square
        counts: dict[str, int] = {}
        for annotation in held[row.coco_id]:
            runs = coco_mask.frPyObjects(annotation["segmentation"], height, width)
            runs = runs if isinstance(runs, list) else [runs]
            pixels = np.any([coco_mask.decode(run) for run in runs], axis=0)
            if pixels[top:bottom, left:right].any():
                name = names[annotation["category_id"]]
                counts[name] = counts.get(name, 0) + 1
            else:
                lost += 1
        found = labels[labels["image"] == row.image].set_index("category")["instances"]
        assert found.to_dict() == counts
    assert lost > 0  # some annotations fall outside their crop
    assert (covered["instances"] == 0).any()  # some images have no annotation


@pytest.mark.parametrize(("cohort", "fit"), DESCRIBED)
def test_label_counts_are_recounted(small: Path, cohort: str, fit: str) -> None:
    table = tsv(small / cohort / fit / "label_counts.tsv")
    assert list(table.columns) == [
        *("cluster", "top", "distinct", "annotated", "category", "supercategory"),
        *("instances", "images"),
        *("instance_base", "image_base", "instance_lift", "image_lift"),
    ]
    table["top"] = table["top"].astype(str)
    assignments = pd.read_parquet(small / cohort / fit / "assignments.parquet")
    nearest = tsv(small / cohort / fit / "nearest.tsv")
    labels = pd.read_parquet(small / "labels.parquet")
    k = assignments["cluster"].max()
    assert len(table) == k * 3 * 80
    shown = assignments["image"].unique()
    base = labels[labels["image"].isin(shown)].groupby("category")["instances"]
    for (cluster, top), rows in table.groupby(["cluster", "top"]):
        if top == "all":
            seen = assignments.loc[assignments["cluster"] == cluster, "image"].unique()
        else:
            near = (nearest["cluster"] == cluster) & (nearest["rank"] <= int(top))
            seen = nearest.loc[near, "image"].unique()
        held = labels[labels["image"].isin(seen)].groupby("category")["instances"]
        rows = rows.set_index("category")
        assert (rows["distinct"] == len(seen)).all()
        assert (rows["annotated"] == len(seen)).all()  # all are listed
        count = held.sum().reindex(rows.index, fill_value=0)
        listed = held.size().reindex(rows.index, fill_value=0)
        assert (rows["instances"] == count).all()
        assert (rows["images"] == listed).all()
        rate = base.sum().reindex(rows.index, fill_value=0) / len(shown)
        share = base.size().reindex(rows.index, fill_value=0) / len(shown)
        np.testing.assert_allclose(rows["instance_base"], rate)
        np.testing.assert_allclose(rows["image_base"], share)
        seen_at_all = rate > 0
        lift = (count / len(seen) / rate)[seen_at_all]
        np.testing.assert_allclose(rows.loc[seen_at_all, "instance_lift"], lift)
        assert rows.loc[~seen_at_all, "instance_lift"].isna().all()


def figures(small: Path) -> list[Path]:
    stems = [small / cohort / name for cohort in COHORTS for name in ("elbow", "consistency_k")]
    stems += [small / "consistency_subjects" / fit for fit in [*FITS, "kbest"]]
    for cohort, fit in DESCRIBED:
        names = ("centroids", "mosaic", "contact_sheet", "wordcloud")
        stems += [small / cohort / fit / name for name in names]
    return stems


def test_figures_are_there_and_say_that_the_data_are_simulated(small: Path) -> None:
    for stem in figures(small):
        with Image.open(stem.with_suffix(".png")) as picture:
            assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
            assert min(picture.size) > 400
            assert len(set(picture.convert("L").resize((64, 64)).tobytes())) > 4
        text = stem.with_suffix(".svg").read_text()
        assert text.rstrip().endswith("</svg>")
        assert NOTE in text


def test_the_record(small: Path) -> None:
    config = yaml.safe_load((small / "config.yaml").read_text())
    assert config["study"] == "small"
    k = {"max": 7}
    rest = {"max_iterations": 1000, "replicates": 10, "swaps": 0}
    assert config["kmeans"] == {"k": k, **rest}
    versions = json.loads((small / "versions.json").read_text())
    assert set(versions) == {"python", "packages", "commit", "clean"}
    assert versions["packages"]["numpy"] == np.__version__
    assert NOTE in (small / "README.md").read_text()
