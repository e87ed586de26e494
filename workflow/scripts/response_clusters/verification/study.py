"""A whole study held against itself: every file against its schema, its digest and its sources."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from response_clusters.errors import StudyError
from response_clusters.names import POOLED
from response_clusters.study.plan import k_values
from response_clusters.study.readme import readme
from response_clusters.study.statements import Stated
from response_clusters.tables import region_columns
from response_clusters.verification.comparisons import (
    consistency_k_faults,
    consistency_subjects_faults,
    identity_faults,
)
from response_clusters.verification.descriptions import (
    image_faults,
    label_faults,
    nearest_faults,
)
from response_clusters.verification.elbows import chosen_k, copy_faults, elbow_faults
from response_clusters.verification.fits import Fit, fit_faults
from response_clusters.verification.manifest import digest_faults
from response_clusters.verification.rows import pooled_faults, subject_faults
from response_clusters.verification.schemas import Results, schema_of
from response_clusters.verification.telling import told

Check = Callable[[], Iterator[str]]
"""Yields a sentence for each fault that it finds."""
FITTED = ["kbest/assignments.parquet", "kbest/centroids.tsv", "kbest/fit.json"]
COMPARED = ["kbest.tsv", "kbest.json"]
"""What is copied of the fit that the elbow chose, below the folders of cohorts and comparisons."""
CLAIMS = "claims/claims.tsv"
"""What the README begins with, where claims are judged."""


@dataclass(frozen=True)
class Study:
    """What is to be verified.

    Attributes
    ----------
    out : Path
        The study's folder.
    config : dict
        The whole configuration.
    subjects : list of str
        In the order of the plan.
    note : str
        What every record says of the data.
    missing : dict
        The parts left out, each with the reason.
    """

    out: Path
    config: dict[str, Any]
    subjects: list[str]
    note: str
    missing: dict[str, str]

    @property
    def cohorts(self) -> list[str]:
        return [*self.subjects, POOLED]

    @property
    def ks(self) -> list[int]:
        return k_values(self.config)

    @property
    def fits(self) -> list[str]:
        return [f"k{k:02d}" for k in self.ks]


def study_faults(study: Study, files: Iterable[str], statements: Mapping[str, Stated]) -> list[str]:
    """Every result that is not what it should be, a sentence each.

    What comes of the dataset itself (trials, regions, regional means, labels, stimuli) and figures
    are held against their digests alone: to do more is to run the study.

    Parameters
    ----------
    files : iterable of str
        The files that the study consists of, all of which are there.
    statements : mapping of Stated
        What jobs stated of them, by path.
    """
    names = {Path(name).relative_to(study.out).as_posix() for name in files}
    results = Results(study.out, names)
    faults = [*digest_faults(statements)]
    for name in sorted(names):
        if schema_of(name):
            faults += _tried(study.out / name, partial(_read, results, name))
    for name, check in _checks(study, results):
        faults += _tried(study.out / name, check)
    return list(dict.fromkeys(faults))


def _read(results: Results, name: str) -> Iterator[str]:
    """Read a file by its schema: what is wrong with it is raised."""
    results.table(name)
    yield from ()


def _tried(path: Path, check: Check) -> list[str]:
    """What a check finds; what keeps it from being made is a fault, too."""
    faults: list[str] = []
    try:
        for fault in check():
            faults.append(fault)
    except StudyError as error:
        faults.append(str(error))
    except (ValueError, LookupError, OSError) as error:
        found = f"it cannot be compared with what it comes of ({type(error).__name__}: {error})"
        faults.append(told(path, found, "results of one study"))
    return faults


def _checks(study: Study, results: Results) -> Iterator[tuple[str, Check]]:
    """Every check by content, with the file or the folder that it is about."""
    config, subjects, note = study.config, study.subjects, study.note
    yield "config.yaml", partial(_record_faults, study, results)
    for subject in subjects:
        yield subject, partial(subject_faults, results, subject, config["responses"])
    yield POOLED, partial(pooled_faults, results, subjects, config["responses"])
    for cohort in study.cohorts:
        yield from _cohort_checks(study, results, cohort)
    if len(subjects) > 1:
        folder = "consistency_subjects"
        for k in study.ks:
            yield folder, partial(consistency_subjects_faults, results, subjects, k, note)
        yield folder, partial(_copies, study, results, POOLED, folder, COMPARED)
    if "images.parquet" in results.names:
        yield "images.parquet", partial(image_faults, results)
    for name in sorted(results.names):
        folder, _, file = name.rpartition("/")
        if file == "nearest.tsv":
            yield name, partial(nearest_faults, results, folder, config["nearest"])
        if file == "label_counts.tsv":
            yield name, partial(label_faults, results, folder, config["nearest"], note)


def _cohort_checks(study: Study, results: Results, cohort: str) -> Iterator[tuple[str, Check]]:
    """The checks of one cohort's fits, of its elbow and of what compares its fits."""
    elbow = study.config["elbow"]
    for k in study.ks:
        yield f"{cohort}/k{k:02d}", partial(_fit_faults, study, results, cohort, k)
    found = partial(elbow_faults, results, cohort, study.fits, elbow, study.note)
    yield f"{cohort}/elbow.tsv", found
    yield f"{cohort}/kbest", partial(_copies, study, results, cohort, cohort, FITTED)
    yield f"{cohort}/identity.tsv", partial(_identity_faults, study, results, cohort)
    if len(study.ks) > 2:
        found = partial(consistency_k_faults, results, cohort, study.ks[1:])
        yield f"{cohort}/consistency_k.tsv", found


def _identity_faults(study: Study, results: Results, cohort: str) -> Iterator[str]:
    """Whether a cohort's clusters are matched to those of the fit that the pooled elbow chose."""
    k = chosen_k(results, POOLED, study.fits, study.config["elbow"])
    yield from identity_faults(results, cohort, study.ks, (POOLED, f"k{k:02d}"))


def _copies(
    study: Study, results: Results, cohort: str, folder: str, files: list[str]
) -> Iterator[str]:
    """Whether files of the fit that a cohort's elbow chose are copies."""
    k = chosen_k(results, cohort, study.fits, study.config["elbow"])
    yield from copy_faults(results, folder, f"k{k:02d}", files)


def _fit_faults(study: Study, results: Results, cohort: str, k: int) -> Iterator[str]:
    """Read one fit and hold it against its responses."""
    name = f"{cohort}/k{k:02d}"
    responses = results.table(f"{cohort}/responses.parquet")
    fit = Fit(
        study.out / name,
        responses,
        region_columns(responses, "responses"),
        results.table(f"{name}/assignments.parquet"),
        results.table(f"{name}/centroids.tsv"),
        results.record(f"{name}/fit.json"),
    )
    replicates = study.config["kmeans"]["replicates"] if k > 1 else 1
    settings = {"seed": study.config["seed"], "replicates": replicates, "note": study.note}
    yield from fit_faults(fit, k, settings)


def _record_faults(study: Study, results: Results) -> Iterator[str]:
    """Whether the recorded configuration is the present one, and the README says the same."""
    path = study.out / "config.yaml"
    try:
        recorded = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, ValueError):
        recorded = None
    if recorded != study.config:
        yield told(path, "it is not the present configuration", "what the study was made by")
    path = study.out / "README.md"
    claims = results.table(CLAIMS) if CLAIMS in results.names else None
    sentences = results.record("summary.json")["sentences"]
    name, page = study.config["study"], bool(study.config["report"])
    if path.read_text("utf-8") != readme(name, study.note, study.missing, claims, sentences, page):
        yield told(path, "it does not say what the configuration makes", "the study's own words")
