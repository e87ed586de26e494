"""What all rules share: the checked configuration, the plan, and how params are made."""

import os
import re
import sys
from pathlib import Path

SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
sys.path.insert(0, str(SCRIPTS))

from response_clusters.sources.nsd import layout as nsd_layout
from response_clusters.study.config import checked
from response_clusters.names import POOLED
from response_clusters.study.digest import code_digest
from response_clusters.errors import StudyError
from response_clusters.study.literal import require_literal
from response_clusters.machine import prefer_modules, require_room
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
SUBJECT = "{subject}"
ZSCORED = config["responses"]["zscore"]
UNIT = (
    ("z-scored betas" if ZSCORED else "% signal change") if plan.nsd else "as imported"
)
SPACE, VERSION = config["dataset"]["space"], config["dataset"]["betas"]
COLLECTIONS = (
    {name: choice for name, choice in config["regions"].items() if choice is not None}
    if plan.nsd
    else {}
)
FIT_FILES = {
    "centroids": "centroids.tsv",
    "assignments": "assignments.parquet",
    "fit": "fit.json",
}


wildcard_constraints:
    subject="|".join(map(re.escape, plan.subjects)),
    cohort="|".join(map(re.escape, plan.cohorts)),
    session=r"\d\d+",
    k=r"\d\d+",
    fit=r"k\d\d+|kbest",


def job_params(script, **settings):
    """One plain dict per rule: what the script needs, and a digest of the code it runs."""
    return {
        "code": code_digest(SCRIPTS / f"{script}.py"),
        **dict(sorted(settings.items())),
    }


def log_file(rule, *wildcards):
    """Where a rule writes its log."""
    return os.path.join(OUT, "logs", rule, *wildcards) + ".log"


def timing(rule, *wildcards):
    """Where a rule's time and memory are noted."""
    return os.path.join(OUT, "benchmarks", rule, *wildcards) + ".tsv"


def below_root(path):
    """A path of NSD's layout, in the dataset's folder."""
    return f"{plan.root}/{path}"


def region_volumes(wildcards):
    """The label volume of each collection asked for."""
    return [
        below_root(nsd_layout.region_volume(wildcards.subject, SPACE, collection))
        for collection in COLLECTIONS
    ]


def region_names(wildcards):
    """The label tables of the collections whose labels the configuration does not name."""
    return [
        below_root(nsd_layout.region_names(wildcards.subject, collection))
        for collection, choice in COLLECTIONS.items()
        if not isinstance(choice, dict)
    ]


def mean_volume(wildcards):
    """A subject's mean volume, whose affine other volumes must agree with, where it is there."""
    path = below_root(nsd_layout.volume(wildcards.subject, SPACE, "mean"))
    simulated = config["dataset"]["source"] == "simulated"
    return {"mean": path} if simulated or os.path.isfile(path) else {}


def nifti_beside(wildcards):
    """The same session as NIfTI beside HDF5, which the latter must agree with, where it is there."""
    path = plan.betas[wildcards.subject, int(wildcards.session)]
    other = f"{path.removesuffix('.hdf5')}.nii.gz"
    return {"beside": other} if path.endswith(".hdf5") and os.path.isfile(other) else {}


def listed_regions():
    """The regions of averages that the configuration lists; none where it asks for all."""
    return config["regions"] if isinstance(config["regions"], list) else []


def named_regions():
    """The regions that the configuration asks for by name."""
    if not plan.nsd:
        return listed_regions()
    chosen = [choice for choice in COLLECTIONS.values() if choice != "all"]
    names = [list(c.values()) if isinstance(c, dict) else c for c in chosen]
    return sorted(name for group in names for name in group)


def response_parts(wildcards):
    """The regional means of a subject: a table per session, or the one that was imported."""
    folder = f"{OUT}/{wildcards.cohort}/betas"
    if not plan.nsd:
        return [f"{folder}/imported.parquet"]
    return [f"{folder}/session{s:02d}.parquet" for s in plan.sessions[wildcards.cohort]]


def figure(stem):
    """Both files of a figure."""
    return [f"{OUT}/{stem}.svg", f"{OUT}/{stem}.png"]


def targets():
    """Every result of the study, but for the record of how it was made."""
    wanted = [f"{OUT}/{POOLED}/regions.tsv"]
    for subject in plan.subjects:
        wanted += [f"{OUT}/{subject}/regions.tsv", f"{OUT}/{subject}/trials.parquet"]
    for cohort in plan.cohorts:
        for fit in [*FITS, "kbest"]:
            wanted += [f"{OUT}/{cohort}/{fit}/{name}" for name in FIT_FILES.values()]
        wanted += [f"{OUT}/{cohort}/elbow.tsv", f"{OUT}/{cohort}/elbow.json"]
        wanted += [f"{OUT}/{cohort}/identity.tsv"]
        wanted += figure(f"{cohort}/elbow")
        if max(KS) > 2:
            wanted += [
                f"{OUT}/{cohort}/consistency_k.tsv",
                *figure(f"{cohort}/consistency_k"),
            ]
    if len(plan.subjects) > 1:
        for fit in [*FITS, "kbest"]:
            wanted += [
                f"{OUT}/consistency_subjects/{fit}.{suffix}"
                for suffix in ("tsv", "json")
            ]
            wanted += figure(f"consistency_subjects/{fit}")
    for cohort, fit in DESCRIBED:
        wanted += [
            f"{OUT}/{cohort}/{fit}/nearest.tsv",
            *figure(f"{cohort}/{fit}/centroids"),
        ]
        if plan.pictures_known:
            wanted += figure(f"{cohort}/{fit}/mosaic")
            wanted += figure(f"{cohort}/{fit}/contact_sheet")
        if plan.labels_known:
            wanted += [f"{OUT}/{cohort}/{fit}/label_counts.tsv"]
            wanted += figure(f"{cohort}/{fit}/wordcloud")
    if plan.images_known:
        wanted += [f"{OUT}/images.parquet"]
    if plan.labels_known:
        wanted += [f"{OUT}/labels.parquet", f"{OUT}/labels.json"]
    return wanted


def required_packages():
    """The packages that the study asks for, as envs/study.in lists them."""
    lines = (
        (Path(workflow.basedir) / "envs" / "study.in").read_text("utf-8").splitlines()
    )
    named = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines)
    return sorted(name[0] for name in named if name)


def stale_params(remove):
    """What `find_stale` needs: the study, and how to ask Snakemake what it makes."""
    return job_params(
        "find_stale",
        config=config,
        out=OUT,
        remove=remove,
        snakefile=str(Path(workflow.basedir) / "Snakefile"),
    )
