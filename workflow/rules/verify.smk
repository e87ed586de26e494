"""The whole study held against itself, and against the configuration.

Reads every result. Makes nothing, and no other target asks for it.
"""


rule verify:
    """Name every result that contradicts its schema, its digest or what it comes of."""
    log:
        log_file("verify"),
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("verify"),
    params:
        job=job_params(
            "verify",
            config=config,
            out=FOLDER,
            snakefile=SNAKEFILE,
            subjects=plan.subjects,
            note=plan.note,
            missing=plan.missing,
        ),
    message:
        f"Verifying the results in {FOLDER}"
    script:
        "../scripts/verify.py"
