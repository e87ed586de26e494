"""The default study: what it must find, beside what real data show, and what a re-run does."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from tests.workflow.conftest import planned, themes

SUBJECTS = [f"subj{s:02d}" for s in range(1, 9)]
EARLY = ["V1v", "V1d", "V2v", "V2d", "V3v", "V3d"]
SUBCORTICAL = [f"{side}-{name}" for side in "LR" for name in ("hippocampus", "amygdala")]


def elbow(study: Path, cohort: str) -> pd.DataFrame:
    return pd.read_csv(study / cohort / "elbow.tsv", sep="\t").set_index("k")


def rand_index(study: Path, fit: str) -> float:
    table = pd.read_parquet(study / "pooled" / fit / "assignments.parquet")
    return float(adjusted_rand_score(themes(study)[table["image"]], table["cluster"]))


def test_k_is_six_pooled_and_in_most_subjects(demo: Path) -> None:
    chosen = {
        cohort: json.loads((demo / cohort / "elbow.json").read_text())["k"]
        for cohort in (*SUBJECTS, "pooled")
    }
    assert chosen["pooled"] == 6
    assert sum(chosen[subject] == 6 for subject in SUBJECTS) >= 6
    gain = elbow(demo, "pooled")["r2_between_gain"]
    assert gain[6] >= 0.018
    assert gain[7] <= 0.009  # as in NSD


def test_clusters_follow_the_planted_themes(demo: Path) -> None:
    assert 0.5 <= rand_index(demo, "kbest") <= 0.75


def test_without_groups_the_clusters_know_no_theme(ungrouped: Path, demo: Path) -> None:
    """The elbow may still say 6: choosing k = 6 is no evidence of groups."""
    choice = json.loads((ungrouped / "pooled" / "elbow.json").read_text())
    print(f"without groups the elbow chooses k = {choice['k']}")
    for fit in ("k04", "k06", "k07"):
        assert abs(rand_index(ungrouped, fit)) < 0.01
    on = pd.read_parquet(demo / "pooled" / "responses.parquet").iloc[:, 5:]
    off = pd.read_parquet(ungrouped / "pooled" / "responses.parquet").iloc[:, 5:]
    difference = np.abs(on.cov().to_numpy() - off.cov().to_numpy()).max()
    assert difference < 0.1 * np.diag(on.cov()).max()


def test_matches_across_subjects_and_neighbouring_k_are_reported(demo: Path) -> None:
    across = json.loads((demo / "consistency_subjects" / "kbest.json").read_text())
    assert across["n"] == 28 * 6
    assert across["fraction_above_0.8"] > 0.5
    table = pd.read_csv(demo / "pooled" / "consistency_k.tsv", sep="\t")
    near = table[table["matched"] & (table["k_b"] == table["k_a"] + 1)]
    share = (near["r"] > 0.8).mean()
    print(f"above .8: {across['fraction_above_0.8']:.2f} across subjects, {share:.2f} across k")
    assert share > 0.6


def paired(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first and the second showing of every image that a subject saw twice."""
    nth = rows.groupby(["subject", "image"]).cumcount()
    first = rows[nth == 0].set_index(["subject", "image"])
    second = rows[nth == 1].set_index(["subject", "image"])
    return first.loc[second.index], second


def across_subjects(study: Path, k: int) -> np.ndarray:
    """r of all matched prototypes of two subjects."""
    table = pd.read_csv(study / "consistency_subjects" / f"k{k:02d}.tsv", sep="\t")
    return table.loc[table["matched"], "r"].to_numpy()


def row_correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a = a - a.mean(axis=1, keepdims=True)
    b = b - b.mean(axis=1, keepdims=True)
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def between_subjects(rows: pd.DataFrame, region: str) -> float:
    """r of two subjects' mean responses to the images that both saw, over all pairs."""
    means = rows.groupby(["image", "subject"])[region].mean().unstack().astype(float)
    r = means.corr().to_numpy()
    return float(r[np.triu_indices(len(r), 1)].mean())


def test_aggregates_beside_those_of_real_data(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Simulated beside real, as NSD's regional averages have it.

    What follows from the covariance between regions lies near; what follows from the groups, which
    are planted stronger than anything in NSD, lies above, by no more than is allowed for here.
    """
    rows = pd.read_parquet(demo / "pooled" / "responses.parquet")
    regions = list(rows.columns[5:])
    X = rows[regions].to_numpy(np.float64)
    r = pd.DataFrame(np.corrcoef(X.T), regions, regions)
    upper = r.to_numpy()[np.triu_indices(len(regions), 1)]
    units = X - X.mean(axis=1, keepdims=True)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    faces, places = ["OFA", "FFA-1", "FFA-2"], ["OPA", "PPA", "RSC"]

    def components(values: np.ndarray) -> np.ndarray:
        variances = np.linalg.eigvalsh(np.cov(values.T))[::-1]
        return variances[:4] / variances.sum()

    def within(names: list[str]) -> float:
        block = r.loc[names, names].to_numpy()
        return float(block[np.triu_indices(len(names), 1)].mean())

    first, second = paired(rows)
    repeats = first[regions].corrwith(second[regions])
    alike = row_correlations(first[regions].to_numpy(float), second[regions].to_numpy(float))
    patterns = pd.Series(alike).groupby(first.index.get_level_values(0).to_numpy()).median()
    fits = pd.read_parquet(demo / "pooled" / "kbest" / "assignments.parquet")
    one, two = paired(fits)
    same = float((one["cluster"] == two["cluster"]).mean())
    shares = fits["cluster"].value_counts(normalize=True)
    own = np.percentile(fits["correlation"], [5, 25, 50, 75, 95])
    gap = np.percentile(fits["correlation"] - fits["runner_up"], [5, 25, 50, 75, 95])
    between, explained = (elbow(demo, "pooled")[f"r2_{name}"] for name in ("between", "explained"))
    one_for_all, six, twelve = (across_subjects(demo, k) for k in (1, 6, 12))
    spread = rows[regions].std()
    cortical = spread.drop(SUBCORTICAL)
    compared = [
        # quantity, simulated, real, how far from it at most
        ("region-region r, 5/50/95 %", np.percentile(upper, [5, 50, 95]), [0.10, 0.38, 0.81], 0.1),
        ("r within early visual", [within(EARLY)], [0.79], 0.08),
        ("r within faces", [within(faces)], [0.76], 0.1),
        ("r within bodies", [within(["EBA", "FBA-2"])], [0.82], 0.06),
        ("r within places", [within(places)], [0.67], 0.12),
        ("r within subcortical", [within(SUBCORTICAL)], [0.60], 0.12),
        (
            "r of early visual, subcortical",
            [r.loc[EARLY, SUBCORTICAL].mean(axis=None)],
            [0.11],
            0.04,
        ),
        ("r of faces, bodies", [r.loc[faces, ["EBA", "FBA-2"]].mean(axis=None)], [0.70], 0.15),
        ("components of raw rows", components(X), [0.51, 0.15, 0.09, 0.05], 0.08),
        ("components of unit rows", components(units), [0.25, 0.19, 0.14, 0.08], 0.06),
        ("R² between, k = 2…5", between.loc[2:5], [0.710, 0.776, 0.810, 0.832], 0.04),
        ("R² between, k = 6…8", between.loc[6:8], [0.846, 0.855, 0.862], 0.04),
        (
            "R² explained, k = 2…5",
            explained.loc[2:5],
            [0.406, 0.499, 0.549, 0.582],
            0.06,
        ),
        ("R² explained, k = 6…8", explained.loc[6:8], [0.604, 0.619, 0.632], 0.06),
        ("r with own prototype, 5…95 %", own, [0.31, 0.50, 0.62, 0.73, 0.85], 0.1),
        ("cluster shares, min/max", [shares.min(), shares.max()], [0.15, 0.18], 0.04),
        ("SD, hippocampus", [spread["L-hippocampus"]], [0.21], 0.03),
        ("SD, amygdala", [spread["L-amygdala"]], [0.27], 0.03),
        ("SD, cortical, min/max", [cortical.min(), cortical.max()], [0.34, 0.44], 0.1),
        ("repeat r, hippocampus", [repeats["L-hippocampus"]], [0.03], 0.06),
        ("repeat r, amygdala", [repeats["L-amygdala"]], [0.05], 0.08),
        ("across subjects, k = 1: mean r", [one_for_all.mean()], [0.34], 0.15),
        ("k = 1: share above .8", [(one_for_all > 0.8).mean()], [0.0], 0.05),
        ("across subjects, k = 6: median r", [np.median(six)], [0.84], 0.06),
        ("k = 6: share above .8", [(six > 0.8).mean()], [0.61], 0.15),
        ("across subjects, k = 12: median r", [np.median(twelve)], [0.81], 0.08),
        # From here on the planted groups show.
        ("runner-up behind by, 5…95 %", gap, [0.02, 0.10, 0.23, 0.39, 0.62], 0.25),
        ("repeat r, PPA", [repeats["PPA"]], [0.33], 0.35),
        ("repeat r, V1v", [repeats["V1v"]], [0.22], 0.45),
        ("repeat r, EBA", [repeats["EBA"]], [0.22], 0.55),
        ("repeat r of patterns, min/max", [patterns.min(), patterns.max()], [0.25, 0.45], 0.2),
        ("repeats in the same cluster", [same], [0.30], 0.5),
        ("between subjects, PPA", [between_subjects(rows, "PPA")], [0.58], 0.3),
        ("between subjects, V1v", [between_subjects(rows, "V1v")], [0.51], 0.4),
        ("between subjects, EBA", [between_subjects(rows, "EBA")], [0.45], 0.5),
    ]
    with capsys.disabled():
        print(f"\n{'':34}{'simulated':>30}{'real':>32}")
        for name, simulated, real, _ in compared:
            a, b = (" ".join(f"{value:.2f}" for value in v) for v in (simulated, real))
            print(f"{name:34}{a:>30}{b:>32}")
    for name, simulated, real, tolerance in compared:
        assert np.abs(np.array(simulated) - real).max() <= tolerance, name


def test_broccoli_is_food(demo: Path) -> None:
    """The enrichment that the study reports can be found where it was planted."""
    table = pd.read_csv(demo / "pooled" / "kbest" / "label_counts.tsv", sep="\t")
    broccoli = table[(table["category"] == "broccoli") & (table["top"].astype(str) == "100")]
    counts = broccoli.set_index("cluster")["instances"].sort_values(ascending=False)
    assert counts.iloc[0] > 10 * max(counts.iloc[1], 1)
    lift = broccoli.set_index("cluster")["instance_lift"]
    assert lift.idxmax() == counts.index[0]


def test_the_dataset_is_small_enough(demo: Path) -> None:
    files = [path for path in (demo / "simulated").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 310e6


def test_a_second_run_does_nothing(demo: Path) -> None:
    assert planned(demo.parents[1], {}) == set()
