"""Everything that is wrong with a study before it is run, and what the run will take.

Planning stops at the first thing that is wrong, and a job meets a damaged file hours later. Here
the whole dataset is looked at, by names and headers.
"""

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from response_clusters.errors import StudyError
from response_clusters.files import reading
from response_clusters.names import POOLED
from response_clusters.sources.faults import Fault, faults_of
from response_clusters.sources.registry import open_source
from response_clusters.sources.source import Source, VoxelSource
from response_clusters.study.config import checked
from response_clusters.study.literal import require_literal
from response_clusters.study.plan import Plan, k_values
from response_clusters.study.planning import out_of, plan_of, select
from response_clusters.study.resources import resources, seconds
from snakemake.utils import update_config

DEFAULTS = Path(__file__).resolve().parents[4] / "config" / "config.yaml"

COHORT_MEGABYTES, TRIAL_MEGABYTES = 5.0, 0.0013
"""Room that results take: for each cohort, and for each of its trials. All of NSD's take 450 MB."""
COHORT_SECONDS = 30.0
"""What a cohort takes beside its fits: tables, comparisons and figures."""


@dataclass(frozen=True)
class Preflight:
    """What was found.

    Attributes
    ----------
    faults : list of Fault
        What is wrong, and what is missing without which parts are left out.
    commands : list of str
        What fetches the missing files.
    plan : Plan or None
        The study, where it can be planned.
    config : dict
        Its configuration, as `checked` returns it.
    remarks : list of str
        What was seen of the dataset.
    """

    faults: list[Fault]
    commands: list[str] = field(default_factory=list)
    plan: Plan | None = None
    config: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def preflight(files: list[str]) -> Preflight:
    """Look for all that is wrong with a study.

    Parameters
    ----------
    files : list of str
        Configurations that are laid over the default one, in this order.
    """
    faults = []
    try:
        config = merged(files)
        faults += [fault for path in files for fault in faults_of(require_literal, path)]
        config = checked(config)
        source = open_source(config["dataset"]["source"])
        there = source.find(config, out_of(config))
    except StudyError as error:
        # Without a configuration or a folder there is nothing to look into.
        return Preflight([*faults, Fault(str(error))])
    sessions, absent = _asked(config, source, there)
    faults += [*absent, *source.inspect(sessions)]
    commands = source.commands([path for fault in faults for path in fault.missing])
    if any(fault.needed for fault in faults):
        return Preflight(faults, commands=commands)
    try:
        plan = plan_of(config, source, there)
    except StudyError as error:
        return Preflight([*faults, Fault(str(error))], commands=commands)
    return Preflight(faults, commands, plan, config, source.remarks)


def _asked(
    config: dict[str, Any], source: Source, there: dict[str, list[int]]
) -> tuple[dict[str, list[int]], list[Fault]]:
    """The sessions asked for that are there, and a fault for each that is not."""
    if not there:
        return {}, list(faults_of(select, there, config, source.where, source.expected))
    subjects = there
    faults: list[Fault] = []
    if config["subjects"] != "all":
        one = config | {"sessions": "all"}
        for subject in config["subjects"]:
            alone = one | {"subjects": [subject]}
            faults += faults_of(select, there, alone, source.where, source.expected)
        subjects = {s: there[s] for s in config["subjects"] if s in there}
    if config["sessions"] == "all":
        return subjects, faults
    listed = config["sessions"]
    sessions = {}
    for subject, has in subjects.items():
        asked = listed if isinstance(listed, list) else range(1, listed + 1)
        if isinstance(listed, int) and len(has) >= listed:
            asked = has[:listed]
        sessions[subject] = [number for number in asked if number in has]
        faults += [source.lacks(subject, number) for number in asked if number not in has]
    return sessions, faults


@dataclass(frozen=True)
class Estimate:
    """What a study takes, about: seconds on one core, megabytes of a job and on the disk."""

    seconds: float
    memory: int
    results: float


def estimate(plan: Plan, config: dict[str, Any]) -> Estimate:
    """About what a study takes, by the table of what jobs take."""
    jobs = [
        ("fit_kmeans", SimpleNamespace(cohort=cohort, k=f"{k:02d}"))
        for cohort in plan.cohorts
        for k in k_values(config)
    ]
    if isinstance(plan.source, VoxelSource):
        jobs += [
            ("average_session", SimpleNamespace(subject=subject, session=f"{session:02d}"))
            for subject, sessions in plan.sessions.items()
            for session in sessions
        ]
    if plan.labels_known:
        jobs += [("list_images", SimpleNamespace())]
    each = [seconds(rule, plan, config, job) for rule, job in jobs]
    memory = [resources(rule, plan, config)["mem_mb"](job, 1) for rule, job in jobs]
    rows = sum(plan.trials(cohort) for cohort in plan.cohorts)
    return Estimate(
        sum(each) + COHORT_SECONDS * len(plan.cohorts),
        max(memory),
        COHORT_MEGABYTES * len(plan.cohorts) + TRIAL_MEGABYTES * rows,
    )


def merged(files: list[str]) -> dict[str, Any]:
    """The default configuration with files laid over it, in this order.

    Raises
    ------
    StudyError
        If one cannot be read, or holds no keys.
    """
    config: dict[str, Any] = {}
    for path in [str(DEFAULTS), *files]:
        with reading(path, "a configuration in YAML", "no YAML", "correct it") as file:
            part = yaml.safe_load(file.read_text("utf-8"))
        if not isinstance(part, dict):
            raise StudyError(
                f"{path}: it holds no keys; expected a configuration in YAML, such as 'study: "
                "name': correct it."
            )
        update_config(config, part)
    return config


def report(checked: Preflight) -> str:
    """What a person reads: a line for each fault, what to type, and what the study takes."""
    needed = [f"- {fault.sentence}" for fault in checked.faults if fault.needed]
    lines = [f"{_counted(len(needed), 'fault')}{':' if needed else '.'}", *needed]
    wanting = [f"- {fault.sentence}" for fault in checked.faults if not fault.needed]
    if wanting:
        lines += ["", "Without these, parts of the study are left out:", *wanting]
    if checked.commands:
        lines += ["", "To fetch what is missing:", *(f"    {line}" for line in checked.commands)]
    if checked.plan:
        lines += ["", *_study(checked.plan, checked.config, checked.remarks)]
    return "\n".join(lines)


def _study(plan: Plan, config: dict[str, Any], remarks: list[str]) -> list[str]:
    """What the study consists of and what it takes."""
    takes = estimate(plan, config)
    sessions = sum(map(len, plan.sessions.values()))
    return [
        f"{_counted(len(plan.subjects), 'subject')}, {_counted(sessions, 'session')}, about "
        f"{plan.trials(POOLED):,} trials.",
        *remarks,
        *(f"Left out: {part} ({reason})." for part, reason in plan.missing.items()),
        f"It takes about {takes.seconds / 60:,.0f} minutes on one core, up to {takes.memory:,} MB "
        f"in a job, and {takes.results:,.0f} MB for the results.",
    ]


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
