"""Cohorts: the rows that are clustered.

Reads <subject>/trials.parquet and the regional means. Writes pooled/regions.tsv and
<cohort>/responses.parquet.
"""

TARGETS += [f"{OUT}/{POOLED}/regions.tsv"]


rule gather_responses:
    """One subject's responses: all sessions, joined."""
    input:
        trials=f"{OUT}/{{cohort}}/trials.parquet",
        means=lambda wildcards: expand(
            f"{OUT}/{wildcards.cohort}/{{part}}",
            part=plan.source.parts(plan.sessions[wildcards.cohort]),
        ),
    output:
        responses=f"{OUT}/{{cohort}}/responses.parquet",
    log:
        log_file("gather_responses", "{cohort}"),
    benchmark:
        timing("gather_responses", "{cohort}")
    wildcard_constraints:
        cohort="|".join(map(re.escape, plan.subjects)),
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("gather_responses"),
    params:
        job=lambda wildcards: job_params(
            "gather_responses",
            "responses.repeats",
            "responses.constant",
            sources={
                name: in_place(path) if path.startswith(f"{OUT}/") else path
                for name, path in plan.source.files_of(
                    wildcards.cohort, plan.sessions[wildcards.cohort]
                ).items()
            },
        ),
    message:
        "Gathering the responses of {wildcards.cohort}"
    script:
        "../scripts/gather_responses.py"


rule pool_regions:
    """The regions that all subjects have."""
    input:
        regions=[f"{OUT}/{subject}/regions.tsv" for subject in plan.subjects],
    output:
        regions=report(
            f"{OUT}/{POOLED}/regions.tsv",
            category="Data",
            caption="../report/regions.rst",
            labels={"cohort": POOLED, "shows": "regions (table)"},
        ),
    log:
        log_file("pool_regions"),
    benchmark:
        timing("pool_regions")
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("pool_regions"),
    params:
        job=job_params(
            "pool_regions",
            files=["subjects", "regions", "simulated.groups"],
            subjects=plan.subjects,
            named=plan.source.region_names,
            note=plan.note,
        ),
    message:
        "Finding the regions that all subjects have"
    script:
        "../scripts/pool_regions.py"


rule pool_responses:
    """All subjects' rows, over the regions that they all have."""
    input:
        regions=rules.pool_regions.output.regions,
        responses=[f"{OUT}/{subject}/responses.parquet" for subject in plan.subjects],
    output:
        responses=f"{OUT}/{POOLED}/responses.parquet",
    log:
        log_file("pool_responses"),
    benchmark:
        timing("pool_responses")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("pool_responses"),
    params:
        job=job_params(
            "pool_responses",
            "responses.constant",
            files=["subjects"],
            subjects=plan.subjects,
        ),
    message:
        "Pooling the responses of all subjects"
    script:
        "../scripts/pool_responses.py"
