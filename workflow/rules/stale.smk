"""Results that the present configuration no longer makes: a k or a subject that was taken out.

Nothing else in the workflow deletes results, and no other target asks for these rules.
"""

from snakemake.io import strip_wildcard_constraints


def stale_params(remove):
    """What `find_stale` needs: the study, and the names that rules give to results."""
    files = {
        strip_wildcard_constraints(str(path))
        for rule in workflow.rules
        # A simulated dataset is data: it does not depend on the subjects chosen, and it stays.
        if rule.output and not rule.name.startswith("simulate_")
        for path in (*rule.output, *rule.log, rule.benchmark)
    }
    return job_params(
        "find_stale",
        config=config,
        out=OUT,
        patterns=sorted(files),
        remove=remove,
        snakefile=str(Path(workflow.basedir) / "Snakefile"),
    )


rule stale:
    """List the results that the present configuration no longer makes."""
    log:
        log_file("stale"),
    conda:
        "../../envs/conda.yaml"
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
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
    threads: 1
    resources:
        mem_mb=800,
        runtime=10,
    params:
        job=lambda wildcards: stale_params(remove=True),
    message:
        f"Removing the results in {OUT} that this configuration does not make"
    script:
        "../scripts/find_stale.py"
