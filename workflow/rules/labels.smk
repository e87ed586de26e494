"""Labels: the categories in each cluster's images, compared with the cohort's base rates.

Reads a fit, its nearest trials and the labels. Writes <cohort>/<fit>/label_counts.tsv and the
wordclouds.
"""

if plan.labels_known:
    for cohort, fit in DESCRIBED:
        TARGETS += [f"{OUT}/{cohort}/{fit}/label_counts.tsv"]
        TARGETS += figure(f"{cohort}/{fit}/wordcloud")

    rule count_labels:
        """Categories per cluster, by instance and by image, with lift."""
        input:
            assignments=f"{OUT}/{{cohort}}/{{fit}}/assignments.parquet",
            nearest=rules.find_nearest.output.nearest,
            images=rules.list_images.output.images,
            labels=rules.list_images.output.labels,
            categories=rules.list_images.output.categories,
        output:
            counts=report(
                f"{OUT}/{{cohort}}/{{fit}}/label_counts.tsv",
                category="Labels",
                subcategory="{cohort}",
                caption="../report/label_counts.rst",
                labels={
                    "cohort": "{cohort}",
                    "fit": "{fit}",
                    "shows": "label counts (table)",
                },
            ),
            coverage=f"{OUT}/{{cohort}}/{{fit}}/label_counts.json",
        log:
            log_file("count_labels", "{cohort}", "{fit}"),
        benchmark:
            timing("count_labels", "{cohort}", "{fit}")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("count_labels"),
        params:
            job=job_params("count_labels", "nearest.top", note=plan.note),
        message:
            "Counting the labels of {wildcards.cohort}, {wildcards.fit}"
        script:
            "../scripts/count_labels.py"

    rule plot_wordcloud:
        """Figure 1B: wordclouds of the labels of the images nearest each cluster."""
        input:
            counts=rules.count_labels.output.counts,
            coverage=rules.count_labels.output.coverage,
            fit=f"{OUT}/{{cohort}}/{{fit}}/fit.json",
            identity=rules.match_pooled.output.identity,
        output:
            svg=f"{OUT}/{{cohort}}/{{fit}}/wordcloud.svg",
            png=report(
                f"{OUT}/{{cohort}}/{{fit}}/wordcloud.png",
                category="Labels",
                subcategory="{cohort}",
                caption="../report/wordcloud.rst",
                labels={
                    "cohort": "{cohort}",
                    "fit": "{fit}",
                    "shows": "wordclouds (figure 1B)",
                },
            ),
        log:
            log_file("plot_wordcloud", "{cohort}", "{fit}"),
        benchmark:
            timing("plot_wordcloud", "{cohort}", "{fit}")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_wordcloud"),
        params:
            job=job_params(
                "plot_wordcloud",
                "labels.count",
                "wordcloud.size_by",
                "wordcloud.top",
                "wordcloud.max_words",
                "wordcloud.prefer_horizontal",
                note=plan.note,
                # Otherwise a key of claims would draw the clouds again.
                **(
                    {"prior": config["claims"]["labels"]["prior"]}
                    if config["wordcloud"]["size_by"] == "enrichment"
                    else {}
                ),
            ),
        message:
            "Drawing the wordclouds of {wildcards.cohort}, {wildcards.fit}"
        script:
            "../scripts/plot_wordcloud.py"
