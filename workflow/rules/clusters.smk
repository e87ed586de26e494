"""Clusters: k-means for every cohort and k, the elbow, and the chosen fit.

Reads <cohort>/responses.parquet. Writes <cohort>/k<KK>/{centroids.tsv,assignments.parquet,fit.json},
<cohort>/elbow.*, <cohort>/kbest/ and the figures of both.
"""

for cohort in plan.cohorts:
    for fit in [*FITS, "kbest"]:
        TARGETS += [f"{OUT}/{cohort}/{fit}/{file}" for file in FIT_FILES.values()]
    TARGETS += [
        f"{OUT}/{cohort}/elbow.tsv",
        f"{OUT}/{cohort}/elbow.json",
        *figure(f"{cohort}/elbow"),
        f"{OUT}/{cohort}/identity.tsv",
    ]
for cohort, fit in DESCRIBED:
    TARGETS += figure(f"{cohort}/{fit}/centroids")


rule fit_kmeans:
    """Correlation k-means of one cohort at one k."""
    input:
        responses=f"{OUT}/{{cohort}}/responses.parquet",
    output:
        **{name: f"{OUT}/{{cohort}}/k{{k}}/{file}" for name, file in FIT_FILES.items()},
    log:
        log_file("fit_kmeans", "{cohort}", "k{k}"),
    benchmark:
        timing("fit_kmeans", "{cohort}", "k{k}")
    # The longest of all are those of all subjects' trials: they begin first.
    priority: lambda wildcards: 2 if wildcards.cohort == POOLED else 1
    conda:
        "../../envs/conda.yaml"
    threads: threads_for("fit_kmeans")
    resources:
        **needs("fit_kmeans"),
    params:
        job=job_params(
            "fit_kmeans",
            "seed",
            "kmeans.replicates",
            "kmeans.swaps",
            "kmeans.max_iterations",
            note=plan.note,
        ),
    message:
        "Clustering {wildcards.cohort}, k = {wildcards.k}"
    script:
        "../scripts/fit_kmeans.py"


rule choose_k:
    """Both definitions of R² at every k, and the k chosen at the elbow."""
    input:
        fits=[f"{OUT}/{{cohort}}/{fit}/fit.json" for fit in FITS],
    output:
        table=report(
            f"{OUT}/{{cohort}}/elbow.tsv",
            category="Number of clusters",
            subcategory="{cohort}",
            caption="../report/elbow_table.rst",
            labels={"cohort": "{cohort}", "shows": "elbow (table)"},
        ),
        summary=f"{OUT}/{{cohort}}/elbow.json",
    log:
        log_file("choose_k", "{cohort}"),
    benchmark:
        timing("choose_k", "{cohort}")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("choose_k"),
    params:
        job=job_params(
            "choose_k",
            "elbow.statistic",
            "elbow.gain",
            files=["kmeans.k.max"],
            note=plan.note,
        ),
    message:
        "Choosing k for {wildcards.cohort}"
    script:
        "../scripts/choose_k.py"


rule copy_best:
    """The chosen fit, under a name that does not depend on the choice."""
    input:
        **{
            name: [f"{OUT}/{{cohort}}/{fit}/{file}" for fit in FITS]
            for name, file in FIT_FILES.items()
        },
        elbow=rules.choose_k.output.summary,
    output:
        assignments=f"{OUT}/{{cohort}}/kbest/assignments.parquet",
        fit=f"{OUT}/{{cohort}}/kbest/fit.json",
        centroids=report(
            f"{OUT}/{{cohort}}/kbest/centroids.tsv",
            category="Clusters",
            subcategory="{cohort}",
            caption="../report/centroids_table.rst",
            labels={
                "cohort": "{cohort}",
                "fit": "kbest",
                "shows": "centroids (table)",
            },
        ),
    log:
        log_file("copy_best", "{cohort}"),
    benchmark:
        timing("copy_best", "{cohort}")
    localrule: True
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("copy_best"),
    params:
        job=job_params("copy_best", files=["kmeans.k.max"], k=KS, note=plan.note),
    message:
        "Copying the chosen fit of {wildcards.cohort}"
    script:
        "../scripts/copy_best.py"


rule match_pooled:
    """The pooled cluster that each cluster is matched to, at every k; it determines the colours."""
    input:
        centroids=[f"{OUT}/{{cohort}}/{fit}/centroids.tsv" for fit in FITS],
        pooled=f"{OUT}/{POOLED}/kbest/centroids.tsv",
    output:
        identity=f"{OUT}/{{cohort}}/identity.tsv",
    log:
        log_file("match_pooled", "{cohort}"),
    benchmark:
        timing("match_pooled", "{cohort}")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("match_pooled"),
    params:
        job=job_params("match_pooled", files=["kmeans.k.max"], k=KS),
    message:
        "Matching the clusters of {wildcards.cohort} to the pooled ones"
    script:
        "../scripts/match_pooled.py"


rule plot_elbow:
    """The elbow plot."""
    input:
        table=rules.choose_k.output.table,
        summary=rules.choose_k.output.summary,
    output:
        svg=report(
            f"{OUT}/{{cohort}}/elbow.svg",
            category="Number of clusters",
            subcategory="{cohort}",
            caption="../report/elbow.rst",
            labels={"cohort": "{cohort}", "shows": "elbow"},
        ),
        png=f"{OUT}/{{cohort}}/elbow.png",
    log:
        log_file("plot_elbow", "{cohort}"),
    benchmark:
        timing("plot_elbow", "{cohort}")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("plot_elbow"),
    params:
        job=job_params("plot_elbow", note=plan.note),
    message:
        "Drawing the elbow plot of {wildcards.cohort}"
    script:
        "../scripts/plot_elbow.py"


rule plot_centroids:
    """Figure 2: the centroids over regions."""
    input:
        responses=f"{OUT}/{{cohort}}/responses.parquet",
        assignments=f"{OUT}/{{cohort}}/{{fit}}/assignments.parquet",
        centroids=f"{OUT}/{{cohort}}/{{fit}}/centroids.tsv",
        fit=f"{OUT}/{{cohort}}/{{fit}}/fit.json",
        identity=rules.match_pooled.output.identity,
        regions=f"{OUT}/{{cohort}}/regions.tsv",
    output:
        svg=report(
            f"{OUT}/{{cohort}}/{{fit}}/centroids.svg",
            category="Clusters",
            subcategory="{cohort}",
            caption="../report/centroids.rst",
            labels={
                "cohort": "{cohort}",
                "fit": "{fit}",
                "shows": "centroids (figure 2)",
            },
        ),
        png=f"{OUT}/{{cohort}}/{{fit}}/centroids.png",
    log:
        log_file("plot_centroids", "{cohort}", "{fit}"),
    benchmark:
        timing("plot_centroids", "{cohort}", "{fit}")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("plot_centroids"),
    params:
        job=job_params("plot_centroids", note=plan.note, unit=plan.source.unit(config)),
    message:
        "Drawing the centroids of {wildcards.cohort}, {wildcards.fit}"
    script:
        "../scripts/plot_centroids.py"
