"""Responses that others have averaged over regions: text files, or a table per subject.

Reads a folder by dataset.pattern. Writes <subject>/trials.parquet, <subject>/regions.tsv and
<subject>/betas/imported.parquet.
"""


rule import_table:
    """A subject's averaged responses, its trials and its regions."""
    input:
        unpack(lambda wildcards: {"design": plan.design} if plan.design else {}),
        responses=lambda wildcards: list(plan.responses[wildcards.subject].values()),
    output:
        means=f"{OUT}/{{subject}}/betas/imported.parquet",
        trials=f"{OUT}/{{subject}}/trials.parquet",
        regions=f"{OUT}/{{subject}}/regions.tsv",
    log:
        log_file("import_table", "{subject}"),
    benchmark:
        timing("import_table", "{subject}")
    conda:
        "../../envs/conda.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        job=lambda wildcards: job_params(
            "import_table",
            names=[name for name in plan.responses[wildcards.subject] if name],
            regions=listed_regions() or plan.region_names or "all",
            listed=listed_regions(),
            sessions=plan.sessions[wildcards.subject],
        ),
    message:
        "Reading the averaged responses of {wildcards.subject}"
    script:
        "../scripts/import_table.py"
