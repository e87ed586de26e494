"""How much memory, how much time and how many threads the job of each rule asks for.

One table states what was measured; `make benchmark-study` prints it again. Memory doubles with each
attempt and time grows by as much again, so that a job which a scheduler ended is retried with more.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from response_clusters.names import POOLED
from response_clusters.sources.source import AverageSource, VoxelSource
from response_clusters.study.plan import Plan

SNAKEMAKE = 400
"""Megabytes that Snakemake takes in a job of its own, beside the script."""
STEP = 100
"""Memory is asked for in multiples of this many megabytes."""
SLOWER = 4
"""How many times slower than the machine of the measurements another may be."""
THREAD_SECONDS = 10
"""A job that takes longer is given a thread for each of these, up to `MOST_THREADS`."""
MOST_THREADS = 8

Size = Callable[[Plan, dict[str, Any], Any], float]
"""The size of a job's input: a function of the plan, the configuration and the job's wildcards."""


def _trials(plan: Plan, config: dict[str, Any], wildcards: Any) -> float:
    """Thousands of trials of the job's cohort."""
    return plan.trials(wildcards.cohort) / 1000


def _all_trials(plan: Plan, config: dict[str, Any], wildcards: Any) -> float:
    """Thousands of trials of all subjects."""
    return plan.trials(POOLED) / 1000


def _fits(plan: Plan, config: dict[str, Any], wildcards: Any) -> float:
    """Millions of trials, times k, times the starts."""
    settings = config["kmeans"]
    starts = settings["replicates"] + settings["swaps"] if int(wildcards.k) > 1 else 1
    return _trials(plan, config, wildcards) / 1000 * int(wildcards.k) * starts


def _curves(plan: Plan, config: dict[str, Any], wildcards: Any) -> float:
    """Millions of trials of all subjects, times the sum of k to 10, times the starts of claims.

    Beyond the elbow nothing is fitted, and elbows are below 10.
    """
    most = min(10, config["kmeans"]["k"]["max"])
    return plan.trials(POOLED) / 1e6 * most * (most + 1) / 2 * config["claims"]["replicates"]


def _session(plan: Plan, config: dict[str, Any], wildcards: Any) -> float:
    """Megabytes of one session's files."""
    source = cast(VoxelSource, plan.source)
    return source.session_megabytes(wildcards.subject, int(wildcards.session))


def _tables(plan: Plan, config: dict[str, Any], wildcards: Any) -> float:
    """Megabytes of a subject's averaged responses."""
    return cast(AverageSource, plan.source).response_megabytes(wildcards.subject)


def _annotations(plan: Plan, config: dict[str, Any], wildcards: Any) -> float:
    """Megabytes of what says what the images show."""
    return plan.annotation_megabytes


def _places(plan: Plan, config: dict[str, Any], wildcards: Any) -> float:
    """The places of pictures on the page, ten for each cluster; less than half show another one."""
    most = config["kmeans"]["k"]["max"]
    return len(plan.cohorts) * 10.0 * most * (most + 1) / 2


def _nothing(plan: Plan, config: dict[str, Any], wildcards: Any) -> float:
    return 0.0


@dataclass(frozen=True)
class Needs:
    """What one job takes: a fixed part, and one that grows with the size of its input.

    Attributes
    ----------
    megabytes, seconds : float
        The fixed part: peak resident memory of the script, and time.
    megabytes_each, seconds_each : float
        More of both for each unit of the size.
    size : function
        What the memory grows with, and the time unless there is another `work`.
    work : function or None
        What the time grows with.
    """

    megabytes: float
    seconds: float
    megabytes_each: float = 0.0
    seconds_each: float = 0.0
    size: Size = _nothing
    work: Size | None = None


NEEDS = {
    "average_session": Needs(160, 1, 0.05, 0.01, _session),
    "choose_k": Needs(60, 1),
    "compare_k": Needs(160, 2),
    "compare_left_out": Needs(160, 2),
    "compare_nulls": Needs(200, 3),
    "compare_repeats": Needs(180, 2, 0.3, 0.1, _all_trials),
    "compare_shared": Needs(180, 2, 0.1, 0.05, _all_trials),
    "compare_stability": Needs(180, 2),
    "compare_subjects": Needs(160, 2),
    "copy_best": Needs(60, 1),
    "copy_best_subjects": Needs(60, 1),
    "count_labels": Needs(230, 2),
    "explore_cohort": Needs(300, 4, 1.5, 0.08, _trials),
    "find_nearest": Needs(160, 1, 0.1, 0.005, _trials),
    "fit_bootstraps": Needs(280, 4, 1.6, 0.4, _all_trials),
    "fit_draws": Needs(280, 4, 1.6, 0.4, _all_trials),
    "fit_halves": Needs(280, 4, 1.6, 0.4, _all_trials),
    "fit_kmeans": Needs(280, 2, 1.6, 0.27, _trials, _fits),
    "fit_ladder": Needs(280, 4, 1.6, 0.4, _all_trials),
    "fit_left_out": Needs(280, 4, 1.6, 0.4, _all_trials),
    "gather_responses": Needs(150, 1, 0.8, 0.01, _trials),
    "import_table": Needs(150, 1, 6, 0.05, _tables),
    "judge_claims": Needs(160, 1),
    "label_apart": Needs(340, 4, 0.6, 0.1, _all_trials),
    "list_images": Needs(220, 3, 1.6, 0.06, _annotations),
    "make_thumbnails": Needs(260, 2, 0, 0.0035, _places),
    "match_pooled": Needs(160, 2),
    "measure_associations": Needs(190, 2, 0.5, 0.01, _all_trials),
    "measure_cooccurrence": Needs(200, 3, 1.4, 0.3, _all_trials),
    "measure_enrichment": Needs(240, 2, 0.5, 0.07, _all_trials),
    "measure_geometry": Needs(200, 2, 0.8, 0.02, _all_trials),
    "measure_information": Needs(220, 2, 1.3, 0.015, _all_trials),
    "measure_pictures": Needs(260, 20),
    "measure_sensitivity": Needs(280, 3, 1.6, 0.27, _all_trials, _curves),
    "paint_map": Needs(200, 2),
    "plot_agreement": Needs(170, 2),
    "plot_associations": Needs(180, 2),
    "plot_centroids": Needs(200, 2, 0.5, 0.01, _trials),
    "plot_claims": Needs(180, 3),
    "plot_consistency_k": Needs(280, 7),
    "plot_consistency_subjects": Needs(210, 3),
    "plot_contact_sheet": Needs(340, 8),
    "plot_cooccurrence": Needs(180, 3),
    "plot_curve": Needs(180, 3),
    "plot_elbow": Needs(170, 2),
    "plot_enrichment": Needs(190, 3),
    "plot_generalisation": Needs(170, 2),
    "plot_information": Needs(170, 2),
    "plot_ladder": Needs(180, 3),
    "plot_lineage": Needs(180, 3),
    "plot_map": Needs(250, 5),
    "plot_mosaic": Needs(270, 7),
    "plot_nearest_again": Needs(170, 2),
    "plot_nulls": Needs(170, 3),
    "plot_prototypes": Needs(200, 4),
    "plot_stability": Needs(210, 4),
    "plot_wordcloud": Needs(190, 6),
    "pool_regions": Needs(60, 1),
    "pool_responses": Needs(180, 1, 0.5, 0.01, _all_trials),
    "read_regions": Needs(200, 2),
    "read_stimuli": Needs(180, 2),
    "read_trials": Needs(160, 1),
    "record_config": Needs(60, 1),
    "record_provenance": Needs(60, 2),
    "record_versions": Needs(60, 1),
    "remove_stale": Needs(300, 10),
    "remove_unaccounted": Needs(300, 10),
    "repeat_nearest": Needs(210, 1, 1.1, 0.01, _all_trials),
    "sensitivity": Needs(60, 1),
    "simulate_pictures": Needs(300, 60),
    "simulate_session": Needs(200, 2),
    "simulate_shared": Needs(500, 13),
    "simulate_subject": Needs(200, 1),
    "stale": Needs(300, 10),
    "summarise": Needs(180, 2, 0.1, 0.01, _all_trials),
    "trace_lineage": Needs(170, 3, 0.1, 0.05, _all_trials),
    "unaccounted": Needs(300, 10),
    "verify": Needs(400, 20, 2.5, 0.25, _all_trials),
    "write_readme": Needs(160, 1),
    "write_report": Needs(300, 6, 0.02, 0.0003, _places),
}
"""By rule. Measured on two cores of an AMD EPYC in a study of NSD's size (8 subjects, 213,000
trials, 28 regions, 860,001 annotations in 520 MB) and in the embedded one, whichever was more."""


READ_THE_DATASET = (
    *("average_session", "read_trials", "read_regions", "read_stimuli", "list_images"),
    *("plot_map", "plot_mosaic", "plot_contact_sheet", "measure_pictures", "make_thumbnails"),
)
AWAY, REQUESTS = 10, 100
"""Minutes and megabytes that these ask for in addition where the dataset is in a bucket: its server
may be slow, or away for three minutes, and many requests are under way at a time."""


def resources(rule: str, plan: Plan, config: dict[str, Any]) -> dict[str, Callable[..., int]]:
    """The resources of a rule, as functions that Snakemake calls with a job's wildcards.

    Returns
    -------
    dict
        ``mem_mb``: megabytes, doubled with each attempt. ``runtime``: minutes, times the attempt.
    """
    needs = NEEDS[rule]
    away = plan.source.in_bucket and rule in READ_THE_DATASET

    def mem_mb(wildcards: Any, attempt: int) -> int:
        peak = (
            needs.megabytes
            + away * REQUESTS
            + needs.megabytes_each * needs.size(plan, config, wildcards)
        )
        steps: int = math.ceil((SNAKEMAKE + peak) / STEP)
        return steps * STEP * 2 ** (attempt - 1)

    def runtime(wildcards: Any, attempt: int) -> int:
        minutes = 1 + math.ceil(SLOWER * seconds(rule, plan, config, wildcards) / 60)
        return (minutes + away * AWAY) * attempt

    return {"mem_mb": mem_mb, "runtime": runtime}


def threads(rule: str, plan: Plan, config: dict[str, Any]) -> Callable[[Any], int]:
    """How many threads a rule's job is given, as a function of its wildcards: 1 for short jobs."""

    def count(wildcards: Any) -> int:
        wanted = round(seconds(rule, plan, config, wildcards) / THREAD_SECONDS)
        return min(MOST_THREADS, max(1, wanted))

    return count


def seconds(rule: str, plan: Plan, config: dict[str, Any], wildcards: Any) -> float:
    """How long one job of a rule takes on one core of the machine of the measurements."""
    needs = NEEDS[rule]
    work = needs.work or needs.size
    return needs.seconds + needs.seconds_each * work(plan, config, wildcards)
