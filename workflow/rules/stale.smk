"""Results that the present configuration no longer makes: those of a k or a subject that was removed.

Nothing else in the workflow deletes results, and no other target asks for these rules.
"""

STALE = {
    "config": config,
    "out": FOLDER,
    "keep": [workflow.modifier.modify_rulename(rule) for rule in plan.source.own_rules],
    "snakefile": SNAKEFILE,
}


rule stale:
    """List the results that the present configuration no longer makes."""
    log:
        log_file("stale"),
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("stale"),
    params:
        job=job_params("find_stale", remove=False, **STALE),
    message:
        f"Looking in {FOLDER} for results that this configuration does not make"
    script:
        "../scripts/find_stale.py"


rule remove_stale:
    """Remove the results that the present configuration no longer makes."""
    log:
        log_file("remove_stale"),
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("remove_stale"),
    params:
        job=job_params("find_stale", remove=True, **STALE),
    message:
        f"Removing the results in {FOLDER} that this configuration does not make"
    script:
        "../scripts/find_stale.py"
