"""What all rules share: the checked configuration, the plan, and functions for params, logs and figures."""

import os
import re
import sys
from pathlib import Path

SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
sys.path.insert(0, str(SCRIPTS))
# A user's own source may be in the folder in which the study is run.
sys.path.append(os.getcwd())

from response_clusters.errors import StudyError
from response_clusters.machine import prefer_modules, require_room
from response_clusters.names import POOLED
from response_clusters.sources.loading import module_of
from response_clusters.study.config import checked, value_of
from response_clusters.study.digest import code_digest
from response_clusters.study.literal import require_literal
from response_clusters.study.plan import described_cohorts, described_fits, k_values
from response_clusters.study.planning import make_plan
from response_clusters.study.resources import resources, threads

from snakemake.exceptions import WorkflowError

prefer_modules(SCRIPTS)
try:
    require_room(os.curdir)
    for path in workflow.configfiles:
        require_literal(path)
    config = checked(config)
    plan = make_plan(config)
except StudyError as error:
    raise WorkflowError(str(error)) from None

OUT = plan.out
KS = k_values(config)
FITS = [f"k{k:02d}" for k in KS]
DESCRIBED = [
    (cohort, fit)
    for cohort in described_cohorts(config, plan)
    for fit in described_fits(config)
]
FIT_FILES = {
    "centroids": "centroids.tsv",
    "assignments": "assignments.parquet",
    "fit": "fit.json",
}
# The results that the whole study asks for; every rules file appends its own.
TARGETS = []


wildcard_constraints:
    subject="|".join(map(re.escape, plan.subjects)),
    cohort="|".join(map(re.escape, plan.cohorts)),
    session=r"\d\d+",
    k=r"\d\d+",
    fit=r"k\d\d+|kbest",


def job_params(script, *keys, files=(), reader="", **settings):
    """The params of a rule, as one plain dict: its settings, and a digest of the code that it runs.

    `keys` are the dotted names of the configuration keys that the script uses; each is passed on
    under the last part of its name. `files` are the keys that decide which files the rule reads or
    makes; they are not passed on. The documentation's table of what a changed key re-runs is made
    from both. `reader` is a function of the source that the script loads; its module is part of the
    digest.
    """
    known = {key.rpartition(".")[2]: value_of(config, key) for key in keys} | settings
    if reader:
        known["reader"] = reader
    return {
        "code": code_digest(
            SCRIPTS / f"{script}.py", *filter(None, [module_of(reader)])
        ),
        **dict(sorted(known.items())),
    }


def needs(rule):
    """The memory and the time that a job of a rule asks for."""
    return resources(rule, plan, config)


def threads_for(rule):
    """The number of threads of a job of a rule."""
    return threads(rule, plan, config)


def log_file(rule, *wildcards):
    """The path of a rule's log."""
    return os.path.join(OUT, "logs", rule, *wildcards) + ".log"


def timing(rule, *wildcards):
    """The path of a rule's benchmark: time and memory."""
    return os.path.join(OUT, "benchmarks", rule, *wildcards) + ".tsv"


def figure(stem):
    """The SVG and the PNG of a figure."""
    return [f"{OUT}/{stem}.svg", f"{OUT}/{stem}.png"]


onstart:
    # To limit submissions per second, Snakemake 9 repeats every search for jobs to start after one
    # second, and each repetition again. After some hundred jobs, that makes hundreds of threads a
    # second, which take a third of a core. On one machine, the number of cores is limit enough.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
