"""What the page shows: every fit of each cohort, and the pictures nearest its clusters, small.

Reads responses, fits, elbows, stimuli, labels and pictures. Writes <cohort>/explorer.json and
thumbnails.parquet.
"""

if config["report"]:
    TARGETS += [f"{OUT}/{cohort}/explorer.json" for cohort in plan.cohorts]

    rule explore_cohort:
        """Every fit of one cohort, as the page shows it."""
        input:
            **STIMULI,
            **(
                {
                    **IMAGES,
                    "labels": LABELS["labels"],
                    "categories": LABELS["categories"],
                }
                if plan.labels_known
                else {}
            ),
            responses=f"{OUT}/{{cohort}}/responses.parquet",
            regions=f"{OUT}/{{cohort}}/regions.tsv",
            assignments=[f"{OUT}/{{cohort}}/{fit}/assignments.parquet" for fit in FITS],
            # Clusters are matched to those of the other cohorts.
            centroids=[
                f"{OUT}/{cohort}/{fit}/centroids.tsv"
                for cohort in plan.cohorts
                for fit in FITS
            ],
            identity=f"{OUT}/{{cohort}}/identity.tsv",
            elbow=f"{OUT}/{{cohort}}/elbow.json",
            curve=f"{OUT}/{{cohort}}/elbow.tsv",
        output:
            explorer=f"{OUT}/{{cohort}}/explorer.json",
        log:
            log_file("explore_cohort", "{cohort}"),
        benchmark:
            timing("explore_cohort", "{cohort}")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("explore_cohort"),
        params:
            job=job_params(
                "explore_cohort",
                "nearest.distinct",
                "nearest.annotated",
                "labels.count",
                "wordcloud.top",
                files=["kmeans.k.max", "subjects"],
                cohorts=plan.cohorts,
                k=KS,
                unit=plan.source.unit(config),
                note=plan.note,
            ),
        message:
            "Gathering what the page shows of {wildcards.cohort}"
        script:
            "../scripts/explore_cohort.py"


if config["report"] and config["report"]["pictures"] and plan.pictures_known:
    TARGETS += [f"{OUT}/thumbnails.parquet"]

    rule make_thumbnails:
        """The pictures that the page shows, small."""
        input:
            **STIMULI,
            **of_dataset(PICTURES),
            explorers=[f"{OUT}/{cohort}/explorer.json" for cohort in plan.cohorts],
        output:
            table=f"{OUT}/thumbnails.parquet",
        log:
            log_file("make_thumbnails"),
        benchmark:
            timing("make_thumbnails")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("make_thumbnails"),
        params:
            job=job_params(
                "make_thumbnails",
                files=["dataset.pictures", "subjects"],
                **objects_of(PICTURES),
            ),
        message:
            "Making the pictures of the page small"
        script:
            "../scripts/make_thumbnails.py"
