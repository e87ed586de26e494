"""On the brain: the prototypes of subjects' fits, painted on the voxels of their regions.

Reads a fit, the voxels of the regions and the mean volume, where there is one. Writes
<subject>/maps/<fit>.nii.gz with a record beside it, and the figure. Averages over regions have no
place in the brain: there are no maps of them.
"""

# Of the subjects whose fits are described.
MAPS = []

if plan.source.kind == "voxels":
    if config["report"]:
        MAPS = [f"{cohort}/maps/{fit}" for cohort, fit in DESCRIBED if cohort != POOLED]
    for stem in MAPS:
        TARGETS += [f"{OUT}/{stem}.{s}" for s in ("nii.gz", "json")]
        TARGETS += figure(stem)

    rule paint_map:
        """The prototypes on the voxels of a subject's regions: NIfTI, a volume per cluster."""
        input:
            regions=rules.read_regions.output.regions,
            voxels=rules.read_regions.output.voxels,
            centroids=f"{OUT}/{{subject}}/{{fit}}/centroids.tsv",
            fit=f"{OUT}/{{subject}}/{{fit}}/fit.json",
            identity=f"{OUT}/{{subject}}/identity.tsv",
        output:
            map=f"{OUT}/{{subject}}/maps/{{fit}}.nii.gz",
            record=f"{OUT}/{{subject}}/maps/{{fit}}.json",
        log:
            log_file("paint_map", "{subject}", "{fit}"),
        benchmark:
            timing("paint_map", "{subject}", "{fit}")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("paint_map"),
        params:
            job=job_params("paint_map", note=plan.note),
        message:
            "Painting the prototypes of {wildcards.subject}, {wildcards.fit}, on the brain"
        script:
            "../scripts/paint_map.py"

    rule plot_map:
        """Slices through the subject's mean volume with the prototypes on them."""
        input:
            unpack(
                lambda wildcards: of_dataset(plan.source.mean_files(wildcards.subject))
            ),
            regions=rules.read_regions.output.regions,
            voxels=rules.read_regions.output.voxels,
            map=rules.paint_map.output.map,
            fit=f"{OUT}/{{subject}}/{{fit}}/fit.json",
            identity=f"{OUT}/{{subject}}/identity.tsv",
        output:
            svg=report(
                f"{OUT}/{{subject}}/maps/{{fit}}.svg",
                category="Clusters",
                subcategory="{subject}",
                caption="../report/map.rst",
                labels={
                    "cohort": "{subject}",
                    "fit": "{fit}",
                    "shows": "prototypes on the brain",
                },
            ),
            png=f"{OUT}/{{subject}}/maps/{{fit}}.png",
        log:
            log_file("plot_map", "{subject}", "{fit}"),
        benchmark:
            timing("plot_map", "{subject}", "{fit}")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_map"),
        params:
            job=lambda wildcards: job_params(
                "plot_map",
                files=["dataset.space"],
                note=plan.note,
                **objects_of(plan.source.mean_files(wildcards.subject)),
            ),
        message:
            "Drawing the prototypes of {wildcards.subject}, {wildcards.fit}, on the brain"
        script:
            "../scripts/plot_map.py"
