"""What all rules share: the checked configuration, the plan, and functions for params, logs and figures."""

import os
import re
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError
from snakemake.utils import update_config

# `workflow.basedir` would be the folder of a workflow that imports this one.
RULES = workflow.current_basedir.get_path_or_uri(secret_free=True)
# A module may also come from a host, from which Snakemake fetches file by file what it needs.
CHECKOUT = os.path.isdir(RULES)
SNAKEFILE = workflow.current_basedir.join("../Snakefile").get_path_or_uri(
    secret_free=True
)


def file_of(path):
    """A file of this repository, by its path from this folder."""
    if CHECKOUT:
        return os.path.normpath(os.path.join(RULES, path))
    return workflow.source_path(path)


if CHECKOUT:
    sys.path.insert(0, file_of("../scripts"))
# A user's own source may be in the folder in which the study is run.
sys.path.append(os.getcwd())
if find_spec("response_clusters") is None:
    raise WorkflowError(
        "response_clusters: there is no such package in the environment that runs Snakemake; "
        "expected it there, as this workflow comes from a host without it: install it from the "
        "same version of the same repository (pip install), or import a checkout of your own."
    )

from response_clusters.errors import StudyError
from response_clusters.machine import prefer_modules, require_room
from response_clusters.names import POOLED
from response_clusters.sources.loading import module_of
from response_clusters.sources.places import is_object
from response_clusters.study.config import checked, value_of
from response_clusters.study.digest import code_digest
from response_clusters.study.literal import require_literal
from response_clusters.study.plan import described_cohorts, described_fits, k_values
from response_clusters.study.planning import make_plan, out_of
from response_clusters.study.resources import resources, threads

DEFAULTS = file_of("../../config/config.yaml")


configfile: DEFAULTS


def in_place(path):
    """Where a file that the study makes is: in a module, Snakemake puts a prefix before its path."""
    return workflow.modifier.path_modifier.replace_prefix(path, "output")


# Files given on the command line are this study's, unless it is a module with a `config:` of its own.
asked = workflow.configfiles
if config is not workflow.modifier_stack[0].globals["config"]:
    asked = []
# A module's `config:` comes in place of `configfile:`, so what it leaves out is laid beneath it here.
complete = yaml.safe_load(Path(DEFAULTS).read_text("utf-8"))
update_config(complete, config)

prefer_modules(Path(find_spec("response_clusters").origin).parents[1])
try:
    require_room(os.curdir)
    for path in asked:
        require_literal(path)
    config = checked(complete)
    plan = make_plan(config, in_place(out_of(config)), anew=workflow.is_main_process)
except StudyError as error:
    raise WorkflowError(str(error)) from None

# The results, as rules write it, and where that is.
OUT = plan.out
FOLDER = in_place(OUT)
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


# Some rules' params are made for each of hundreds of jobs.
digest_once = cache(code_digest)


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
        "code": digest_once(
            file_of(f"../scripts/{script}.py"),
            *filter(None, [module_of(reader)]),
            name=f"{script}.py",
        ),
        **dict(sorted(known.items())),
    }


def of_dataset(files):
    """A rule's inputs by name, as a source lists them; a module's prefix is not for the dataset.

    Only what the study makes itself, such as the simulated dataset, lies below its results. Objects
    in a bucket are no files that Snakemake sees: they are among the params, by `objects_of`.
    """

    def placed(path):
        return path if path.startswith(f"{OUT}/") else local(path)

    lists = {name: [f] if isinstance(f, str) else f for name, f in files.items()}
    seen = {
        n: [placed(f) for f in group if not is_object(f)] for n, group in lists.items()
    }
    return {
        name: group[0] if isinstance(files[name], str) else group
        for name, group in seen.items()
        if group or not lists[name]
    }


def objects_of(files):
    """The settings of a job whose files, as a source lists them, are objects in a bucket."""
    objects = plan.source.objects(files)
    return {"bucket": plan.source.root, "objects": objects} if objects else {}


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
