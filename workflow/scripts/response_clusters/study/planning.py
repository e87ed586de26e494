"""A study's plan, from its configuration and from what is found in the dataset's folder.

Everything is known before anything runs. File names are read and, of already averaged responses,
the number of rows and the columns that say what the rows are.
"""

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from response_clusters.errors import StudyError, did_you_mean, listed
from response_clusters.names import POOLED
from response_clusters.sources.registry import open_source
from response_clusters.sources.source import Source, VoxelSource
from response_clusters.study.plan import Plan, described_cohorts

RESERVED = (POOLED, "consistency_subjects", "simulated", "logs", "benchmarks", "made", "claims")
"""Folders of a study's results that no subject may be called by."""


def out_of(config: dict[str, Any]) -> str:
    """The results folder of a study, below the folder in which it is run."""
    return f"results/{config['study']}"


def make_plan(config: dict[str, Any], folder: str = "", anew: bool = True) -> Plan:
    """The plan of a checked configuration.

    Parameters
    ----------
    config : dict
        As `checked` returns it.
    folder : str
        Where the results are, if that is not `out_of` the configuration: another workflow may put
        them elsewhere.
    anew : bool, default True
        Whether a bucket is listed; otherwise what was found in it before is read.

    Raises
    ------
    StudyError
        If a folder, subject or session that the configuration names is not there, or if the
        study's folder holds results of another dataset.
    """
    source = open_source(config["dataset"]["source"])
    source.anew, source.results = anew, folder or out_of(config)
    plan = plan_of(config, source, source.find(config, out_of(config)), folder)
    source.keep()
    return plan


def plan_of(
    config: dict[str, Any], source: Source, there: dict[str, list[int]], folder: str = ""
) -> Plan:
    """As `make_plan`, of a source that was looked into: `there` is what it found."""
    out = out_of(config)
    _refuse_other_dataset(config, folder or out)
    sessions = select(there, config, source.where, source.expected)
    plan = Plan(out, source, sessions, missing=source.require(sessions))
    _require_no_braces(source.paths(sessions))
    _require_folders(plan)
    unknown = [c for c in described_cohorts(config, plan) if c not in plan.cohorts]
    if unknown:
        raise StudyError(
            f"Configuration: describe.cohorts names {unknown[0]!r}; expected some of "
            f"{listed(plan.cohorts)}: correct the name or leave it out"
            f"{did_you_mean(unknown[0], plan.cohorts) or '.'}"
        )
    if config["responses"]["repeats"] == "mean" and not plan.images_known:
        raise StudyError(
            "Configuration: responses.repeats is 'mean', but it is not known which trials repeat "
            "an image; expected dataset.design or a column image in every table: add one of them, "
            "or use 'single'."
        )
    if config["nearest"]["annotated"] and not plan.labels_known:
        raise StudyError(
            "Configuration: nearest.annotated is true, but no annotations of known images are "
            "there; expected COCO's instance annotations (dataset.annotations) or a table of "
            "labels (dataset.labels): name them, or set it to false."
        )
    plan.missing.update(_missing(plan, config))
    return plan


def _require_folders(plan: Plan) -> None:
    """Refuse subjects that cannot have folders of their own among the results."""
    root = plan.source.root
    reserved = [subject for subject in plan.subjects if subject.casefold() in RESERVED]
    if reserved:
        raise StudyError(
            f"{root}: {reserved[0]!r} is the name of a folder of the results; expected a "
            "subject's name: rename it, or list the subjects that are meant."
        )
    folded, times = Counter(map(str.casefold, plan.subjects)).most_common(1)[0]
    if times > 1:
        alike = [subject for subject in plan.subjects if subject.casefold() == folded]
        raise StudyError(
            f"{root}: the subjects {listed(alike)} differ by capital letters only; expected "
            "names that are folders of their own on every disk: rename one, or list the subjects "
            "that are meant."
        )


def _refuse_other_dataset(config: dict[str, Any], out: str) -> None:
    """One study, one dataset: results of another are not overwritten under the same name."""
    recorded = Path(out) / "config.yaml"
    if not recorded.is_file():
        return
    try:
        settings = yaml.safe_load(recorded.read_text("utf-8"))["dataset"]
        before = (settings["source"], settings["root"])
    except (ValueError, TypeError, KeyError, yaml.YAMLError):
        raise StudyError(
            f"{recorded}: the file is damaged or something else, so it is not known which dataset "
            "this folder is a study of; expected the settings that the study recorded: remove it "
            "if it was this dataset, or give the study another name (study)."
        ) from None
    now = (config["dataset"]["source"], config["dataset"]["root"])
    if before != now:
        was, wanted = (f"{source} {root}" if root else source for source, root in (before, now))
        raise StudyError(
            f"{recorded}: this folder holds a study of another dataset ({was}; now {wanted}): give "
            f"the new one a name of its own (study), or remove {recorded} to go on in the same "
            "folder."
        )


def _missing(plan: Plan, config: dict[str, Any]) -> dict[str, str]:
    """The parts of the study that the dataset does not allow, with the reason."""
    missing = {}
    if not plan.images_known:
        missing["images"] = "no experimental design: it is not known which image a trial showed"
    elif not plan.stimuli_known and not plan.source.labels:
        missing["images"] = "no stimulus table: COCO ids and crops are not known"
    if not plan.labels_known:
        why = missing.get("images", "no COCO instance annotations were found")
        missing["labels and wordclouds"] = why
    if not plan.pictures_known:
        unknown = "it is not known which image a trial showed"
        why = "no pictures" if plan.images_known else unknown
        missing["mosaics and contact sheets"] = why
    if len(plan.subjects) < 2:
        missing["consistency across subjects"] = "there is one subject only"
    if config["report"] and plan.source.kind != VoxelSource.kind:
        missing["maps on the brain"] = (
            "averages over regions do not say where in the brain they are"
        )
    return missing


def select(
    sessions_there: dict[str, list[int]], config: dict[str, Any], where: str, expected: str
) -> dict[str, list[int]]:
    """The subjects and sessions that the configuration asks for, out of those found.

    Raises
    ------
    StudyError
        If one is not there, or none at all; `expected` says what would be one.
    """
    if not sessions_there:
        raise StudyError(
            f"{where}: no subject with any session was found there; expected {expected}."
        )
    wanted = config["subjects"]
    if wanted != "all":
        absent = [subject for subject in wanted if subject not in sessions_there]
        if absent:
            raise StudyError(
                f"Configuration: subjects names {absent[0]!r}, which {where} does not have; "
                f"expected some of {listed(sessions_there)}: correct the name or leave it "
                f"out{did_you_mean(absent[0], sessions_there) or '.'}"
            )
        sessions_there = {subject: sessions_there[subject] for subject in sorted(wanted)}
    sessions = config["sessions"]
    if sessions == "all":
        return sessions_there
    chosen = {}
    for subject, has in sessions_there.items():
        if isinstance(sessions, int):
            asked, lacking = has[:sessions], sessions > len(has)
        else:
            asked, lacking = sorted(sessions), not set(sessions) <= set(has)
        if lacking:
            raise StudyError(
                f"Configuration: sessions asks for {sessions}, but {subject} has only "
                f"{listed(has)} in {where}; expected sessions that every subject has: ask for "
                "fewer, or list the subjects that have them."
            )
        chosen[subject] = asked
    return chosen


def _require_no_braces(paths: list[str]) -> None:
    """Refuse paths that Snakemake or its records cannot hold as they are.

    Raises
    ------
    StudyError
        If one holds a brace, which would begin a wildcard, a control character such as a line's
        end, or bytes that are not UTF-8.
    """
    for path in paths:
        why = ""
        if "{" in path or "}" in path:
            why = "Snakemake takes braces for wildcards"
        elif any(unicodedata.category(letter) in ("Cc", "Cs") for letter in path):
            why = "some of its characters cannot be written"
        if why:
            raise StudyError(
                f"{path!a}: {why}; expected a path without them: rename the folder or the file, or "
                "make a link to it that has another name."
            )
