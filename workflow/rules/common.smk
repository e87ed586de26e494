"""What all rules share: the checked configuration, the plan, and how params are made."""

import os
import re
import sys
from pathlib import Path

SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
sys.path.insert(0, str(SCRIPTS))
# A source of the user's may lie in the folder that the study is run in.
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
    """What a script needs and a digest of the code it runs, in one plain dict for each rule.

    `keys` are keys of the configuration that the script uses, by dotted name; each is passed on by
    the last part of it. `files` are those that decide which files the rule reads or makes: nothing
    is passed on, but docs/ tells from both what a change of a key re-runs. `reader` is the function
    of the source that the script loads, whose module counts as code.
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


def log_file(rule, *wildcards):
    """Where a rule writes its log."""
    return os.path.join(OUT, "logs", rule, *wildcards) + ".log"


def timing(rule, *wildcards):
    """Where a rule's time and memory are noted."""
    return os.path.join(OUT, "benchmarks", rule, *wildcards) + ".tsv"


def figure(stem):
    """Both files of a figure."""
    return [f"{OUT}/{stem}.svg", f"{OUT}/{stem}.png"]


onstart:
    # For its limit on submissions per second, Snakemake 9 looks for jobs to start once more a second
    # after every time that it looked, and a second after that again: when some hundred jobs are done,
    # these are hundreds of threads a second, which take a third of a core. On one machine, the cores
    # are limit enough.
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
