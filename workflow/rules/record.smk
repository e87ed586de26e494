"""The record of how a study was made: its configuration, the software, and what to read first."""

from response_clusters.statistics.abstract import abstract_digest
from response_clusters.study.versions import required_packages

MADE = list(TARGETS)
TARGETS += [f"{OUT}/config.yaml", f"{OUT}/README.md", f"{OUT}/versions.json"]


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


rule write_readme:
    """What a person reads first: the verdicts, and what the dataset did not allow."""
    input:
        **({"claims": f"{OUT}/claims/claims.tsv"} if config["claims"] else {}),
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
