"""Images: the trials nearest each prototype, and the pictures they showed.

Reads a fit, the stimulus table, the annotations and the pictures. Writes images.parquet,
labels.parquet, <cohort>/<fit>/nearest.tsv, the mosaics and the contact sheets.
"""

NEAREST = config["nearest"]


rule list_images:
    """The stimulus table and, where there are annotations, what each image shows."""
    input:
        **({"annotations": plan.annotations} if plan.labels_known else {}),
        **({"design": plan.design} if plan.design else {}),
        stimuli=plan.stimuli or [],
    output:
        **(
            {
                "labels": f"{OUT}/labels.parquet",
                "drawn": f"{OUT}/labels.json",
                "categories": f"{OUT}/categories.tsv",
            }
            if plan.labels_known
            else {}
        ),
        images=f"{OUT}/images.parquet",
    log:
        log_file("list_images"),
    benchmark:
        timing("list_images")
    conda:
        "../../envs/conda.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        job=job_params("list_images", crop=config["labels"]["crop"]),
    message:
        "Reading the stimulus table and its annotations"
    script:
        "../scripts/list_images.py"


rule find_nearest:
    """The trials nearest each prototype."""
    input:
        **({"stimuli": plan.stimuli} if plan.images_known else {}),
        # Only then do the nearest images depend on the labels.
        **({"images": f"{OUT}/images.parquet"} if NEAREST["annotated"] else {}),
        assignments=f"{OUT}/{{cohort}}/{{fit}}/assignments.parquet",
    output:
        nearest=report(
            f"{OUT}/{{cohort}}/{{fit}}/nearest.tsv",
            category="Images",
            subcategory="{cohort}",
            caption="../report/nearest.rst",
            labels={
                "cohort": "{cohort}",
                "fit": "{fit}",
                "shows": "nearest trials (table)",
            },
        ),
    log:
        log_file("find_nearest", "{cohort}", "{fit}"),
    benchmark:
        timing("find_nearest", "{cohort}", "{fit}")
    conda:
        "../../envs/conda.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        job=job_params(
            "find_nearest",
            **NEAREST,
            note=plan.note,
        ),
    message:
        "Finding the images nearest the prototypes of {wildcards.cohort}, {wildcards.fit}"
    script:
        "../scripts/find_nearest.py"


rule plot_mosaic:
    """The nearest pictures of each cluster, drawn: figure 1A."""
    input:
        nearest=rules.find_nearest.output.nearest,
        fit=f"{OUT}/{{cohort}}/{{fit}}/fit.json",
        identity=rules.match_pooled.output.identity,
        pictures=plan.pictures or [],
    output:
        svg=f"{OUT}/{{cohort}}/{{fit}}/mosaic.svg",
        png=report(
            f"{OUT}/{{cohort}}/{{fit}}/mosaic.png",
            category="Images",
            subcategory="{cohort}",
            caption="../report/mosaic.rst",
            labels={
                "cohort": "{cohort}",
                "fit": "{fit}",
                "shows": "nearest pictures (figure 1A)",
            },
        ),
    log:
        log_file("plot_mosaic", "{cohort}", "{fit}"),
    benchmark:
        timing("plot_mosaic", "{cohort}", "{fit}")
    conda:
        "../../envs/conda.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        job=job_params("plot_mosaic", note=plan.note),
    message:
        "Drawing the mosaic of {wildcards.cohort}, {wildcards.fit}"
    script:
        "../scripts/plot_mosaic.py"


rule plot_contact_sheet:
    """All pictures that the nearest table lists, small, on one sheet."""
    input:
        nearest=rules.find_nearest.output.nearest,
        fit=f"{OUT}/{{cohort}}/{{fit}}/fit.json",
        identity=rules.match_pooled.output.identity,
        pictures=plan.pictures or [],
    output:
        svg=report(
            f"{OUT}/{{cohort}}/{{fit}}/contact_sheet.svg",
            category="Images",
            subcategory="{cohort}",
            caption="../report/contact_sheet.rst",
            labels={
                "cohort": "{cohort}",
                "fit": "{fit}",
                "shows": "contact sheet",
            },
        ),
        png=f"{OUT}/{{cohort}}/{{fit}}/contact_sheet.png",
    log:
        log_file("plot_contact_sheet", "{cohort}", "{fit}"),
    benchmark:
        timing("plot_contact_sheet", "{cohort}", "{fit}")
    conda:
        "../../envs/conda.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        job=job_params("plot_contact_sheet", note=plan.note),
    message:
        "Drawing the contact sheet of {wildcards.cohort}, {wildcards.fit}"
    script:
        "../scripts/plot_contact_sheet.py"
