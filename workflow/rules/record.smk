"""The record of how a study was made: its configuration, its missing parts, and the software."""

from response_clusters.study.versions import required_packages

MADE = list(TARGETS)
TARGETS += [f"{OUT}/config.yaml", f"{OUT}/versions.json"]


rule record_config:
    """The merged configuration, and the parts for which the dataset lacks something."""
    output:
        config=report(
            f"{OUT}/config.yaml",
            category="Record",
            caption="../report/config.rst",
            labels={"shows": "configuration"},
        ),
        readme=f"{OUT}/README.md",
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
        job=job_params(
            "record_config", config=config, note=plan.note, parts=plan.missing
        ),
    message:
        "Recording the configuration"
    script:
        "../scripts/record_config.py"


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
