"""The study as a part of a larger workflow; its checkout read-only, moved or on a host."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflow.conftest import PROJECT, ROOT, SMALL, clone, copy_project

PREFIX = "parts/brain"
IMPORTING = """
configfile: "studies.yaml"


rule own:
    output:
        "own.txt",
    shell:
        "touch {output}"


module clusters:
    snakefile: "SNAKEFILE"
    config: config["clusters"]
    prefix: config["prefix"]


use rule * from clusters as clusters_*
"""
# What `snakedeploy deploy-workflow` writes, but for the path in place of the repository.
DEPLOYED = """
from snakemake.utils import min_version


min_version("6.10.0")


configfile: "config/config.yaml"


module response_clusters:
    snakefile:
        "SNAKEFILE"
    config:
        config


use rule * from response_clusters
"""
# A mount that nobody else sees and that ends with the process.
READ_ONLY = ("unshare", "--mount", "sh", "-c", 'mount --bind -o ro "$0" "$0" && exec "$@"')


def try_importing(
    folder: Path,
    *words: str,
    before: Sequence[str | Path] = (),
    env: dict[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run Snakemake in `folder`, which has a Snakefile of its own, by the study's profile."""
    shutil.copytree(ROOT / "profiles/default", folder / "profiles/default", dirs_exist_ok=True)
    return subprocess.run(
        [*before, sys.executable, "-m", "snakemake", "--cores", "2", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "", **(env or {})},
        check=False,
    )


def run_importing(folder: Path, *words: str, **how: Any) -> str:
    """As `try_importing`; a failure fails the test and shows what was printed."""
    done = try_importing(folder, *words, **how)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout + done.stderr


def jobs(printed: str) -> dict[str, int]:
    """How many jobs of each rule a plan has."""
    table = printed.partition("Job stats:")[2].partition("\ntotal")[0]
    return {rule: int(n) for rule, n in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}


def write_importing(
    folder: Path, snakefile: Path | str, config: dict[str, Any], prefix: str = PREFIX
) -> Path:
    """A workflow that imports the study under `prefix`, with `config` as the study's own part."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Snakefile").write_text(IMPORTING.replace("SNAKEFILE", str(snakefile)))
    both = {"clusters": config, "prefix": prefix}
    (folder / "studies.yaml").write_text(yaml.safe_dump(both))
    return folder


def results(folder: Path) -> Path:
    return folder / PREFIX / "results" / "small"


# Results that nothing else is made of, or only others of these.
LEAVES = (
    *("config.yaml", "README.md", "versions.json", "pooled/elbow.*g", "subj02/consistency_k.*g"),
    *("consistency_subjects/k03.*g", "subj02/k03/nearest.tsv", "subj02/k03/label_counts.*"),
    *(f"subj02/k03/{name}.*g" for name in ("mosaic", "contact_sheet", "wordcloud", "centroids")),
)


@pytest.fixture(scope="module")
def imported(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workflow in which the small study is a part; the leaves of its results are made there.

    The others are links: made by the study itself, so that not everything is made twice.
    """
    folder = tmp_path_factory.mktemp("importing")
    assert len(SMALL) == 7
    write_importing(folder, small.parents[1] / "workflow/Snakefile", SMALL)
    shutil.copytree(small, results(folder), copy_function=os.link)
    for pattern in LEAVES:
        for path in list(results(folder).glob(pattern)):
            path.unlink()
    run_importing(folder, "clusters_all")
    return folder


def files(study: Path) -> dict[str, Path]:
    """Every file of a study by its path below it, without what each job said and took."""
    found = {path.relative_to(study).as_posix(): path for path in study.rglob("*")}
    told = ("logs/", "benchmarks/", "made/")
    return {k: path for k, path in found.items() if path.is_file() and not k.startswith(told)}


def test_a_module_with_a_prefix_and_seven_keys_makes_the_same_bytes(
    imported: Path, small: Path
) -> None:
    made = {k: path for k, path in files(results(imported)).items() if path.stat().st_nlink == 1}
    leaves = [path for pattern in LEAVES for path in small.glob(pattern)]
    assert set(made) == {path.relative_to(small).as_posix() for path in leaves}
    for name, path in made.items():
        assert path.read_bytes() == (small / name).read_bytes(), name
    assert not (imported / "results").exists()


def test_the_first_rule_of_the_importing_workflow_stays_its_default(imported: Path) -> None:
    printed = run_importing(imported, "-n")
    assert jobs(printed) == {"own": 1}
    # Such as a directive that names rules as they are called in the study alone.
    assert "not present" not in printed


def clone_of(imported: Path, folder: Path) -> Path:
    """The importing workflow and its results, these as links."""
    shutil.copytree(imported / PREFIX, folder / PREFIX, copy_function=os.link)
    shutil.copytree(imported / ".snakemake", folder / ".snakemake")
    return folder


def test_of_another_checkout_nothing_is_made_again(imported: Path) -> None:
    folder = clone_of(imported, imported.with_name("moved"))
    write_importing(folder, ROOT / "workflow/Snakefile", SMALL)
    assert "Nothing to be done" in run_importing(folder, "-n", "clusters_all")


@pytest.fixture(scope="module")
def refitted(imported: Path, small: Path) -> Path:
    """In another copy, one fit and all that it is made of, from the simulated betas on."""
    folder = clone_of(imported, imported.with_name("refitted"))
    write_importing(folder, small.parents[1] / "workflow/Snakefile", SMALL)
    for name, path in files(results(folder)).items():
        if "subj04" in name.split("/"):
            path.unlink()
    run_importing(folder, f"{PREFIX}/results/small/subj04/k05/fit.json")
    return folder


def test_the_simulated_dataset_lies_below_the_prefix_too(refitted: Path, small: Path) -> None:
    made = {k: path for k, path in files(results(refitted)).items() if "subj04" in k.split("/")}
    names = {path.name for path in made.values()}
    assert {"aseg.nii.gz", "betas_session01.hdf5", "responses.parquet", "fit.json"} <= names
    for name, path in made.items():
        assert path.read_bytes() == (small / name).read_bytes(), name


def test_a_prefix_holds_for_stale_results(refitted: Path, small: Path) -> None:
    """The fit at k05 was made below the prefix, and with k up to 4 it is not made any more."""
    folder = refitted
    fewer = {**SMALL, "kmeans": {"k": {"max": 4}, "replicates": 10}}
    write_importing(folder, small.parents[1] / "workflow/Snakefile", fewer)
    fit = [f"subj04/k05/{name}" for name in ("assignments.parquet", "centroids.tsv", "fit.json")]
    below = "fit_kmeans/subj04/k05"
    planted = [*fit, f"logs/{below}.log", f"benchmarks/{below}.tsv", f"made/{below}.json"]
    note = results(folder) / "subj04/k05/note.txt"
    note.write_text("mine")
    listed = run_importing(folder, "clusters_stale")
    found = re.findall(rf"^{PREFIX}/results/small/(\S+)$", listed, re.MULTILINE)
    assert found == sorted(planted), listed
    run_importing(folder, "clusters_remove_stale")
    assert [name for name in planted if (results(folder) / name).exists()] == []
    assert note.read_text() == "mine"


def test_a_prefix_holds_for_the_refusal_of_another_dataset(imported: Path, small: Path) -> None:
    folder = clone_of(imported, imported.with_name("other"))
    (folder / "nsd").symlink_to(small / "simulated")
    other = {**SMALL, "dataset": {"source": "nsd", "root": "nsd"}}
    write_importing(folder, ROOT / "workflow/Snakefile", other)
    done = try_importing(folder, "-n", "clusters_all")
    assert done.returncode == 1
    said = f"{PREFIX}/results/small/config.yaml: this folder holds a study of another dataset "
    assert said in done.stdout + done.stderr


def test_the_page_shows_a_workflow_that_works(small: Path, tmp_path: Path) -> None:
    page = (ROOT / "docs/module.md").read_text("utf-8")
    for language, name in (("python", "Snakefile"), ("yaml", "config.yaml")):
        text = page.partition(f"```{language}\n")[2].partition("```")[0]
        (tmp_path / name).write_text(text)
    (tmp_path / "response-clusters").symlink_to(ROOT)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/nsd").symlink_to(small / "simulated")
    planned = jobs(run_importing(tmp_path, "-n"))
    assert planned["paper"] == 1 and planned["clusters_plot_elbow"] == 1
    assert planned["clusters_fit_kmeans"] == 20 and "clusters_plot_mosaic" not in planned


def test_a_relative_root_lies_in_the_folder_of_the_run(small: Path, tmp_path: Path) -> None:
    """Where the study is a part of a workflow, its dataset need not be: no prefix for the root."""
    dataset = {"source": "nsd", "root": "data/nsd"}
    config = {"study": "real", "dataset": dataset, "subjects": ["subj04"]}
    folder = write_importing(tmp_path, ROOT / "workflow/Snakefile", config, "parts")
    (folder / "data").mkdir()
    (folder / "data/nsd").symlink_to(small / "simulated")
    assert jobs(run_importing(folder, "-n", "clusters_all"))["clusters_plot_mosaic"] == 2
    names = ["subj04/regions.tsv", "subj04/betas/session01.parquet"]
    run_importing(folder, *(f"parts/results/real/{name}" for name in names))
    for name in names:
        made = folder / "parts/results/real" / name
        assert made.read_bytes() == (small / name).read_bytes()


def test_averages_and_all_that_goes_with_them_need_no_prefix(
    small: Path, averages: Path, tmp_path: Path
) -> None:
    nsd = "data/nsddata/experiments/nsd"
    stimuli = "data/nsddata_stimuli/stimuli/nsd"
    dataset = {
        **{"source": "regions", "root": "means"},
        **{"design": f"{nsd}/nsd_expdesign.mat", "stimuli": f"{nsd}/nsd_stim_info_merged.csv"},
        "annotations": [f"{stimuli}/annotations/instances_{s}2017.json" for s in ("train", "val")],
        "pictures": f"{stimuli}/nsd_stimuli.hdf5",
    }
    config = {"study": "means", "dataset": dataset, "regions": "all"}
    folder = write_importing(tmp_path, ROOT / "workflow/Snakefile", config, "parts")
    (folder / "means").symlink_to(averages)
    (folder / "data").symlink_to(small / "simulated")
    assert jobs(run_importing(folder, "-n", "clusters_all"))["clusters_plot_mosaic"] == 4


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """The jobs of the default study."""
    folder = tmp_path_factory.mktemp("full")
    return jobs(run_importing(folder, "-n", "--snakefile", str(ROOT / "Snakefile")))


def test_a_folder_of_snakedeploy_plans_the_full_study(full: dict[str, int], tmp_path: Path) -> None:
    (tmp_path / "workflow").mkdir()
    text = DEPLOYED.replace("SNAKEFILE", str(ROOT / "workflow/Snakefile"))
    (tmp_path / "workflow/Snakefile").write_text(text)
    shutil.copytree(ROOT / "config", tmp_path / "config")
    assert full["all"] == 1 and full["fit_kmeans"] == 9 * 12
    assert jobs(run_importing(tmp_path, "-n")) == full


def without_project(small: Path, folder: Path) -> Path:
    """The finished small study and Snakemake's records of it, apart from any checkout."""
    clone(small.parents[1], folder)
    for name in PROJECT:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return folder


def test_a_read_only_checkout_runs(small: Path, tmp_path: Path) -> None:
    checkout, folder = tmp_path / "checkout", without_project(small, tmp_path / "run")
    checkout.mkdir()
    copy_project(checkout)
    for path in checkout.rglob("__pycache__"):
        shutil.rmtree(path)
    before = [*READ_ONLY, checkout]
    tried = subprocess.run([*before, "touch", checkout / "new"], capture_output=True, text=True)
    if "Read-only file system" not in tried.stderr:
        pytest.skip(f"this user may not mount anything read-only: {tried.stderr.strip()}")
    names = ["pooled/k04/fit.json", "subj02/k03/mosaic.svg", "pooled/elbow.svg"]
    for name in names:
        (folder / "results/small" / name).unlink()  # Links, of which the original stays.
    study = ("--snakefile", str(checkout / "workflow/Snakefile"), "--configfile", "overlay.yaml")
    # Whatever is compiled goes into the user's cache, which is not that of who runs the tests.
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    targets = [f"results/small/{name}" for name in names]
    run_importing(folder, *targets, *study, before=before, env=env)
    for name in names:
        made = folder / "results/small" / name
        assert made.stat().st_nlink == 1
        assert made.read_bytes() == (small / name).read_bytes(), name
    assert "is stale" in run_importing(folder, "stale", *study, before=before, env=env)


def test_moving_the_checkout_re_runs_nothing(small: Path, tmp_path: Path) -> None:
    """A finished study, run by a copy of the workflow at another path, with another age."""
    folder = without_project(small, tmp_path / "study")
    moved = tmp_path / "somewhere else, ailleurs é"
    moved.mkdir()
    copy_project(moved)
    for path in moved.rglob("*"):
        os.utime(path)
    for snakefile in ("Snakefile", "workflow/Snakefile"):
        words = ("--snakefile", str(moved / snakefile), "--configfile", "overlay.yaml")
        assert "Nothing to be done" in run_importing(folder, *words)


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workflow that imports the study from a git repository, file by file."""
    folder = tmp_path_factory.mktemp("hosted")
    repository = folder / "repository"
    repository.mkdir()
    copy_project(repository)
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    for words in (("init", "-q", "-b", "main"), ("add", "."), (*who, "commit", "-qm", "All")):
        subprocess.run(["git", *words], cwd=repository, check=True)
    snakefile = f"git+file://{repository}/workflow/Snakefile@main"
    return write_importing(folder / "importing", snakefile, {})


def test_a_module_from_a_host_works_with_the_package_installed(
    hosted: Path, full: dict[str, int]
) -> None:
    # As pip installs it: beside packages that are not the study's, without its scripts.
    installed = hosted / "site-packages"
    for package in ("response_clusters", "simulated_nsd"):
        shutil.copytree(ROOT / "workflow/scripts" / package, installed / package)
    env = {"PYTHONPATH": str(installed)}
    printed = run_importing(hosted, "-n", "clusters_all", env=env)
    assert jobs(printed) == {f"clusters_{rule}": number for rule, number in full.items()}
    record = f"{PREFIX}/results/demo/config.yaml"
    run_importing(hosted, record, env=env)
    assert yaml.safe_load((hosted / record).read_text("utf-8"))["kmeans"]["k"]["max"] == 12
    assert "Nothing to be done" in run_importing(hosted, record, env=env)


def test_a_module_from_a_host_asks_for_the_package(hosted: Path) -> None:
    done = try_importing(hosted, "-n", "clusters_all")
    assert done.returncode == 1
    printed = done.stdout + done.stderr
    assert "response_clusters: there is no such package in the environment" in printed
    assert "pip install" in printed and "Traceback" not in printed
