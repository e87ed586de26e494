"""What the claims are worth: on data with groups and without, and on data that lack something."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from response_clusters.tables import read_table
from response_clusters.verification.schemas import schema_of

from tests.workflow.conftest import (
    CLAIMED,
    CLAIMS,
    ROOT,
    clone,
    overlay,
    pending,
    planned,
    run_snakemake,
)

TABLES = [
    *("nulls", "curve", "chosen_k", "prototypes", "ladder", "stability", "generalisation"),
    *("repeats", "shared", "enrichment", "nearest_again", "information", "cooccurrence"),
    *("associations", "lineage", "claims"),
]
FIGURES = [
    *("nulls", "curve", "prototypes", "ladder", "stability", "generalisation", "agreement"),
    *("enrichment", "nearest_again", "information", "cooccurrence", "associations", "lineage"),
    "claims",
]
THEMES = [f"theme_{name}" for name in ("food", "bodies", "faces", "sky", "animals", "indoor")]
STATEMENTS = [
    *("elbow", "clusters_exist", "one_partition", "across_k", "across_subjects", *THEMES),
    *("broccoli", "similar_stimuli", "coactivation", "nearest"),
]


def table(study: Path, name: str) -> pd.DataFrame:
    return read_table(study / "claims" / f"{name}.tsv", name)


def pooled(study: Path, name: str) -> pd.DataFrame:
    rows = table(study, name)
    return rows[rows["cohort"] == "pooled"].set_index(["k", "statistic"])


def verdicts(study: Path) -> dict[str, str]:
    return dict(table(study, "claims")[["claim", "verdict"]].itertuples(index=False))


def test_every_table_and_figure_is_there(demo: Path) -> None:
    for name in TABLES:
        assert len(table(demo, name)), name
    for name in FIGURES:
        assert (demo / "claims" / f"{name}.svg").is_file(), name
        assert (demo / "claims" / f"{name}.png").is_file(), name
    assert table(demo, "claims")["claim"].tolist() == STATEMENTS


def test_planted_groups_are_told_from_a_continuum(demo: Path) -> None:
    nulls = pooled(demo, "nulls")["index"][6]
    for statistic in ("r2_between", "r2_explained", "repeat_kappa", "shared_kappa"):
        assert nulls[statistic] >= 0.5, statistic
    p = pooled(demo, "nulls")["p"][6]
    assert (p[["r2_between", "r2_explained", "repeat_kappa"]] == 1 / 40).all()
    ladder = table(demo, "ladder")
    at_chosen = ladder[ladder["k"] == 6].set_index("level")["index"]
    assert (at_chosen >= 0.5).all()
    assert at_chosen.loc[["trials", "images", "shared"]].is_monotonic_increasing


def test_stability_is_lost_after_the_planted_k(demo: Path) -> None:
    strength = pooled(demo, "stability")["observed"].xs("prediction_strength", level="statistic")
    assert strength[strength > 0.8].index.max() == 6
    assert pooled(demo, "stability").loc[(6, "jaccard_least"), "observed"] > 0.85


def test_prototypes_of_groups_are_no_poles_and_those_of_a_continuum_are(
    demo: Path, ungrouped: Path
) -> None:
    assert table(demo, "prototypes")["antipode"].median() > -0.7
    assert (table(ungrouped, "prototypes")["antipode"] <= -0.95).all()
    assert (table(ungrouped, "prototypes")["axes_3"] > 0.95).all()


def test_without_groups_the_index_is_0(ungrouped: Path) -> None:
    nulls = pooled(ungrouped, "nulls")
    k = nulls.index.get_level_values("k")[0]
    for statistic in ("r2_between", "r2_explained", "repeat_kappa", "shared_kappa"):
        assert abs(nulls.loc[(k, statistic), "index"]) <= 0.1, statistic
    ladder = table(ungrouped, "ladder")
    assert (ladder.loc[ladder["k"] == k, "index"].abs() <= 0.1).all()


def test_the_verdicts_follow(demo: Path, ungrouped: Path) -> None:
    found, without = verdicts(demo), verdicts(ungrouped)
    for claim in ("clusters_exist", "similar_stimuli", "theme_food", "theme_animals"):
        assert found[claim] == "holds", claim
    for claim in ("clusters_exist", "one_partition", "theme_food", "theme_animals", "broccoli"):
        assert without[claim] == "does_not", claim
    # Choosing six is no evidence of groups: the continuum does so, too.
    assert found["elbow"] == without["elbow"] == "in_part"
    assert found["theme_sky"] == without["theme_sky"] == "untestable"


def test_the_readme_of_the_results_begins_with_the_verdicts(demo: Path) -> None:
    text = (demo / "README.md").read_text("utf-8")
    held = sum(verdict == "holds" for verdict in verdicts(demo).values())
    assert held > 0
    for claim in table(demo, "claims").itertuples():
        assert claim.statement in text
    assert text.index("claims/claims") < text.index("config.yaml")


def test_enrichment_holds_on_other_images_and_other_subjects(demo: Path, ungrouped: Path) -> None:
    rows = table(demo, "enrichment")
    broccoli = rows[(rows["category"] == "broccoli") & (rows["top"] == "all")]
    best = broccoli.loc[broccoli.groupby("sample")["rate"].idxmax()]
    assert best["cluster"].nunique() == 1
    assert len(best) == 3
    assert (best["low"] > 0).all()
    assert (best["q"] < 0.05).all()
    assert (table(ungrouped, "enrichment")["q"].dropna() > 0.05).mean() > 0.99


def test_an_image_selected_for_its_r_has_less_the_next_time(demo: Path) -> None:
    again = table(demo, "nearest_again")
    assert (again["r_again"] < again["r_nearest"] - 0.1).all()
    assert (again["r_again"] > again["r_base"]).all()


def test_a_finished_study_has_its_claims_and_a_second_run_does_nothing(claimed: Path) -> None:
    assert planned(claimed.parents[1], CLAIMED) == set()
    for name in TABLES:
        table(claimed, name)
        assert schema_of(f"claims/{name}.tsv") == ("tables", name)


def test_null_switches_all_of_it_off(small: Path) -> None:
    assert not (small / "claims").exists()
    text = (small / "README.md").read_text("utf-8")
    assert "claims/" not in text
    assert "not computed (claims: null)" in text


def test_more_surrogates_leave_those_there_are(claimed: Path, tmp_path: Path) -> None:
    folder = clone(claimed.parents[1], tmp_path / "more")
    more = {**CLAIMED, "claims": {**CLAIMS, "surrogates": 300}}
    again, _ = pending(folder, more)
    fitted = {Path(path).parent.name for path, rule in again.items() if rule == "fit_draws"}
    assert fitted == {"continuum_000-265", "continuum_266-299"}
    assert {rule for rule in again.values() if rule.startswith("fit_")} == {"fit_draws"}


@pytest.fixture(scope="module")
def bare(averages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Averages of one subject, of whom it is not known what was shown."""
    folder = tmp_path_factory.mktemp("bare")
    config = overlay(
        study="bare",
        subjects=["subj04"],
        regions="all",
        dataset={"source": "regions", "root": str(averages)},
        kmeans={"k": {"max": 5}, "replicates": 3},
        claims=CLAIMS,
    )
    run_snakemake(folder, config)
    return folder / "results" / "bare"


def test_what_cannot_be_known_is_null_or_left_out(bare: Path) -> None:
    nulls = table(bare, "nulls")
    assert nulls["index"].isna().all()
    assert nulls["groups"].isna().all()
    assert nulls.loc[nulls["statistic"] == "r2_between", "p"].notna().all()
    assert nulls.loc[nulls["statistic"] == "repeat_kappa", "observed"].isna().all()
    assert table(bare, "ladder")["level"].unique().tolist() == ["trials"]
    absent = ("generalisation", "shared", "enrichment", "information", "cooccurrence")
    assert not [name for name in absent if (bare / "claims" / f"{name}.tsv").exists()]


def test_what_cannot_be_known_cannot_be_judged(bare: Path) -> None:
    found = verdicts(bare)
    for claim in (*THEMES, "across_subjects", "broccoli", "similar_stimuli", "coactivation"):
        assert found[claim] == "untestable", claim
    rows = table(bare, "claims")
    assert rows["reason"].str.len().min() > 10
    assert "holds" not in set(found.values())


def test_docs_explain_every_statistic(claimed: Path) -> None:
    text = (ROOT / "docs" / "claims.md").read_text("utf-8")
    named = {
        name
        for stem in ("nulls", "stability", "generalisation", "repeats")
        for name in table(claimed, stem)["statistic"].str.replace(r"_\d+$", "_", regex=True)
    }
    assert [name for name in sorted(named) if name.rstrip("_") not in text] == []
    assert np.all([f"`{name}.tsv`" in text for name in TABLES])
