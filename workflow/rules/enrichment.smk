"""Claims about what clusters show: categories, the nearest images' other presentations, labels.

Reads the pooled chosen fit, the responses and the labels. Writes, below claims/, enrichment.*,
nearest_again.*, information.*, cooccurrence.* and associations.*.
"""

if config["claims"] and plan.labels_known:
    TARGETS += [f"{OUT}/claims/cooccurrence.tsv", f"{OUT}/claims/cooccurrence.json"]
    TARGETS += figure("claims/cooccurrence")

    rule measure_cooccurrence:
        """φ of categories against the similarity of their responses, from disjoint images."""
        input:
            responses=rules.pool_responses.output.responses,
            images=rules.list_images.output.images,
            labels=rules.list_images.output.labels,
        output:
            table=report(
                f"{OUT}/claims/cooccurrence.tsv",
                category="Claims",
                caption="../report/cooccurrence_table.rst",
                labels={
                    "claim": "co-occurrence",
                    "shows": "categories seen together (table)",
                },
            ),
            summary=f"{OUT}/claims/cooccurrence.json",
        log:
            log_file("measure_cooccurrence"),
        benchmark:
            timing("measure_cooccurrence")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("measure_cooccurrence"),
        params:
            job=job_params(
                "measure_cooccurrence",
                "seed",
                "claims.permutations",
                "claims.labels.min_images",
                note=plan.note,
            ),
        message:
            "Comparing categories that are seen together with their responses"
        script:
            "../scripts/measure_cooccurrence.py"

    rule plot_cooccurrence:
        """The similarity of categories' responses over how often they are seen together."""
        input:
            table=rules.measure_cooccurrence.output.table,
            summary=rules.measure_cooccurrence.output.summary,
        output:
            svg=f"{OUT}/claims/cooccurrence.svg",
            png=report(
                f"{OUT}/claims/cooccurrence.png",
                category="Claims",
                caption="../report/cooccurrence.rst",
                labels={
                    "claim": "co-occurrence",
                    "shows": "categories seen together",
                },
            ),
        log:
            log_file("plot_cooccurrence"),
        benchmark:
            timing("plot_cooccurrence")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_cooccurrence"),
        params:
            job=job_params("plot_cooccurrence", note=plan.note),
        message:
            "Drawing categories that are seen together and their responses"
        script:
            "../scripts/plot_cooccurrence.py"
