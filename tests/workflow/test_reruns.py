"""One thing is changed at a time, and Snakemake tells exactly which jobs it would run again."""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflow.conftest import (
    CLAIMED,
    OF_AVERAGES,
    OF_NIFTI,
    ROOT,
    SMALL,
    SUBJECTS,
    clone,
    pending,
    planned,
    run_snakemake,
    try_snakemake,
)

COHORTS = [*SUBJECTS, "pooled"]
KS = range(1, 8)
RECORD = {"record_config", "record_versions"}
PAGE = {"record_provenance", "write_report"}
"""What is made again whenever anything is, and shows the whole configuration."""
SAID = {"summarise", "write_readme"}
"""What is told of the study: of its choices, and of the pooled cohort's images."""

PACKAGE = "scripts/response_clusters"


def each(rule: str, *parts: Any) -> set[str]:
    """The jobs of a rule over every combination of its wildcards."""
    found = {rule}
    for part in parts:
        values = [part] if isinstance(part, str) else part
        found = {f"{job}/{value}" for job in found for value in values}
    return found


DESCRIBING = (
    *("find_nearest", "count_labels", "plot_mosaic", "plot_contact_sheet", "plot_wordcloud"),
)


def described(*fits: str, cohorts: list[str] = COHORTS) -> set[str]:
    """Everything that shows a fit."""
    rules = (*DESCRIBING, "plot_centroids")
    return set().union(*(each(rule, cohorts, fits) for rule in rules))


def coloured(every: list[str] = COHORTS, ks: Iterable[int] = KS) -> set[str]:
    """What shows clusters by the pooled one they correspond to, in all cohorts of the study."""
    rules = ("plot_mosaic", "plot_contact_sheet", "plot_wordcloud", "plot_centroids")
    return {
        *each("match_pooled", every),
        *(job for rule in rules for job in each(rule, every, ["kbest", "k03"])),
        *each("plot_consistency_k", every),
        *each("plot_consistency_subjects", [*(f"k{k:02d}" for k in ks), "kbest"]),
    }


def chosen(
    cohorts: list[str] = COHORTS, every: list[str] = COHORTS, ks: Iterable[int] = KS
) -> set[str]:
    """The choice of k and what hangs on it; the pooled choice colours `every` cohort."""
    return {
        *coloured(every, ks),
        *each("choose_k", cohorts),
        *each("plot_elbow", cohorts),
        *each("copy_best", cohorts),
        *described("kbest", cohorts=cohorts),
        *each("plot_consistency_k", cohorts),
        "copy_best_subjects",
        "plot_consistency_subjects/kbest",
        "record_versions",
        *SAID,
    }


def fitted(cohorts: list[str] = COHORTS, every: list[str] = COHORTS) -> set[str]:
    """All fits of some cohorts, and everything made of them."""
    return {
        *each("fit_kmeans", cohorts, [f"k{k:02d}" for k in KS]),
        *each("compare_k", cohorts),
        *each("plot_consistency_k", cohorts),
        *each("compare_subjects", [f"k{k:02d}" for k in KS]),
        *each("plot_consistency_subjects", [f"k{k:02d}" for k in KS]),
        *described("k03", cohorts=cohorts),
        *chosen(cohorts, every),
    }


def averaged(cohorts: list[str], every: list[str] = COHORTS) -> set[str]:
    """All rows of some cohorts, and everything made of them."""
    return {
        *each("gather_responses", [c for c in cohorts if c != "pooled"]),
        "pool_responses",
        *fitted(cohorts, every),
    }


SESSIONS = ["subj01/session01", "subj01/session02", "subj02/session01", "subj04/session01"]


def with_subject(subject: str) -> set[str]:
    """What a subject brings with it, from its anatomy to its pictures."""
    of_one = {
        *each("simulate_subject", subject),
        *each("simulate_session", f"{subject}/session01"),
        *each("read_trials", subject),
        *each("read_regions", subject),
        *each("average_session", f"{subject}/session01"),
    }
    every = [*COHORTS, subject]
    return of_one | averaged([subject, "pooled"], every) | {"pool_regions"} | RECORD


def without_subject() -> set[str]:
    """What is made anew when a subject is left out: the pool, and comparisons of subjects."""
    return fitted(["pooled"], [*FEWER, "pooled"]) | {"pool_regions", "pool_responses"} | RECORD


def edited(name: str, old: str, new: str) -> Callable[[Path], None]:
    """A change of one of the project's files."""

    def change(folder: Path) -> None:
        path = folder / "workflow" / name
        text = path.read_text("utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


def newer(pattern: str) -> Callable[[Path], None]:
    """A file that was written again: its contents as they were, its time later."""

    def change(folder: Path) -> None:
        (path,) = folder.glob(pattern)
        held = path.read_bytes()
        path.unlink()  # a link to the original, which is not to change
        path.write_bytes(held)

    return change


def turned(folder: Path) -> None:
    """The keys of the configuration in another order."""
    path = folder / "config" / "config.yaml"

    def reverse(held: Any) -> Any:
        return {k: reverse(held[k]) for k in reversed(held)} if isinstance(held, dict) else held

    path.write_text(
        yaml.safe_dump(reverse(yaml.safe_load(path.read_text("utf-8"))), sort_keys=False), "utf-8"
    )


Change = dict[str, Any] | Callable[[Path], None]
FEWER, MORE = SUBJECTS[:2], [*SUBJECTS, "subj05"]
CASES: dict[str, tuple[Change, set[str]]] = {
    "nothing": ({}, set()),
    "wordcloud look": (
        {"wordcloud": {"max_words": 20}},
        each("plot_wordcloud", COHORTS, ["kbest", "k03"]) | RECORD,
    ),
    "nearest.top": (
        {"nearest": {"top": [10, 50, 100]}},
        each("find_nearest", COHORTS, ["kbest", "k03"])
        | set().union(*(each(r, COHORTS, ["kbest", "k03"]) for r in DESCRIBING))
        | RECORD
        | SAID,
    ),
    "elbow.gain": ({"elbow": {"gain": 0.02}}, chosen() | RECORD),
    "a k added": (
        {"kmeans": {"k": {"max": 8}}},
        {
            *each("fit_kmeans", COHORTS, "k08"),
            *each("compare_k", COHORTS),
            *each("plot_consistency_k", COHORTS),
            *each("compare_subjects", "k08"),
            *each("plot_consistency_subjects", "k08"),
            *chosen(ks=range(1, 9)),
            *RECORD,
        },
    ),
    "a k removed": (
        {"kmeans": {"k": {"max": 6}}},
        {*each("compare_k", COHORTS), *chosen(ks=range(1, 7)), *RECORD},
    ),
    "a subject added": ({"subjects": MORE}, with_subject("subj05")),
    "a subject removed": ({"subjects": FEWER}, without_subject()),
    "kmeans.replicates": ({"kmeans": {"replicates": 11}}, fitted() | RECORD),
    "z-scoring": (
        {"responses": {"zscore": False}},
        each("average_session", SESSIONS) | averaged(COHORTS) | RECORD,
    ),
    "one session file newer": (
        newer("results/small/simulated/**/subj02/**/betas_session01.hdf5"),
        each("average_session", "subj02/session01")
        | averaged(["subj02", "pooled"])
        | {"record_versions"},
    ),
    "a comment in a script": (
        edited(
            f"{PACKAGE}/clustering/fit.py",
            "\n\ndef by_size",
            "\n\n# A remark.\ndef by_size",
        ),
        set(),
    ),
    "a docstring in the package": (
        edited(f"{PACKAGE}/clustering/solver.py", "Lloyd's algorithm", "Lloyd's method"),
        set(),
    ),
    "YAML keys re-ordered": (turned, set()),
    "code of the clustering": (
        edited(
            f"{PACKAGE}/clustering/solver.py",
            "_SAME_OPTIMUM = 1e-6",
            "_SAME_OPTIMUM = 2e-6",
        ),
        fitted(),
    ),
    "code of the matching": (
        edited(f"{PACKAGE}/comparison/matching.py", "\n\n\n", "\n\n_UNUSED = 1\n\n\n"),
        {
            *each("compare_k", COHORTS),
            *each("plot_consistency_k", COHORTS),
            *each("compare_subjects", [f"k{k:02d}" for k in KS]),
            *coloured(),
            "copy_best_subjects",
            "record_versions",
        },
    ),
    "code of one figure": (
        edited(f"{PACKAGE}/figures/elbow.py", "\n\n\n", "\n\n_UNUSED = 1\n\n\n"),
        each("plot_elbow", COHORTS) | {"record_versions"},
    ),
    "a table's schema": (
        edited(f"{PACKAGE}/schemas/tables/labels.yaml", "key:", "# A remark.\nkey:"),
        set(),
    ),
}

# What new files are called after.
LIKE = {"a k added": ("k08", "k07"), "a subject added": ("subj05", "subj04")}


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`over` laid over `base`, key by key, as Snakemake does it."""
    return base | {
        key: merged(base.get(key, {}), value) if isinstance(value, dict) else value
        for key, value in over.items()
    }


def concurrently(do: Callable[[str], Any], cases: Iterable[str]) -> dict[str, Any]:
    """What `do` gives for each case, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return {
            case: done.result() for case, done in {c: pool.submit(do, c) for c in cases}.items()
        }


@pytest.fixture(scope="module")
def plans(small: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What each change would run again, each on a clone of the finished study."""

    def plan(case: str) -> set[str]:
        change, _ = CASES[case]
        folder = clone(small.parents[1], tmp_path_factory.mktemp("clone"))
        if not isinstance(change, dict):
            change(folder)
            change = {}
        return planned(folder, merged(SMALL, change), like=LIKE.get(case, ("", "")))

    return concurrently(plan, CASES)


@pytest.mark.parametrize("case", CASES)
def test_a_change_runs_exactly_what_depends_on_it(plans: dict[str, set[str]], case: str) -> None:
    expected = CASES[case][1]
    assert sorted(plans[case] - expected) == []
    assert sorted(expected - plans[case]) == []


# A change of each key, laid over the finished small study.
KEYS: dict[str, dict[str, Any]] = {
    "seed": {"seed": 1},
    "dataset.space": {"dataset": {"space": "func1mm"}},
    "dataset.betas": {"dataset": {"betas": "betas_assumehrf"}},
    "subjects": {"subjects": FEWER},
    "sessions": {"sessions": 1},
    "simulated.sessions": {"simulated": {"sessions": {"subj01": 3}}},
    "simulated.groups": {"simulated": {"groups": False}},
    "simulated.group_strength": {"simulated": {"group_strength": 2}},
    "simulated.noise": {"simulated": {"noise": 2}},
    "regions": {"regions": {"aseg": None}},
    "responses.zscore": {"responses": {"zscore": False}},
    "responses.invalid": {"responses": {"invalid": "zero"}},
    "responses.repeats": {"responses": {"repeats": "mean"}},
    "responses.constant": {"responses": {"constant": "drop"}},
    "kmeans.k.max": {"kmeans": {"k": {"max": 6}}},
    "kmeans.replicates": {"kmeans": {"replicates": 12}},
    "kmeans.swaps": {"kmeans": {"swaps": 12}},
    "kmeans.max_iterations": {"kmeans": {"max_iterations": 12}},
    "elbow.statistic": {"elbow": {"statistic": "r2_explained"}},
    "elbow.gain": {"elbow": {"gain": 0.02}},
    "nearest.top": {"nearest": {"top": [10, 50, 100]}},
    "nearest.annotated": {"nearest": {"annotated": True}},
    "nearest.distinct": {"nearest": {"distinct": False}},
    "labels.crop": {"labels": {"crop": False}},
    "labels.count": {"labels": {"count": "images"}},
    "wordcloud.top": {"wordcloud": {"top": 10}},
    "wordcloud.size_by": {"wordcloud": {"size_by": "lift"}},
    "wordcloud.max_words": {"wordcloud": {"max_words": 10}},
    "wordcloud.prefer_horizontal": {"wordcloud": {"prefer_horizontal": 1}},
    "describe.cohorts": {"describe": {"cohorts": ["pooled"]}},
    "describe.k": {"describe": {"k": ["best"]}},
    "claims.surrogates": {"claims": {"surrogates": 4}},
    "claims.curve": {"claims": {"curve": 3}},
    "claims.groups": {"claims": {"groups": 3}},
    "claims.replicates": {"claims": {"replicates": 3}},
    "claims.splits": {"claims": {"splits": 3}},
    "claims.bootstraps": {"claims": {"bootstraps": 3}},
    "claims.permutations": {"claims": {"permutations": 39}},
    "claims.labels.min_images": {"claims": {"labels": {"min_images": 20}}},
    "claims.labels.prior": {"claims": {"labels": {"prior": 5}}},
    "claims.sensitivity": {"claims": {"sensitivity": ["seed", "r2_explained"]}},
    "report.megabytes": {"report": {"megabytes": 15}},
    "report.pictures": {"report": {"pictures": False}},
    "report.names": {"report": {"names": {1: "scenes"}}},
}
# Keys that make it another study, and those that say how a bucket is reached: tests/integration.
ELSEWHERE = ["study", "dataset.source", "dataset.root", "dataset.endpoint", "dataset.access"]
# Keys that name files, laid over a study of averaged responses.
FILES = [
    f"dataset.{name}"
    for name in (
        *("pattern", "trials_per_session", "design", "stimuli"),
        *("labels", "annotations", "pictures"),
    )
]


def reruns_documented() -> dict[str, str]:
    """What config/README.md says runs again after a change of each key."""
    text = (ROOT / "config" / "README.md").read_text("utf-8")
    table = text[text.index("| key | runs again |") :].partition("\n\n")[0]
    rows = (line.strip("| ").split(" | ") for line in table.splitlines()[2:])
    return {key: said for keys, said in rows for key in re.findall(r"`([^`]+)`", keys)}


class Graph:
    """Which rule's files which rule reads."""

    def __init__(self, printed: str) -> None:
        names = dict(re.findall(r"(\d+)\[label = \"(\w+)\"", printed))
        self.rules = set(names.values())
        self.edges = [(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", printed)]

    def following(self, rules: Iterable[str]) -> set[str]:
        """Some rules and all that follows from them, the page with it, but not record and end."""
        found = set(rules)
        while more := {b for a, b in self.edges if a in found} - found:
            found |= more
        return (found | PAGE & self.rules) - RECORD - {"all"}


def documented(key: str, graph: Graph) -> set[str]:
    """The rules that the table says run again after a change of `key`."""
    named = re.findall(r"`(\w+)`", reruns_documented()[key])
    # Another kind of source has other rules.
    return graph.following(rule for rule in named if rule in graph.rules)


@pytest.fixture(scope="module")
def key_plans(claimed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The rules that a change of each key would run again."""

    def plan(key: str) -> set[str]:
        folder = clone(claimed.parents[1], tmp_path_factory.mktemp("key"))
        again, _ = pending(folder, merged(CLAIMED, KEYS[key]))
        return set(again.values()) - RECORD

    return concurrently(plan, KEYS)


@pytest.fixture(scope="module")
def graph(claimed: Path) -> Graph:
    return Graph(run_snakemake(claimed.parents[1], CLAIMED, "--rulegraph", "dot"))


@pytest.mark.parametrize("key", KEYS)
def test_the_table_of_keys_says_what_runs_again(
    key_plans: dict[str, set[str]], graph: Graph, key: str
) -> None:
    assert sorted(key_plans[key]) == sorted(documented(key, graph))


def test_the_table_has_every_key() -> None:
    tested = {*KEYS, *FILES, *ELSEWHERE, "dataset.format"}
    assert tested == set(reruns_documented())


@pytest.mark.parametrize("key", FILES)
def test_the_table_says_what_other_files_run_again(
    from_averages: Path, averages: Path, tmp_path: Path, key: str
) -> None:
    folder = clone(from_averages.parents[1], tmp_path / "clone")
    over = yaml.safe_load((folder / "overlay.yaml").read_text("utf-8"))
    graph = Graph(run_snakemake(folder, over, "--rulegraph", "dot", *OF_AVERAGES))
    name = key.removeprefix("dataset.")
    if name == "pattern":
        for path in sorted(averages.rglob("meanbeta_*.txt")):
            other = path.with_name(path.name.replace("meanbeta_", "mean_"))
            other.unlink(missing_ok=True)
            os.link(path, other)
        now: Any = "{subject}/mean_{region}.txt"
    elif name == "trials_per_session":
        now = 375
    elif name == "labels":
        now = str(tmp_path / "labels.csv")
        Path(now).write_text("image,category\n0,sea\n")
        over["dataset"]["annotations"] = None
    elif name == "annotations":
        now = over["dataset"]["annotations"][:1]
    else:
        now = str(shutil.copy(over["dataset"][name], tmp_path))
    again, _ = pending(folder, merged(over, {"dataset": {name: now}}), *OF_AVERAGES)
    assert set(again.values()) - RECORD == documented(key, graph)


def test_another_format_averages_anew_only_where_other_files_are_read(
    small: Path, from_nifti: Path, nifti_root: Path, tmp_path: Path
) -> None:
    folder = clone(from_nifti.parents[1], tmp_path / "clone")
    over = yaml.safe_load((folder / "overlay.yaml").read_text("utf-8"))
    assert planned(folder, merged(over, {"dataset": {"format": "nii"}}), *OF_NIFTI) == {
        "record_config"
    }
    graph = Graph(run_snakemake(folder, over, "--rulegraph", "dot", *OF_NIFTI))
    betas = sorted((small / "simulated").rglob("betas_session01.hdf5"))
    links = [nifti_root / path.relative_to(small / "simulated") for path in betas]
    links = [link for link in links if link.parent.is_dir()]
    try:
        for path, link in zip(betas, links, strict=True):
            os.link(path, link)
        again, logs = pending(folder, over, *OF_NIFTI)
    finally:
        for link in links:
            link.unlink(missing_ok=True)
    assert set(again.values()) - RECORD == documented("dataset.format", graph)
    means = [path for path, rule in again.items() if rule == "average_session"]
    assert len({logs[path] for path in means}) == len(SUBJECTS)


def test_another_dataset_under_the_same_name_is_refused(small: Path, tmp_path: Path) -> None:
    folder = clone(small.parents[1], tmp_path / "clone")
    dataset = {"source": "nsd", "root": str(small / "simulated")}
    done = try_snakemake(folder, merged(SMALL, {"dataset": dataset}), "-n")
    assert done.returncode != 0
    assert re.search(
        r"results/small/config.yaml: this folder holds a study of another dataset \(simulated; now "
        r"nsd .*/simulated\): give the new one a name of its own \(study\), or remove",
        done.stdout + done.stderr,
    )


def test_results_no_longer_made_are_listed_and_removed_on_request(
    small: Path, tmp_path: Path
) -> None:
    folder = clone(small.parents[1], tmp_path / "clone")
    results = folder / "results" / "small"
    # Copies, notes and links are somebody's own, whatever they are called.
    shutil.copytree(results / "subj04", results / "subj04_before")
    shutil.copytree(results / "subj04" / "k07", results / "subj05" / "k07")
    (results / "notes").mkdir()
    shutil.copy(results / "subj04" / "regions.tsv", results / "notes" / "regions.tsv")
    (results / "notes.txt").write_text("mine\n")
    elsewhere = folder / "elsewhere"
    shutil.move(results / "subj02" / "k07", elsewhere)
    (results / "subj02" / "k07").symlink_to(elsewhere)
    edited = results / "pooled" / "k07" / "centroids.tsv"
    edited.unlink()  # a link to the other study's file
    edited.write_text("mine too\n")
    os.utime(edited, (time.time() + 600,) * 2)
    before = sorted(path for path in results.rglob("*") if path.is_file())
    printed = run_snakemake(folder, SMALL, "stale")
    assert "Nothing in results/small is stale" in printed
    fewer = merged(SMALL, {"subjects": FEWER, "kmeans": {"k": {"max": 6}}})
    printed = run_snakemake(folder, fewer, "stale")
    listed = {line for line in printed.splitlines() if line.startswith("results/small/")}
    gone = {
        path.relative_to(folder).as_posix()
        for path in before
        if re.search(r"small/(?!simulated|notes).*(subj04|k07)", path.as_posix())
        and not re.search("simulate_|subj04_before|subj05/k07|subj02/k07", path.as_posix())
        and path != edited
    }
    assert listed == gone
    assert all((folder / name).exists() for name in gone)
    printed = run_snakemake(folder, fewer, "remove_stale")
    assert {line for line in printed.splitlines() if line.startswith("results/small/")} == gone
    after = {path.relative_to(folder).as_posix() for path in results.rglob("*") if path.is_file()}
    assert (
        after - {"results/small/logs/stale.log", "results/small/logs/remove_stale.log"}
        == {path.relative_to(folder).as_posix() for path in before} - gone
    )
    assert not (results / "subj04").exists()
    assert (elsewhere / "centroids.tsv").is_file()
    assert (results / "subj04_before" / "responses.parquet").is_file()
    assert (results / "notes.txt").read_text() == "mine\n"
