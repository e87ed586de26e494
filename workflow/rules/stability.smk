"""Claims about other images and other subjects: halves, bootstraps, subjects left out.

Reads <subject>/responses.parquet and <cohort>/elbow.json. Writes claims/draws/ and, below claims/,
stability.* and generalisation.*.
"""

if config["claims"]:
    TARGETS += figure("claims/stability")

    rule plot_stability:
        """Whether the same clusters come again from other images."""
        input:
            table=f"{OUT}/claims/stability.tsv",
            elbow=f"{OUT}/{POOLED}/elbow.json",
        output:
            svg=report(
                f"{OUT}/claims/stability.svg",
                category="Claims",
                subcategory="Other images and subjects",
                caption="../report/stability.rst",
                labels={"shows": "clusters from other images"},
            ),
            png=f"{OUT}/claims/stability.png",
        log:
            log_file("plot_stability"),
        benchmark:
            timing("plot_stability")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_stability"),
        params:
            job=job_params("plot_stability", note=plan.note),
        message:
            "Drawing the stability of the clusters"
        script:
            "../scripts/plot_stability.py"


if config["claims"] and len(plan.subjects) > 1:
    TARGETS += figure("claims/generalisation")

    rule plot_generalisation:
        """How the prototypes of the other subjects fit each subject."""
        input:
            table=f"{OUT}/claims/generalisation.tsv",
        output:
            svg=report(
                f"{OUT}/claims/generalisation.svg",
                category="Claims",
                subcategory="Other images and subjects",
                caption="../report/generalisation.rst",
                labels={"shows": "prototypes of other subjects"},
            ),
            png=f"{OUT}/claims/generalisation.png",
        log:
            log_file("plot_generalisation"),
        benchmark:
            timing("plot_generalisation")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_generalisation"),
        params:
            job=job_params("plot_generalisation", note=plan.note),
        message:
            "Drawing how prototypes fit other subjects"
        script:
            "../scripts/plot_generalisation.py"
