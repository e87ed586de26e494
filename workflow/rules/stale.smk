"""Results that the present configuration no longer makes: a k or a subject that was taken out.

Nothing else in the workflow deletes results, and no other target asks for these rules.
"""


def stale_params(remove):
    """What `find_stale` needs: the study, and how to ask Snakemake what it makes."""
    return job_params(
        "find_stale",
        config=config,
        out=OUT,
        keep=list(plan.source.own_rules),
        remove=remove,
        snakefile=str(Path(workflow.basedir) / "Snakefile"),
    )


rule stale:
    """List the results that the present configuration no longer makes."""
    log:
        log_file("stale"),
    conda:
        "../../envs/conda.yaml"
    params:
        job=lambda wildcards: stale_params(remove=False),
    message:
        f"Looking in {OUT} for results that this configuration does not make"
    script:
        "../scripts/find_stale.py"


rule remove_stale:
    """Remove the results that the present configuration no longer makes."""
    log:
        log_file("remove_stale"),
    conda:
        "../../envs/conda.yaml"
    params:
        job=lambda wildcards: stale_params(remove=True),
    message:
        f"Removing the results in {OUT} that this configuration does not make"
    script:
        "../scripts/find_stale.py"
