"""The text on methods: what was done, what was not, and the works that it cites."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from response_clusters import StudyError
from response_clusters.report.bibliography import REFERENCES, bibliography, cited, entries
from response_clusters.report.methods import methods
from response_clusters.sources.averages.source import Averages
from response_clusters.sources.nsd.source import NSD
from response_clusters.sources.source import VoxelSource
from response_clusters.study.config import checked
from simulated_nsd.source import SimulatedNSD

CONFIG = Path(__file__).resolve().parents[3] / "config" / "config.yaml"
SOFTWARE: dict[str, Any] = {
    "python": "3.11.7",
    "packages": {"numpy": "2.4", "scipy": "1.17", "nibabel": "5.4", "snakemake": "9.27"},
    "commit": "32f32c5330f66ba68dfe3a652d86481997a3549a",
    "clean": True,
}
DATA: dict[str, Any] = {
    **{"source": "Responses were made up.", "references": "", "kind": "voxels"},
    **{"sessions": {"ada": [1, 2], "ben": [1, 2, 3]}, "images": True, "stimuli": True},
    **{"pictures": True, "runs": True, "labels": "annotations"},
}
SIZES = {"trials": 1500, "images": 400, "regions": 23}


def config(**over: Any) -> dict[str, Any]:
    """The embedded study's configuration, with other values at dotted keys."""
    loaded = yaml.safe_load(CONFIG.read_text("utf-8"))
    for key, value in over.items():
        *sections, name = key.split("__")
        place = loaded
        for section in sections:
            place = place[section]
        place[name] = value
    return checked(loaded)


def text(over: dict[str, Any] | None = None, software: Any = SOFTWARE, **data: Any) -> str:
    paragraphs = methods(config(**(over or {})), software, DATA | data, SIZES)
    return "\n".join(f"# {heading}\n{paragraph}" for heading, paragraph in paragraphs)


WHOLE = text()
EVERY = {
    "whole": WHOLE,
    "no claims": text({"claims": None}),
    "one subject": text(sessions={"ada": [1]}),
    "averages": text(kind="averages"),
    "no images": text(images=False, stimuli=False, pictures=False, runs=False, labels=""),
    "no labels": text(labels=""),
    "a table of labels": text(labels="table"),
    "means": text({"responses__repeats": "mean"}),
    "swaps": text({"kmeans__swaps": 20, "elbow__statistic": "r2_explained"}),
}


@pytest.mark.parametrize("case", EVERY)
def test_it_can_be_pasted(case: str) -> None:
    told = EVERY[case]
    assert not re.search(r"None|nan\b|True|False|[{}]|  |\.\.|\bdict", told)
    for line in told.splitlines():
        assert line.startswith("# ") or line.endswith(".")


@pytest.mark.parametrize("case", EVERY)
def test_what_is_cited_has_an_entry_and_nothing_else_does(case: str) -> None:
    keys = cited(EVERY[case])
    assert set(keys) == set(re.findall(r"@(\w+)", EVERY[case]))
    assert sorted(entries(bibliography(keys))) == sorted(keys)


def test_every_reference_is_cited_by_some_study() -> None:
    known = entries(REFERENCES.read_text("utf-8"))
    sources = [NSD, Averages, SimulatedNSD]
    told = "".join(source_text(source) for source in sources) + "".join(EVERY.values())
    full = SOFTWARE | {"packages": dict.fromkeys(["numba", "pandas", "matplotlib"], "1")}
    assert set(cited(told + text(software=full))) == set(known)
    assert len(re.findall(r"^@", REFERENCES.read_text("utf-8"), re.M)) == len(known)


@pytest.mark.parametrize("entry", entries(REFERENCES.read_text("utf-8")).values())
def test_entries_are_whole(entry: str) -> None:
    assert entry.count("{") == entry.count("}")
    assert "author = {" in entry and "title = {" in entry


def source_text(kind: type[Any]) -> str:
    source = kind()
    source.version, source.space = "betas_fithrf_GLMdenoise_RR", "func1pt8mm"
    source.pattern, source.design = "{subject}/meanbeta_{region}.txt", "nsd_expdesign.mat"
    source.settings = {"groups": True}
    return source.methods(config())


def test_sources_say_what_they_are() -> None:
    assert "[@allen2022]" in source_text(NSD) and "GLMdenoise" in source_text(NSD)
    assert "No responses were measured" in source_text(SimulatedNSD)
    assert "imported" in source_text(Averages) and "[@gu2022]" in source_text(Averages)


def test_betas_and_tables_of_other_kinds_are_not_taken_for_known_ones() -> None:
    nsd, averages = NSD(), Averages()
    nsd.version, nsd.space = "betas_own", "func1mm"
    assert "estimated" not in nsd.methods(config()) and "1 mm" in nsd.methods(config())
    averages.pattern = "{subject}.parquet"
    assert cited(averages.methods(config())) == []


def test_a_source_of_the_users_has_a_sentence() -> None:
    class Own(VoxelSource):
        find = trial_files = region_files = session_files = files_of = lambda *given: {}

    assert Own().methods(config()) == "Responses were read from the dataset simulated."


def test_numbers_are_those_of_the_configuration() -> None:
    for words in (
        *("from 50 starts drawn", "for 1,000 iterations at most", "each k from 1 to 12"),
        *("gain in R² below 0.01", "(39 surrogates)", "(9 surrogates)", "had 10 starts"),
        *("into random halves 3 times", "clustered anew 20 times", "200 bootstraps"),
        *("999 permutations", "in at least 10 images", "counts as 10 images", "the seed 0"),
        *("2 subjects with 2 or 3 sessions each, 1,500 trials in all, of 400 different images",),
        *("the 23 regions that every subject had", "among the 10 and 100 nearest images"),
    ):
        assert words in WHOLE, words
    other = text({"kmeans__replicates": 7, "claims__surrogates": 99, "elbow__gain": 0.02})
    assert "from 7 starts" in other and "(99 surrogates)" in other and "below 0.02" in other


def test_nothing_is_said_of_what_was_not_done() -> None:
    assert "surrogate" not in EVERY["no claims"]
    assert "every subject had" not in EVERY["one subject"]
    assert "subjects at the same k" not in EVERY["one subject"]
    assert "without each subject" not in EVERY["one subject"]
    assert "z-scored" not in EVERY["averages"] and "nibabel" not in EVERY["averages"]
    assert "COCO" not in EVERY["no labels"] and "hypergeometric" not in EVERY["no labels"]
    assert "table of categories" in EVERY["a table of labels"]
    assert "COCO" not in EVERY["a table of labels"]
    for words in ("Repeated images", "The index of", "corners", "luminance", "COCO", "run within"):
        assert words in WHOLE and words not in EVERY["no images"], words
    assert "franti2018" in EVERY["swaps"] and "franti2018" not in WHOLE
    assert "crop" in WHOLE and "crop" not in text({"labels__crop": False})


def test_without_repeats_within_subjects_signal_and_noise_are_one() -> None:
    """Means over repeats leave one row of an image to each subject."""
    means = EVERY["means"]
    assert "corners" not in means and "no model of groups" in means
    assert "within a subject" not in means and "several subjects saw" in means
    assert "Repeated images" not in text({"responses__repeats": "mean"}, sessions={"ada": [1]})


def test_the_elbows_own_r2_is_told_first() -> None:
    for case, first, second in (("whole", "B / (W + B)", "r₁"), ("swaps", "r₁", "B / (W + B)")):
        assert EVERY[case].index(first) < EVERY[case].index(second)


def test_software_is_told_as_it_was() -> None:
    assert "commit 32f32c5330f6, under Snakemake 9.27" in WHOLE
    changed = text(software=SOFTWARE | {"clean": False})
    assert "32f32c5330f6 with uncommitted changes" in changed
    assert "commit" not in text(software=SOFTWARE | {"commit": None, "clean": None})


def test_a_source_brings_references_of_its_own() -> None:
    own = "@misc{ada1843,\n  title = {Notes},\n}\n"
    assert bibliography(["ada1843"], own) == own
    with pytest.raises(StudyError, match="cites ada1843, and there is no such entry"):
        bibliography(["ada1843", "lloyd1982"])


def test_citations_are_read_in_groups_and_once() -> None:
    assert cited("a [@b; @a] c [@b]. d@e.f [@c-1]") == ["b", "a", "c-1"]
    assert bibliography([]) == ""


def test_few_surrogates_are_judged_by_their_interval() -> None:
    assert "fewer than 19 surrogates" in WHOLE
    enough = {"claims__surrogates": 99, "claims__curve": 19}
    assert "fewer than 19 surrogates" not in text(enough)
