"""Betas by voxel: from a dataset's own files to regional means, session by session.

Reads what the source names. Writes <subject>/trials.parquet, <subject>/regions.tsv with regions.npz
beside it, and <subject>/betas/session<NN>.parquet.
"""

TARGETS += expand(f"{OUT}/{{subject}}/trials.parquet", subject=plan.subjects)
TARGETS += expand(f"{OUT}/{{subject}}/regions.tsv", subject=plan.subjects)


rule read_trials:
    """Which image each trial showed."""
    input:
        unpack(lambda wildcards: of_dataset(plan.source.trial_files(wildcards.subject))),
    output:
        trials=f"{OUT}/{{subject}}/trials.parquet",
    log:
        log_file("read_trials", "{subject}"),
    benchmark:
        timing("read_trials", "{subject}")
    conda:
        "../../../envs/conda.yaml"
    resources:
        **needs("read_trials"),
    params:
        job=lambda wildcards: job_params(
            "read_trials",
            files=["sessions"],
            reader=plan.source.trials,
            sessions=plan.sessions[wildcards.subject],
            **objects_of(plan.source.trial_files(wildcards.subject)),
        ),
    message:
        "Listing the trials of {wildcards.subject}"
    script:
        "../../scripts/read_trials.py"


rule read_regions:
    """Which regions a subject has, how large they are, and where."""
    input:
        unpack(
            lambda wildcards: of_dataset(plan.source.region_files(wildcards.subject))
        ),
    output:
        regions=f"{OUT}/{{subject}}/regions.tsv",
        voxels=f"{OUT}/{{subject}}/regions.npz",
    log:
        log_file("read_regions", "{subject}"),
    benchmark:
        timing("read_regions", "{subject}")
    conda:
        "../../../envs/conda.yaml"
    resources:
        **needs("read_regions"),
    params:
        job=lambda wildcards: job_params(
            "read_regions",
            "regions",
            files=["dataset.space"],
            reader=plan.source.regions,
            **objects_of(plan.source.region_files(wildcards.subject)),
        ),
    message:
        "Counting the voxels of {wildcards.subject}'s regions"
    script:
        "../../scripts/read_regions.py"


rule average_session:
    """Regional means of one session's betas."""
    input:
        unpack(
            lambda wildcards: of_dataset(
                plan.source.session_files(wildcards.subject, int(wildcards.session))
            )
        ),
        regions=rules.read_regions.output.regions,
        voxels=rules.read_regions.output.voxels,
    output:
        means=f"{OUT}/{{subject}}/betas/session{{session}}.parquet",
        voxels=f"{OUT}/{{subject}}/betas/session{{session}}.voxels.tsv",
    log:
        log_file("average_session", "{subject}", "session{session}"),
    benchmark:
        timing("average_session", "{subject}", "session{session}")
    conda:
        "../../../envs/conda.yaml"
    resources:
        **needs("average_session"),
    params:
        job=lambda wildcards: job_params(
            "average_session",
            "responses.zscore",
            "responses.invalid",
            files=["dataset.betas", "dataset.format"],
            reader=plan.source.betas,
            **objects_of(
                plan.source.session_files(wildcards.subject, int(wildcards.session))
            ),
        ),
    message:
        "Averaging session {wildcards.session} of {wildcards.subject} over regions"
    script:
        "../../scripts/average_session.py"
