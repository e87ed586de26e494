"""Claims about what clusters show: categories, the nearest images' other presentations, labels.

Reads the pooled chosen fit, the responses and the labels. Writes, below claims/, apart.parquet,
enrichment.*, nearest_again.*, information.*, cooccurrence.* and associations.*.
"""

if config["claims"]:
    TARGETS += [f"{OUT}/claims/apart.parquet"]
    if plan.images_known:
        TARGETS += [f"{OUT}/claims/nearest_again.tsv", *figure("claims/nearest_again")]
    if plan.labels_known:
        for stem in ("enrichment", "information"):
            TARGETS += [f"{OUT}/claims/{stem}.tsv", *figure(f"claims/{stem}")]

    rule label_apart:
        """Each trial's cluster by prototypes fitted to other images, and to other subjects."""
        input:
            responses=f"{OUT}/{POOLED}/responses.parquet",
            centroids=f"{OUT}/{POOLED}/kbest/centroids.tsv",
        output:
            apart=f"{OUT}/claims/apart.parquet",
        log:
            log_file("label_apart"),
        benchmark:
            timing("label_apart")
        conda:
            "../../envs/conda.yaml"
        threads: threads_for("label_apart")
        resources:
            **needs("label_apart"),
        params:
            job=job_params(
                "label_apart", "seed", "claims.replicates", "kmeans.max_iterations"
            ),
        message:
            "Labelling trials by other images and by other subjects"
        script:
            "../scripts/label_apart.py"

    rule repeat_nearest:
        """The nearest images' other presentations."""
        input:
            responses=f"{OUT}/{POOLED}/responses.parquet",
            assignments=f"{OUT}/{POOLED}/kbest/assignments.parquet",
            centroids=f"{OUT}/{POOLED}/kbest/centroids.tsv",
        output:
            nearest_again=report(
                f"{OUT}/claims/nearest_again.tsv",
                category="Claims",
                caption="../report/nearest_again_table.rst",
                labels={"shows": "nearest images again (table)"},
            ),
        log:
            log_file("repeat_nearest"),
        benchmark:
            timing("repeat_nearest")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("repeat_nearest"),
        params:
            job=job_params("repeat_nearest", note=plan.note),
        message:
            "Comparing the nearest images with their other presentations"
        script:
            "../scripts/repeat_nearest.py"

    rule plot_nearest_again:
        """The figure of the nearest images' other presentations."""
        input:
            nearest_again=rules.repeat_nearest.output.nearest_again,
        output:
            svg=report(
                f"{OUT}/claims/nearest_again.svg",
                category="Claims",
                caption="../report/nearest_again.rst",
                labels={"shows": "nearest images again"},
            ),
            png=f"{OUT}/claims/nearest_again.png",
        log:
            log_file("plot_nearest_again"),
        benchmark:
            timing("plot_nearest_again")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_nearest_again"),
        params:
            job=job_params("plot_nearest_again", note=plan.note),
        message:
            "Drawing the nearest images' other presentations"
        script:
            "../scripts/plot_nearest_again.py"

    if plan.labels_known:

        rule measure_enrichment:
            """Categories that each cluster's images show more often, in and out of sample."""
            input:
                assignments=f"{OUT}/{POOLED}/kbest/assignments.parquet",
                apart=rules.label_apart.output.apart,
                images=rules.list_images.output.images,
                labels=rules.list_images.output.labels,
                categories=rules.list_images.output.categories,
            output:
                enrichment=report(
                    f"{OUT}/claims/enrichment.tsv",
                    category="Claims",
                    caption="../report/enrichment_table.rst",
                    labels={"shows": "enrichment (table)"},
                ),
            log:
                log_file("measure_enrichment"),
            benchmark:
                timing("measure_enrichment")
            conda:
                "../../envs/conda.yaml"
            resources:
                **needs("measure_enrichment"),
            params:
                job=job_params(
                    "measure_enrichment",
                    "seed",
                    "nearest.top",
                    "nearest.annotated",
                    "claims.bootstraps",
                    "claims.labels.min_images",
                    "claims.labels.prior",
                    note=plan.note,
                ),
            message:
                "Measuring which categories clusters are enriched in"
            script:
                "../scripts/measure_enrichment.py"

        rule plot_enrichment:
            """The figure of the strongest categories of each cluster."""
            input:
                enrichment=rules.measure_enrichment.output.enrichment,
                fit=f"{OUT}/{POOLED}/kbest/fit.json",
            output:
                svg=report(
                    f"{OUT}/claims/enrichment.svg",
                    category="Claims",
                    caption="../report/enrichment.rst",
                    labels={"shows": "enrichment"},
                ),
                png=f"{OUT}/claims/enrichment.png",
            log:
                log_file("plot_enrichment"),
            benchmark:
                timing("plot_enrichment")
            conda:
                "../../envs/conda.yaml"
            resources:
                **needs("plot_enrichment"),
            params:
                job=job_params("plot_enrichment", note=plan.note),
            message:
                "Drawing which categories clusters are enriched in"
            script:
                "../scripts/plot_enrichment.py"

        rule measure_information:
            """R² of what images show, from clusters, from axes and from all regions."""
            input:
                responses=f"{OUT}/{POOLED}/responses.parquet",
                assignments=f"{OUT}/{POOLED}/kbest/assignments.parquet",
                images=rules.list_images.output.images,
                labels=rules.list_images.output.labels,
            output:
                information=report(
                    f"{OUT}/claims/information.tsv",
                    category="Claims",
                    caption="../report/information_table.rst",
                    labels={"shows": "information (table)"},
                ),
            log:
                log_file("measure_information"),
            benchmark:
                timing("measure_information")
            conda:
                "../../envs/conda.yaml"
            resources:
                **needs("measure_information"),
            params:
                job=job_params(
                    "measure_information",
                    "seed",
                    "claims.labels.min_images",
                    note=plan.note,
                ),
            message:
                "Predicting what images show from clusters and axes"
            script:
                "../scripts/measure_information.py"

        rule plot_information:
            """The figure of what predicts what images show."""
            input:
                information=rules.measure_information.output.information,
            output:
                svg=report(
                    f"{OUT}/claims/information.svg",
                    category="Claims",
                    caption="../report/information.rst",
                    labels={"shows": "information"},
                ),
                png=f"{OUT}/claims/information.png",
            log:
                log_file("plot_information"),
            benchmark:
                timing("plot_information")
            conda:
                "../../envs/conda.yaml"
            resources:
                **needs("plot_information"),
            params:
                job=job_params("plot_information", note=plan.note),
            message:
                "Drawing what predicts what images show"
            script:
                "../scripts/plot_information.py"
