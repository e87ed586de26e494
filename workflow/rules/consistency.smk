"""Consistency: prototypes across values of k, and across subjects.

Reads <cohort>/k<KK>/centroids.tsv. Writes <cohort>/consistency_k.* and consistency_subjects/.
"""

FROM_TWO = [k for k in KS if k > 1]

if len(FROM_TWO) > 1:
    for cohort in plan.cohorts:
        TARGETS += [f"{OUT}/{cohort}/consistency_k.tsv"]
        TARGETS += figure(f"{cohort}/consistency_k")
if len(plan.subjects) > 1:
    for fit in [*FITS, "kbest"]:
        TARGETS += [
            f"{OUT}/consistency_subjects/{fit}.tsv",
            f"{OUT}/consistency_subjects/{fit}.json",
            *figure(f"consistency_subjects/{fit}"),
        ]


rule compare_k:
    """Correlations of one cohort's prototypes between every two values of k."""
    input:
        centroids=[f"{OUT}/{{cohort}}/k{k:02d}/centroids.tsv" for k in FROM_TWO],
    output:
        table=report(
            f"{OUT}/{{cohort}}/consistency_k.tsv",
            category="Consistency",
            subcategory="Across k",
            caption="../report/consistency_k_table.rst",
            labels={"cohort": "{cohort}", "shows": "correlations (table)"},
        ),
    log:
        log_file("compare_k", "{cohort}"),
    benchmark:
        timing("compare_k", "{cohort}")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("compare_k"),
    params:
        job=job_params("compare_k", files=["kmeans.k.max"], k=FROM_TWO, note=plan.note),
    message:
        "Comparing the prototypes of {wildcards.cohort} across k"
    script:
        "../scripts/compare_k.py"


rule plot_consistency_k:
    """The figure of consistency across k."""
    input:
        table=rules.compare_k.output.table,
        elbow=f"{OUT}/{{cohort}}/elbow.json",
        identity=f"{OUT}/{{cohort}}/identity.tsv",
    output:
        svg=report(
            f"{OUT}/{{cohort}}/consistency_k.svg",
            category="Consistency",
            subcategory="Across k",
            caption="../report/consistency_k.rst",
            labels={"cohort": "{cohort}", "shows": "heatmap"},
        ),
        png=f"{OUT}/{{cohort}}/consistency_k.png",
    log:
        log_file("plot_consistency_k", "{cohort}"),
    benchmark:
        timing("plot_consistency_k", "{cohort}")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("plot_consistency_k"),
    params:
        job=job_params("plot_consistency_k", note=plan.note),
    message:
        "Drawing the consistency of {wildcards.cohort} across k"
    script:
        "../scripts/plot_consistency_k.py"


rule compare_subjects:
    """Correlations of prototypes between every two subjects at one k."""
    input:
        centroids=[f"{OUT}/{subject}/k{{k}}/centroids.tsv" for subject in plan.subjects],
    output:
        table=report(
            f"{OUT}/consistency_subjects/k{{k}}.tsv",
            category="Consistency",
            subcategory="Across subjects",
            caption="../report/consistency_subjects_table.rst",
            labels={"fit": "k{k}", "shows": "correlations (table)"},
        ),
        summary=f"{OUT}/consistency_subjects/k{{k}}.json",
    log:
        log_file("compare_subjects", "k{k}"),
    benchmark:
        timing("compare_subjects", "k{k}")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("compare_subjects"),
    params:
        job=job_params(
            "compare_subjects",
            files=["subjects"],
            subjects=plan.subjects,
            note=plan.note,
        ),
    message:
        "Comparing the prototypes of all subjects at k = {wildcards.k}"
    script:
        "../scripts/compare_subjects.py"


rule copy_best_subjects:
    """The comparison of subjects at the k that the pooled cohort chose."""
    input:
        table=[f"{OUT}/consistency_subjects/{fit}.tsv" for fit in FITS],
        summary=[f"{OUT}/consistency_subjects/{fit}.json" for fit in FITS],
        elbow=f"{OUT}/{POOLED}/elbow.json",
    output:
        table=report(
            f"{OUT}/consistency_subjects/kbest.tsv",
            category="Consistency",
            subcategory="Across subjects",
            caption="../report/consistency_subjects_best.rst",
            labels={"fit": "kbest", "shows": "correlations (table)"},
        ),
        summary=f"{OUT}/consistency_subjects/kbest.json",
    log:
        log_file("copy_best_subjects"),
    benchmark:
        timing("copy_best_subjects")
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("copy_best_subjects"),
    params:
        job=job_params("copy_best", files=["kmeans.k.max"], k=KS, note=plan.note),
    message:
        "Copying the comparison of subjects at the chosen k"
    script:
        "../scripts/copy_best.py"


rule plot_consistency_subjects:
    """The figure of consistency across subjects."""
    input:
        table=f"{OUT}/consistency_subjects/{{fit}}.tsv",
        summary=f"{OUT}/consistency_subjects/{{fit}}.json",
        identity=[f"{OUT}/{subject}/identity.tsv" for subject in plan.subjects],
    output:
        svg=report(
            f"{OUT}/consistency_subjects/{{fit}}.svg",
            category="Consistency",
            subcategory="Across subjects",
            caption="../report/consistency_subjects.rst",
            labels={"fit": "{fit}", "shows": "heatmap"},
        ),
        png=f"{OUT}/consistency_subjects/{{fit}}.png",
    log:
        log_file("plot_consistency_subjects", "{fit}"),
    benchmark:
        timing("plot_consistency_subjects", "{fit}")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("plot_consistency_subjects"),
    params:
        job=job_params(
            "plot_consistency_subjects",
            files=["subjects"],
            subjects=plan.subjects,
            note=plan.note,
        ),
    message:
        "Drawing the consistency of subjects, {wildcards.fit}"
    script:
        "../scripts/plot_consistency_subjects.py"
