"""The configuration is checked, and the plan finds what is there."""

import copy
import datetime
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from response_clusters import StudyError
from response_clusters.sources.nsd import layout as nsd_layout
from response_clusters.study.config import SCHEMA, checked
from response_clusters.study.literal import require_literal
from response_clusters.study.plan import described_fits, draws_of, k_values
from response_clusters.study.planning import make_plan

CONFIG = Path(__file__).resolve().parents[3] / "config"


def load(name: str) -> dict[str, Any]:
    return yaml.safe_load((CONFIG / f"{name}.yaml").read_text("utf-8"))


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """What Snakemake does with a further --configfile."""
    found = copy.deepcopy(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = merged(found[key], value) if both else value
    return found


def configured(**over: Any) -> dict[str, Any]:
    return checked(merged(load("config"), over))


def test_the_order_of_keys_means_nothing() -> None:
    config = load("config")
    turned = {key: config[key] for key in reversed(config)}
    assert list(checked(turned)) == list(checked(config))
    assert checked(turned)["regions"]["aseg"]["17"] == "L-hippocampus"


def described(schema: dict[str, Any], key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key of the schema with what the schema says of it, sections included."""
    for name, rules in schema.get("properties", {}).items():
        within = f"{key}.{name}" if key else name
        yield within, rules
        yield from described(rules, within)


def test_every_key_is_described_and_has_its_default_in_the_embedded_study() -> None:
    schema = dict(described(yaml.safe_load(SCHEMA.read_text("utf-8"))))
    config = load("config")
    for key, rules in schema.items():
        assert rules["description"].endswith("."), key
    leaves = {key: rules for key, rules in schema.items() if "properties" not in rules}
    defaults: dict[str, Any] = {}
    for key, rules in leaves.items():
        *sections, name = key.split(".")
        place = defaults
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = rules["default"]
    assert defaults == config


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"kmens": {}}, "no key 'kmens' at the top level; .* did you mean 'kmeans'"),
        (
            {"nearest": {"tops": [1]}},
            "no key 'tops' at nearest; expected some of top, distinct, .* did you mean 'top'",
        ),
        (
            {"kmeans": {"replicates": 0}},
            "kmeans.replicates is 0; expected a whole number from 1 up to 100000:",
        ),
        ({"kmeans": {"k": {"min": 1}}}, "no key 'min' at kmeans.k; expected some of max"),
        ({"kmeans": 6}, "kmeans is 6; expected the keys k, replicates, swaps, max_iterations"),
        ({"dataset": None}, "dataset is null; expected the keys source, root"),
        ({"study": "../elsewhere"}, "study is '../elsewhere'; expected text that matches"),
        ({"dataset": {"source": "simulate"}}, "did you mean 'simulated'"),
        ({"dataset": {"annotations": []}}, r"dataset.annotations is \[\]; expected null or a list"),
        ({"elbow": {"gain": float("nan")}}, "elbow.gain is nan; expected a finite number"),
        (
            {"sessions": "first"},
            "sessions is 'first'; expected all or a whole number from 1 up to 9999 or",
        ),
        ({"describe": {"k": ["worst"]}}, "describe.k.0 is 'worst'; expected best or a whole"),
        ({"regions": {"floc-faces": 5}}, "regions.floc-faces is 5; expected all or null or a list"),
        ({"regions": {"aseg": {"left": "L"}}}, "no key 'left' at regions.aseg"),
        ({"regions": {"aseg": "all"}}, "regions.aseg is 'all'; expected names by label number"),
        ({"regions": {"floc-faces": ["trial"]}}, "another column of the results"),
        ({"regions": dict.fromkeys(load("config")["regions"])}, "leaves out every collection"),
        ({"dataset": {"source": "nsd"}}, "dataset.root is empty"),
        ({"describe": {"k": ["best", 13]}}, "describe.k asks for 13"),
        ({"wordcloud": {"top": 50}}, "wordcloud.top is 50"),
        ({"wordcloud": {"size_by": "enrichment"}, "claims": None}, "size_by is enrichment, but"),
        ({"subjects": ["pooled"]}, "subjects names 'pooled'; expected subjects only"),
        ({"regions": "all"}, "regions is 'all'; expected collections by name"),
        ({"simulated": {"sessions": {"subj09": 1}}}, "subj09"),
    ],
)
def test_mistakes_in_the_configuration_are_told(over: dict[str, Any], says: str) -> None:
    with pytest.raises(StudyError, match=says):
        configured(**over)


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"subjects": ["subj09"]}, "'subj09'"),
        ({"sessions": 3}, "asks for 3, but subj03 has only 1, 2"),
        ({"describe": {"cohorts": ["subj99"]}}, "describe.cohorts names 'subj99'"),
        ({"regions": {"floc-bodys": "all"}}, "'floc-bodys'; .* did you mean 'floc-bodies'"),
    ],
)
def test_what_is_not_in_the_data_is_told(over: dict[str, Any], says: str) -> None:
    with pytest.raises(StudyError, match=says):
        make_plan(configured(**over))


def test_the_simulated_plan_takes_its_sessions_from_the_configuration() -> None:
    plan = make_plan(configured(subjects=["subj04", "subj01"], sessions=2))
    assert plan.sessions == {"subj01": [1, 2], "subj04": [1, 2]}
    assert plan.cohorts == ["subj01", "subj04", "pooled"]
    assert plan.missing == {}
    assert plan.note.startswith("Simulated data")


def test_fits_are_named_by_two_digits() -> None:
    config = configured(describe={"k": ["best", 4, 12]})
    assert described_fits(config) == ["kbest", "k04", "k12"]
    assert k_values(config) == list(range(1, 13))


def nsd_root(root: Path, files: dict[str, list[str]]) -> Path:
    version = "betas_fithrf_GLMdenoise_RR"
    for subject, names in files.items():
        folder = root / "nsddata_betas/ppdata" / subject / "func1pt8mm" / version
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).touch()
        for collection, choice in load("config")["regions"].items():
            paths = [nsd_layout.region_volume(subject, "func1pt8mm", collection)]
            if choice == "all":
                paths.append(nsd_layout.region_names(subject, collection))
            for path in paths:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text("0 Unknown")
        sibling = folder.parent / "restingbetas_fithrf"
        sibling.mkdir()
        (sibling / "betas_session99.hdf5").touch()
    design = root / "nsddata/experiments/nsd"
    design.mkdir(parents=True)
    (design / "nsd_expdesign.mat").write_text("a design")
    (design / "nsd_stim_info_merged.csv").touch()
    return root


def test_sessions_are_detected_and_hdf5_is_preferred(tmp_path: Path) -> None:
    files = {
        "subj01": ["betas_session01.hdf5", "betas_session01.nii.gz", "betas_session03.nii.gz"],
        "subj02": ["betas_session02.nii.gz", "ncsnr.nii.gz", "betas_session04.hdf5.part"],
    }
    root = nsd_root(tmp_path, files)
    over = merged(load("nsd"), {"dataset": {"root": str(root)}})
    plan = make_plan(configured(**over))
    assert plan.sessions == {"subj01": [1, 3], "subj02": [2]}
    assert plan.source.session_files("subj01", 1)["betas"].endswith("session01.hdf5")
    assert plan.source.session_files("subj01", 3)["betas"].endswith("session03.nii.gz")
    # A download that did not end is passed over, and said.
    parts = {"labels and wordclouds", "mosaics and contact sheets", "session 4 of subj02"}
    assert set(plan.missing) == parts
    nii = make_plan(configured(**merged(over, {"dataset": {"format": "nii"}})))
    assert nii.source.session_files("subj01", 1)["betas"].endswith("session01.nii.gz")
    hdf5 = make_plan(configured(**merged(over, {"dataset": {"format": "hdf5"}})))
    assert hdf5.sessions == {"subj01": [1]}
    first = make_plan(configured(**merged(over, {"sessions": 1})))
    assert first.sessions == {"subj01": [1], "subj02": [2]}  # the first that each has
    with pytest.raises(StudyError, match="found betas of func1pt8mm/betas_fithrf_GLMdenoise_RR: "):
        make_plan(configured(**merged(over, {"dataset": {"space": "func1mm"}})))
    (root / "nsddata/experiments/nsd/nsd_stim_info_merged.csv").unlink()
    assert "images" in make_plan(configured(**over)).missing
    (root / "nsddata/experiments/nsd/nsd_expdesign.mat").unlink()
    with pytest.raises(StudyError, match="no such file; expected NSD's design"):
        make_plan(configured(**over))
    with pytest.raises(StudyError, match="no such folder"):
        make_plan(configured(**merged(over, {"dataset": {"root": str(tmp_path / "none")}})))


def test_every_file_that_jobs_read_is_an_input_once(tmp_path: Path) -> None:
    names = ["betas_session01.hdf5", "betas_session01.nii.gz", "betas_session02.hdf5"]
    root = nsd_root(tmp_path / "nsd", {"subj01": names, "subj02": names[:1]})
    dataset = {"source": "nsd", "root": str(root)}
    plan = make_plan(configured(dataset=dataset, sessions=1))
    # Of each subject a session (one in both formats), six volumes and the names of five of them.
    inputs = plan.inputs["dataset"]
    assert inputs == sorted(set(inputs))
    assert len(inputs) == 2 + (2 + 11) + (1 + 11)
    assert all(Path(path).is_file() for path in inputs)
    assert not [path for path in inputs if "session02" in path or "session99" in path]
    assert plan.told(configured(dataset=dataset))["labels"] == ""


def test_inputs_of_averages_have_no_stimuli_where_images_are_unknown(tmp_path: Path) -> None:
    for region in ("V1v", "EBA"):
        np.savetxt(tmp_path / f"subj01_{region}.txt", np.zeros(10))
    (tmp_path / "stimuli.csv").write_text("image")
    dataset = {"root": str(tmp_path), "pattern": "{subject}_{region}.txt"}
    dataset["stimuli"] = str(tmp_path / "stimuli.csv")
    config = configured(**merged(load("regions"), {"dataset": dataset}))
    plan = make_plan(config)
    assert [Path(p).name for p in plan.inputs["dataset"]] == ["subj01_EBA.txt", "subj01_V1v.txt"]
    told = plan.told(config)
    assert (told["kind"], told["images"], told["stimuli"]) == ("averages", False, False)


def test_inputs_of_the_embedded_study_are_those_that_it_makes(tmp_path: Path) -> None:
    plan = make_plan(configured(), str(tmp_path))
    inputs = plan.inputs["dataset"]
    assert all(path.startswith("results/demo/simulated/") for path in inputs)
    assert {*plan.source.annotations, plan.source.pictures} <= set(inputs)
    assert len([path for path in inputs if "betas_session" in path]) == 20


def test_region_folders_are_found_by_pattern(tmp_path: Path) -> None:
    for subject, rows in (("subj01", 1500), ("subj02", 800)):
        (tmp_path / subject).mkdir()
        for region in ("V1v", "L_amygdala"):
            np.savetxt(tmp_path / subject / f"meanbeta_{region}.txt", np.zeros(rows))
    over = merged(load("regions"), {"dataset": {"root": str(tmp_path)}})
    plan = make_plan(configured(**over))
    assert plan.sessions == {"subj01": [1, 2], "subj02": [1, 2]}
    assert plan.source.names_of("subj01") == ["L_amygdala", "V1v"]
    parts = {"images", "labels and wordclouds", "mosaics and contact sheets"}
    assert set(plan.missing) == {*parts, "maps on the brain"}
    without = make_plan(configured(**merged(over, {"report": None})))
    assert set(without.missing) == parts  # nobody asks for maps
    with pytest.raises(StudyError, match="repeats is 'mean'"):
        make_plan(configured(**merged(over, {"responses": {"repeats": "mean"}})))
    with pytest.raises(StudyError, match="matches dataset.pattern"):
        make_plan(configured(**merged(over, {"dataset": {"pattern": "{subject}.parquet"}})))


@pytest.mark.parametrize("suffix", ["parquet", "csv", "tsv"])
def test_one_table_per_subject_is_found(suffix: str, tmp_path: Path) -> None:
    table = pd.DataFrame({"V1v": np.arange(6.0), "EBA": 1.0, "session": [1, 1, 2, 2, 4, 4]})
    path = tmp_path / f"subj01.{suffix}"
    if suffix == "parquet":
        table.to_parquet(path)
    else:
        table.to_csv(path, sep="\t" if suffix == "tsv" else ",", index=False)
    dataset = {"root": str(tmp_path), "pattern": f"{{subject}}.{suffix}"}
    plan = make_plan(configured(**merged(load("regions"), {"dataset": dataset})))
    assert plan.sessions == {"subj01": [1, 2, 4]}
    assert plan.missing["consistency across subjects"] == "there is one subject only"


def test_a_table_may_say_its_trials_and_images(tmp_path: Path) -> None:
    trials = {"trial": [1, 800, 801, 2251], "image": [3, 4, 3, 5]}
    table = pd.DataFrame({"V1v": np.arange(4.0), **trials})
    table.to_csv(tmp_path / "subj01.csv", index=False)
    dataset = {
        "root": str(tmp_path),
        "pattern": "{subject}.csv",
        "stimuli": str(tmp_path / "of" / "stimuli.csv"),
    }
    over = merged(load("regions"), {"dataset": dataset})
    with pytest.raises(StudyError, match="stimuli.csv: .* .dataset.stimuli."):
        make_plan(configured(**over))
    (tmp_path / "of").mkdir()
    (tmp_path / "of" / "stimuli.csv").write_text("a table")
    plan = make_plan(configured(**over))
    assert plan.sessions == {"subj01": [1, 2, 4]}
    assert plan.images_known
    assert "images" not in plan.missing


def test_subjects_may_be_named_twice_in_a_pattern_and_are_sorted(tmp_path: Path) -> None:
    for subject in ("s2", "s1"):
        (tmp_path / subject).mkdir()
        for region in ("V1v", "EBA"):
            np.savetxt(tmp_path / subject / f"{subject}_{region}.txt", np.zeros(10))
    dataset = {"root": str(tmp_path), "pattern": "{subject}/{subject}_{region}.txt"}
    plan = make_plan(configured(**merged(load("regions"), {"dataset": dataset})))
    assert plan.subjects == ["s1", "s2"]
    (tmp_path / "s2").rename(tmp_path / "pooled")
    for path in (tmp_path / "pooled").iterdir():
        path.rename(path.with_name(path.name.replace("s2", "pooled")))
    with pytest.raises(StudyError, match="'pooled' is the name of a folder of the results"):
        make_plan(configured(**merged(load("regions"), {"dataset": dataset})))


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"kmeans": {"k": {"max": 3.0}}}, "kmeans.k.max is 3.0; expected a whole number from 2"),
        ({"seed": 1000.0}, "seed is 1000.0; expected a whole number from 0"),
        ({"seed": "1e3"}, "seed is '1e3'; expected a whole number from 0"),
        ({"seed": 2**64}, "seed is 18446744073709551616; expected a whole number from 0 up to"),
        ({"describe": {"k": [3.0]}}, "describe.k.0 is 3.0; expected best or a whole number"),
        ({"nearest": {"top": [10.0]}}, "nearest.top.0 is 10.0; expected a whole number"),
        ({"nearest": {"top": ["٣"]}}, "nearest.top.0 is '٣'"),
        ({"sessions": [1.0]}, "sessions.0 is 1.0; expected a whole number"),
        ({"sessions": True}, "expected all or a whole number"),
        ({"kmeans": {"replicates": 10**30}}, "expected a whole number from 1 up to 100000"),
        ({"regions": {"aseg": {"٣": "x"}}}, "no key '٣' at regions.aseg"),
        ({"regions": {"aseg": {10**12: "x"}}}, "the label 1000000000000; expected numbers up to"),
        ({"regions": {"aseg": {17: "a\nb"}}}, r"regions.aseg: 'a\\nb' is no name for a region"),
        ({"regions": {"aseg": {17: "Trial"}}}, "another column of the results"),
        ({"subjects": [False]}, r"subjects.0 is False \(YAML's no, off or false\); .* in quotes"),
        ({"dataset": {"pattern": {"subject": None}}}, "pattern is {'subject': None}; .* in quotes"),
        ({"subjects": ["a", "b", "a"]}, "subjects names 'a' twice; expected it once"),
        ({"subjects": [datetime.date(2020, 1, 1)]}, "subjects.0 is 2020-01-01; .* in quotes"),
        ({"regions": {"aseg": {17: True}}}, r"regions.aseg.17 is True \(YAML's yes, on or true"),
        ({"subjects": ["../x"]}, "subjects: '../x' is no name for a subject"),
    ],
)
def test_numbers_and_names_of_the_configuration_are_what_they_seem(
    over: dict[str, Any], says: str
) -> None:
    with pytest.raises(StudyError, match=says):
        configured(**over)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("study: a\nseed: 010\n", "line 2, seed has 010, which YAML reads as 8; .*: write 8, or"),
        ("nearest: {top: [10, 1:30]}", "nearest.top.1 has 1:30, which YAML reads as 90"),
        ("kmeans:\n  replicates: 1_000", "line 2, kmeans.replicates has 1_000, .* as 1000"),
        ("regions: {aseg: {017: L-hippocampus}}", "regions.aseg.017 has 017, .* reads as 15"),
        ("seed: 1\nkmeans: {}\nseed: 2\n", "line 3, seed is there a second time"),
        ('{"kmeans": {"swaps": 1, "swaps": 2}}', "kmeans.swaps is there a second time"),
    ],
)
def test_what_yaml_reads_otherwise_than_people_is_refused(
    text: str, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(StudyError, match=rf"mine\.yaml: in .*{says}"):
        require_literal(path)


@pytest.mark.parametrize("path", sorted(CONFIG.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_yaml_reads_as_people_do_is_let_be(path: Path, tmp_path: Path) -> None:
    require_literal(path)
    plain = tmp_path / "mine.yaml"
    plain.write_text("subjects: ['010', '1:30', no]\nelbow: {gain: 0.5e-2}\nseed: -0\n")
    require_literal(plain)


@pytest.mark.parametrize(
    ("regions", "says"),
    [
        (["V1v", "subject"], "regions names 'subject', which is another column"),
        (["V1v", "Trial"], "regions names 'Trial', which is another column"),
        ({"floc-faces": None}, "regions has keys such as .*; expected all or a list"),
    ],
)
def test_regions_of_averages_are_listed_by_names_of_their_own(regions: Any, says: str) -> None:
    over = merged(load("regions"), {"dataset": {"root": "data"}, "regions": regions})
    over["regions"] = regions
    with pytest.raises(StudyError, match=says):
        configured(**over)


def test_names_match_however_their_letters_are_encoded(tmp_path: Path) -> None:
    separate, composed = (unicodedata.normalize(form, "séb") for form in ("NFD", "NFC"))
    (tmp_path / f"{separate}.csv").write_text(f"{separate},EBA\n1,2\n2,3\n", "utf-8")
    for name in (separate, composed):
        over = {"subjects": [name], "regions": [name, "EBA"], "describe": {"cohorts": [name]}}
        dataset = {"root": str(tmp_path), "pattern": "{subject}.csv"}
        config = configured(**merged(load("regions"), {"dataset": dataset, **over}))
        assert config["regions"] == [composed, "EBA"]
        assert make_plan(config).subjects == [composed]


def test_subjects_that_differ_by_capital_letters_are_refused(tmp_path: Path) -> None:
    for name in ("subjA", "suBja"):
        (tmp_path / f"{name}.csv").write_text("V1v,EBA\n1,2\n2,3\n")
    dataset = {"root": str(tmp_path), "pattern": "{subject}.csv"}
    over = merged(load("regions"), {"dataset": dataset})
    with pytest.raises(StudyError, match="subjects suBja, subjA differ by capital letters only"):
        make_plan(configured(**over))
    assert make_plan(configured(**over, subjects=["subjA"])).subjects == ["subjA"]
    (tmp_path / "suBja.csv").rename(tmp_path / "Pooled.csv")
    with pytest.raises(StudyError, match="'Pooled' is the name of a folder of the results"):
        make_plan(configured(**over))


@pytest.mark.parametrize(
    "link",
    [
        "nsddata/experiments/nsd/nsd_stim_info_merged.csv",
        "nsddata/experiments/nsd/nsd_expdesign.mat",
        "nsddata_stimuli/stimuli/nsd/nsd_stimuli.hdf5",
        "nsddata_stimuli",
        "nsddata/ppdata/subj01/behav/responses.tsv",
        "nsddata/ppdata/subj01/func1pt8mm/aseg.nii.gz",
        "nsddata_betas/ppdata/subj01/func1pt8mm/betas_fithrf_GLMdenoise_RR/betas_session02.hdf5",
        "nsddata_betas/ppdata/subj02",
    ],
)
def test_a_link_to_nowhere_is_an_error_and_not_an_absence(link: str, tmp_path: Path) -> None:
    root = nsd_root(tmp_path, {"subj01": ["betas_session01.hdf5"]})
    path = root / link
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("../.git/annex/objects/x")
    over = merged(load("nsd"), {"dataset": {"root": str(root)}})
    with pytest.raises(StudyError, match=rf"{link}: the link leads to \.\./\.git/annex"):
        make_plan(configured(**over))


def test_braces_in_a_path_are_refused_with_what_to_do(tmp_path: Path) -> None:
    root = tmp_path / "da{ta}"
    root.mkdir()
    (root / "subj01.csv").write_text("V1v,EBA\n1,2\n2,3\n")
    dataset = {"root": str(root), "pattern": "{subject}.csv"}
    over = merged(load("regions"), {"dataset": dataset})
    with pytest.raises(StudyError, match="takes braces for wildcards; .* make a link to it"):
        make_plan(configured(**over))


def test_labels_that_nobody_names_get_an_example(tmp_path: Path) -> None:
    root = nsd_root(tmp_path, {"subj01": ["betas_session01.hdf5"]})
    volume = root / "nsddata/ppdata/subj01/func1pt8mm/roi/MTL.nii.gz"
    volume.write_bytes(b"volume")
    over = merged(load("nsd"), {"dataset": {"root": str(root)}, "regions": {"MTL": "all"}})
    with pytest.raises(StudyError, match=r"regions: \{MTL: \{1: first-region"):
        make_plan(configured(**over))
    templates = root / "nsddata/templates"
    templates.mkdir()
    (templates / "MTL.ctab").write_text("0 Unknown\n1 ERC\n2 area35\n")
    with pytest.raises(StudyError, match=r"such as regions: \{MTL: \{1: ERC, 2: area35\}\}"):
        make_plan(configured(**over))


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("dataset: {source: nsd, root: elsewhere}\n", "another dataset .nsd elsewhere; now simul"),
        ("kmeans: {seed: 1}\n", "the file is damaged or something else"),
        ("dataset: [", "the file is damaged or something else"),
        ("", "the file is damaged or something else"),
    ],
)
def test_results_of_another_or_an_unknown_dataset_are_not_overwritten(
    record: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results" / "demo").mkdir(parents=True)
    (tmp_path / "results" / "demo" / "config.yaml").write_text(record)
    with pytest.raises(StudyError, match=rf"results/demo/config\.yaml: .*{says}"):
        make_plan(configured())


@pytest.mark.parametrize(
    ("trials", "curve", "parts"),
    [
        (15_000, False, ["observed_000-000", "continuum_000-038", "groups_000-008"]),
        (15_000, True, ["observed_000-002", "continuum_000-008", "groups_000-008"]),
        (
            213_000,
            True,
            [
                *("observed_000-002", "continuum_000-002", "continuum_003-005"),
                *("continuum_006-008", "groups_000-002", "groups_003-005", "groups_006-008"),
            ],
        ),
    ],
)
def test_draws_are_divided_into_jobs_by_the_number_of_trials(
    trials: int, curve: bool, parts: list[str]
) -> None:
    class Few:
        def trials(self, cohort: str) -> int:
            assert cohort == "pooled"
            return trials

    observed = 3 if curve else 1
    found = draws_of(load("config"), Few(), curve=curve, observed=observed)  # type: ignore[arg-type]
    assert found == parts
