"""Responses that others have averaged over regions: text files, or a table per subject.

Reads a folder by dataset.pattern. Writes <subject>/trials.parquet, <subject>/regions.tsv and
<subject>/regional_means.parquet.
"""

TARGETS += expand(f"{OUT}/{{subject}}/trials.parquet", subject=plan.subjects)
TARGETS += expand(f"{OUT}/{{subject}}/regions.tsv", subject=plan.subjects)


rule import_table:
    """A subject's averaged responses, its trials and its regions."""
    input:
        unpack(
            lambda wildcards: of_dataset(plan.source.response_files(wildcards.subject))
        ),
        **of_dataset({"design": plan.source.design} if plan.source.design else {}),
    output:
        means=f"{OUT}/{{subject}}/regional_means.parquet",
        trials=f"{OUT}/{{subject}}/trials.parquet",
        regions=f"{OUT}/{{subject}}/regions.tsv",
    log:
        log_file("import_table", "{subject}"),
    benchmark:
        timing("import_table", "{subject}")
    conda:
        "../../../envs/conda.yaml"
    resources:
        **needs("import_table"),
    params:
        job=lambda wildcards: job_params(
            "import_table",
            files=[
                "dataset.pattern",
                "dataset.trials_per_session",
                "dataset.design",
                "regions",
                "sessions",
            ],
            reader=plan.source.responses,
            planned=plan.source.design_reader if plan.source.design else "",
            names=plan.source.names_of(wildcards.subject),
            regions=plan.source.region_names or plan.source.all_regions or "all",
            listed=plan.source.region_names,
            sessions=plan.sessions[wildcards.subject],
            per_session=plan.source.per_session,
        ),
    message:
        "Reading the averaged responses of {wildcards.subject}"
    script:
        "../../scripts/import_table.py"
