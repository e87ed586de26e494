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


if config["claims"]:
    PROPERTIES = (
        {"properties": f"{OUT}/picture_properties.parquet"}
        if plan.pictures_known
        else {}
    )
    TARGETS += [*PROPERTIES.values(), f"{OUT}/claims/associations.tsv"]
    TARGETS += figure("claims/associations")

    rule measure_pictures:
        """Luminance, contrast and fine detail of the pictures that were shown."""
        input:
            **STIMULI,
            **of_dataset(PICTURES),
            responses=rules.pool_responses.output.responses,
        output:
            table=f"{OUT}/picture_properties.parquet",
        log:
            log_file("measure_pictures"),
        benchmark:
            timing("measure_pictures")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("measure_pictures"),
        params:
            job=job_params(
                "measure_pictures",
                "seed",
                files=["dataset.pictures"],
                **objects_of(PICTURES),
            ),
        message:
            "Measuring the pictures"
        script:
            "../scripts/measure_pictures.py"

    rule measure_associations:
        """What else clusters go with: subject, session, run, presentation, the look of pictures."""
        input:
            **PROPERTIES,
            responses=[f"{OUT}/{cohort}/responses.parquet" for cohort in plan.cohorts],
            assignments=[
                f"{OUT}/{cohort}/kbest/assignments.parquet" for cohort in plan.cohorts
            ],
            fits=[f"{OUT}/{cohort}/kbest/fit.json" for cohort in plan.cohorts],
        output:
            table=report(
                f"{OUT}/claims/associations.tsv",
                category="Claims",
                caption="../report/associations_table.rst",
                labels={
                    "claim": "associations",
                    "shows": "what clusters go with (table)",
                },
            ),
        log:
            log_file("measure_associations"),
        benchmark:
            timing("measure_associations")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("measure_associations"),
        params:
            job=job_params(
                "measure_associations",
                "responses.repeats",
                files=["subjects"],
                cohorts=plan.cohorts,
                run_lengths=list(plan.source.run_lengths),
                note=plan.note,
            ),
        message:
            "Measuring what clusters go with"
        script:
            "../scripts/measure_associations.py"

    rule plot_associations:
        """What else clusters go with, by variable and cohort."""
        input:
            table=rules.measure_associations.output.table,
        output:
            svg=f"{OUT}/claims/associations.svg",
            png=report(
                f"{OUT}/claims/associations.png",
                category="Claims",
                caption="../report/associations.rst",
                labels={"claim": "associations", "shows": "what clusters go with"},
            ),
        log:
            log_file("plot_associations"),
        benchmark:
            timing("plot_associations")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_associations"),
        params:
            job=job_params("plot_associations", note=plan.note),
        message:
            "Drawing what clusters go with"
        script:
            "../scripts/plot_associations.py"
