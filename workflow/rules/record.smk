"""The record of how a study was made: its configuration, the software, and what to read first."""

from response_clusters.statistics.abstract import abstract_digest
from response_clusters.study.versions import required_packages

MADE = list(TARGETS)
TARGETS += [
    f"{OUT}/config.yaml",
    f"{OUT}/summary.json",
    f"{OUT}/README.md",
    f"{OUT}/versions.json",
]
# What the summary says of claims and labels, where these are made.
SAID = {}
if config["claims"]:
    SAID["claims"] = f"{OUT}/claims/claims.tsv"
if plan.labels_known:
    SAID["drawn"] = LABELS["drawn"]
    if (POOLED, "kbest") in DESCRIBED:
        SAID["coverage"] = f"{OUT}/{POOLED}/kbest/label_counts.json"


rule record_config:
    """The merged configuration."""
    output:
        config=report(
            f"{OUT}/config.yaml",
            category="Record",
            caption="../report/config.rst",
            labels={"shows": "configuration"},
        ),
    log:
        log_file("record_config"),
    benchmark:
        timing("record_config")
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("record_config"),
    params:
        job=job_params("record_config", config=config, note=plan.note),
    message:
        "Recording the configuration"
    script:
        "../scripts/record_config.py"


rule summarise:
    """The study in three sentences, and what a reader must be warned of."""
    input:
        **SAID,
        elbows=[f"{OUT}/{cohort}/elbow.json" for cohort in plan.cohorts],
        fits=[
            f"{OUT}/{cohort}/{fit}/fit.json" for cohort in plan.cohorts for fit in FITS
        ],
        assignments=f"{OUT}/{POOLED}/kbest/assignments.parquet",
        regions=[f"{OUT}/{subject}/regions.tsv" for subject in plan.subjects],
        pooled_regions=f"{OUT}/{POOLED}/regions.tsv",
        voxels=[
            f"{OUT}/{subject}/betas/session{session:02d}.voxels.tsv"
            for subject, sessions in plan.sessions.items()
            for session in sessions
            if plan.source.kind == "voxels"
        ],
    output:
        summary=f"{OUT}/summary.json",
    log:
        log_file("summarise"),
    benchmark:
        timing("summarise")
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("summarise"),
    params:
        job=job_params(
            "summarise",
            "responses.invalid",
            "responses.repeats",
            files=["kmeans.k.max", "report.names"],
            k=KS,
            names=config["report"]["names"] if config["report"] else {},
            note=plan.note,
            parts=plan.missing,
            sessions=plan.sessions,
            study=config["study"],
        ),
    message:
        "Saying in three sentences what was found"
    script:
        "../scripts/summarise.py"


rule write_readme:
    """What a person reads first: the study in three sentences, the verdicts, and what is missing."""
    input:
        **({"claims": f"{OUT}/claims/claims.tsv"} if config["claims"] else {}),
        summary=rules.summarise.output.summary,
    output:
        readme=f"{OUT}/README.md",
    log:
        log_file("write_readme"),
    benchmark:
        timing("write_readme")
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("write_readme"),
    params:
        job=job_params(
            "write_readme",
            abstract=abstract_digest(),
            study=config["study"],
            note=plan.note,
            page=bool(config["report"]),
            parts=plan.missing,
        ),
    message:
        "Writing the README of the results"
    script:
        "../scripts/write_readme.py"


rule record_versions:
    """The versions of the software, recorded last, whenever anything was made."""
    input:
        MADE,
    output:
        versions=report(
            f"{OUT}/versions.json",
            category="Record",
            caption="../report/versions.rst",
            labels={"shows": "software"},
        ),
    log:
        log_file("record_versions"),
    benchmark:
        timing("record_versions")
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("record_versions"),
    params:
        job=job_params(
            "record_versions",
            packages=required_packages(Path(file_of("../../envs/study.in"))),
        ),
    message:
        "Recording the software"
    script:
        "../scripts/record_versions.py"


if config["report"]:
    TARGETS += [f"{OUT}/provenance.json"]
    READ = plan.inputs

    rule record_provenance:
        """How the results came to be, recorded after them, whenever anything was made."""
        input:
            MADE,
            config=rules.record_config.output.config,
            summary=rules.summarise.output.summary,
            readme=rules.write_readme.output.readme,
            versions=rules.record_versions.output.versions,
        output:
            provenance=f"{OUT}/provenance.json",
        log:
            log_file("record_provenance"),
        benchmark:
            timing("record_provenance")
        localrule: True
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("record_provenance"),
        params:
            job=job_params(
                "record_provenance",
                config=config,
                # Their sizes and times are those that the job finds: they are no settings.
                dataset=[
                    in_place(path) if path.startswith(f"{OUT}/") else path
                    for path in READ["dataset"]
                    if not is_object(path)
                ],
                note=plan.note,
                stored=plan.source.objects(READ).get("dataset", []),
                study=config["study"],
            ),
        message:
            "Recording where the results come from"
        script:
            "../scripts/record_provenance.py"
