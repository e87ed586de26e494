"""Claims against two models: surrogates without clusters and with k groups, and what they give.

Reads <subject>/responses.parquet and <cohort>/elbow.json. Writes claims/draws/ and, below claims/,
nulls.*, curve.tsv, chosen_k.tsv, prototypes.*, axes.parquet and ladder.*.
"""

if config["claims"]:
    TARGETS += figure("claims/curve")
    TARGETS += figure("claims/nulls")
    TARGETS += figure("claims/prototypes")
    TARGETS += figure("claims/ladder")

    rule plot_curve:
        """The elbow beside that of surrogates without clusters and with groups."""
        input:
            curve=f"{OUT}/claims/curve.tsv",
            chosen=f"{OUT}/claims/chosen_k.tsv",
            elbow=f"{OUT}/{POOLED}/elbow.json",
        output:
            svg=report(
                f"{OUT}/claims/curve.svg",
                category="Claims",
                subcategory="Against two models",
                caption="../report/curve.rst",
                labels={"shows": "the elbow beside both models"},
            ),
            png=f"{OUT}/claims/curve.png",
        log:
            log_file("plot_curve"),
        benchmark:
            timing("plot_curve")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_curve"),
        params:
            job=job_params("plot_curve", note=plan.note),
        message:
            "Drawing the elbow beside both models"
        script:
            "../scripts/plot_curve.py"

    rule plot_nulls:
        """Every statistic on one scale, from a continuum to k distinct groups."""
        input:
            table=f"{OUT}/claims/nulls.tsv",
            elbow=f"{OUT}/{POOLED}/elbow.json",
        output:
            svg=report(
                f"{OUT}/claims/nulls.svg",
                category="Claims",
                subcategory="Against two models",
                caption="../report/nulls.rst",
                labels={"shows": "a continuum or groups"},
            ),
            png=f"{OUT}/claims/nulls.png",
        log:
            log_file("plot_nulls"),
        benchmark:
            timing("plot_nulls")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_nulls"),
        params:
            job=job_params("plot_nulls", note=plan.note),
        message:
            "Drawing the statistics beside both models"
        script:
            "../scripts/plot_nulls.py"

    rule plot_prototypes:
        """Prototypes and trials on three axes: are clusters the poles of axes?"""
        input:
            table=f"{OUT}/claims/prototypes.tsv",
            axes=f"{OUT}/claims/axes.parquet",
        output:
            svg=report(
                f"{OUT}/claims/prototypes.svg",
                category="Claims",
                subcategory="Against two models",
                caption="../report/prototypes.rst",
                labels={"shows": "prototypes as poles of axes"},
            ),
            png=f"{OUT}/claims/prototypes.png",
        log:
            log_file("plot_prototypes"),
        benchmark:
            timing("plot_prototypes")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_prototypes"),
        params:
            job=job_params("plot_prototypes", note=plan.note),
        message:
            "Drawing the geometry of the prototypes"
        script:
            "../scripts/plot_prototypes.py"

    rule plot_ladder:
        """R² explained as noise is averaged away, beside both models."""
        input:
            table=f"{OUT}/claims/ladder.tsv",
            elbow=f"{OUT}/{POOLED}/elbow.json",
        output:
            svg=report(
                f"{OUT}/claims/ladder.svg",
                category="Claims",
                subcategory="Against two models",
                caption="../report/ladder.rst",
                labels={"shows": "the same with less noise"},
            ),
            png=f"{OUT}/claims/ladder.png",
        log:
            log_file("plot_ladder"),
        benchmark:
            timing("plot_ladder")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_ladder"),
        params:
            job=job_params("plot_ladder", note=plan.note),
        message:
            "Drawing what less noise shows"
        script:
            "../scripts/plot_ladder.py"
