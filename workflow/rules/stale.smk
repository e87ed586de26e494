"""Results that the present configuration no longer makes, or may not have made.

The first are those of a k or a subject that was removed; the second are what jobs left that went on
after Snakemake was killed. Nothing else in the workflow deletes results, and no other target asks
for these rules.
"""

STALE = {
    "config": config,
    "out": FOLDER,
    "keep": [workflow.modifier.modify_rulename(rule) for rule in plan.source.own_rules],
    "snakefile": SNAKEFILE,
}
UNACCOUNTED = {key: STALE[key] for key in ("config", "out", "snakefile")}


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


rule unaccounted:
    """List the results that the present configuration may not have made."""
    log:
        log_file("unaccounted"),
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("unaccounted"),
    params:
        job=job_params("find_unaccounted", remove=False, **UNACCOUNTED),
    message:
        f"Looking in {FOLDER} for results that this configuration may not have made"
    script:
        "../scripts/find_unaccounted.py"


rule remove_unaccounted:
    """Remove the results that the present configuration may not have made."""
    log:
        log_file("remove_unaccounted"),
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("remove_unaccounted"),
    params:
        job=job_params("find_unaccounted", remove=True, **UNACCOUNTED),
    message:
        f"Removing the results in {FOLDER} that this configuration may not have made"
    script:
        "../scripts/find_unaccounted.py"
