"""The Natural Scenes Dataset: from its own files to regional means, session by session.

Reads an NSD root. Writes <subject>/trials.parquet, <subject>/regions.tsv with regions.npz beside it,
and <subject>/betas/session<NN>.parquet.
"""


rule read_trials:
    """Which image each trial showed."""
    input:
        unpack(
            lambda wildcards: (
                {"behaviour": plan.behaviour[wildcards.subject]}
                if wildcards.subject in plan.behaviour
                else {}
            )
        ),
        design=plan.design,
    output:
        trials=f"{OUT}/{{subject}}/trials.parquet",
    log:
        log_file("read_trials", "{subject}"),
    benchmark:
        timing("read_trials", "{subject}")
    conda:
        "../../envs/conda.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
    params:
        job=lambda wildcards: job_params(
            "read_trials", sessions=plan.sessions[wildcards.subject]
        ),
    message:
        "Listing the trials of {wildcards.subject}"
    script:
        "../scripts/read_trials.py"


rule read_regions:
    """Which regions a subject has, how large they are, and where."""
    input:
        unpack(mean_volume),
        volumes=region_volumes,
        names=region_names,
    output:
        regions=f"{OUT}/{{subject}}/regions.tsv",
        voxels=f"{OUT}/{{subject}}/regions.npz",
    log:
        log_file("read_regions", "{subject}"),
    benchmark:
        timing("read_regions", "{subject}")
    conda:
        "../../envs/conda.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        job=job_params("read_regions", regions=COLLECTIONS),
    message:
        "Counting the voxels of {wildcards.subject}'s regions"
    script:
        "../scripts/read_regions.py"


rule average_session:
    """Regional means of one session's betas."""
    input:
        unpack(nifti_beside),
        betas=lambda wildcards: plan.betas[wildcards.subject, int(wildcards.session)],
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
        "../../envs/conda.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        job=job_params(
            "average_session",
            zscore=config["responses"]["zscore"],
            invalid=config["responses"]["invalid"],
        ),
    message:
        "Averaging session {wildcards.session} of {wildcards.subject} over regions"
    script:
        "../scripts/average_session.py"
