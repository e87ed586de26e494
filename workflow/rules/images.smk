"""Images: their labels, the trials nearest each prototype, and the pictures of these trials.

Reads a fit, the stimulus table, the annotations and the pictures. Writes stimuli.parquet,
images.parquet, labels.parquet, <cohort>/<fit>/nearest.tsv, the mosaics and the contact sheets.
"""

STIMULI = {"stimuli": f"{OUT}/stimuli.parquet"} if plan.stimuli_known else {}
IMAGES = {"images": f"{OUT}/images.parquet"}
PICTURES = {"pictures": plan.source.pictures} if plan.source.pictures else {}
LABELS = {
    "labels": f"{OUT}/labels.parquet",
    "drawn": f"{OUT}/labels.json",
    "categories": f"{OUT}/categories.tsv",
}
if plan.stimuli_known or plan.labels_known:
    TARGETS += IMAGES.values()
if plan.labels_known:
    TARGETS += [LABELS["labels"], LABELS["drawn"]]
for cohort, fit in DESCRIBED:
    TARGETS += [f"{OUT}/{cohort}/{fit}/nearest.tsv"]
    if plan.pictures_known:
        TARGETS += figure(f"{cohort}/{fit}/mosaic")
        TARGETS += figure(f"{cohort}/{fit}/contact_sheet")


rule read_stimuli:
    """The stimulus table: the images, their pictures and how they were cropped."""
    input:
        **of_dataset(plan.source.stimulus_files()),
    output:
        stimuli=f"{OUT}/stimuli.parquet",
    log:
        log_file("read_stimuli"),
    benchmark:
        timing("read_stimuli")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("read_stimuli"),
    params:
        job=job_params(
            "read_stimuli",
            files=["dataset.stimuli", "dataset.design"],
            reader=plan.source.stimuli,
            **objects_of(plan.source.stimulus_files()),
        ),
    message:
        "Reading the stimulus table"
    script:
        "../scripts/read_stimuli.py"


rule list_images:
    """The labels of each annotated image."""
    input:
        **STIMULI,
        **of_dataset(plan.annotation_files),
    output:
        **(LABELS if plan.labels_known else {}),
        **IMAGES,
    log:
        log_file("list_images"),
    benchmark:
        timing("list_images")
    conda:
        "../../envs/conda.yaml"
    resources:
        **needs("list_images"),
    params:
        job=job_params(
            "list_images",
            "labels.crop",
            files=["dataset.annotations", "dataset.labels"],
            **objects_of(plan.annotation_files),
        ),
    message:
        "Reading the annotations of the images"
    script:
        "../scripts/list_images.py"


rule find_nearest:
    """The trials nearest each prototype."""
    input:
        **STIMULI,
        # Only with this option do the nearest images depend on the labels.
        **(IMAGES if config["nearest"]["annotated"] else {}),
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
    resources:
        **needs("find_nearest"),
    params:
        job=job_params(
            "find_nearest",
            "nearest.top",
            "nearest.distinct",
            "nearest.annotated",
            note=plan.note,
        ),
    message:
        "Finding the images nearest the prototypes of {wildcards.cohort}, {wildcards.fit}"
    script:
        "../scripts/find_nearest.py"


rule plot_mosaic:
    """Figure 1A: the pictures nearest each cluster."""
    input:
        **STIMULI,
        **of_dataset(PICTURES),
        nearest=rules.find_nearest.output.nearest,
        fit=f"{OUT}/{{cohort}}/{{fit}}/fit.json",
        identity=rules.match_pooled.output.identity,
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
    resources:
        **needs("plot_mosaic"),
    params:
        job=job_params(
            "plot_mosaic",
            files=["dataset.pictures"],
            note=plan.note,
            **objects_of(PICTURES),
        ),
    message:
        "Drawing the mosaic of {wildcards.cohort}, {wildcards.fit}"
    script:
        "../scripts/plot_mosaic.py"


rule plot_contact_sheet:
    """The contact sheet: all pictures of the nearest table, small."""
    input:
        **STIMULI,
        **of_dataset(PICTURES),
        nearest=rules.find_nearest.output.nearest,
        fit=f"{OUT}/{{cohort}}/{{fit}}/fit.json",
        identity=rules.match_pooled.output.identity,
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
    resources:
        **needs("plot_contact_sheet"),
    params:
        job=job_params(
            "plot_contact_sheet",
            files=["dataset.pictures"],
            note=plan.note,
            **objects_of(PICTURES),
        ),
    message:
        "Drawing the contact sheet of {wildcards.cohort}, {wildcards.fit}"
    script:
        "../scripts/plot_contact_sheet.py"
