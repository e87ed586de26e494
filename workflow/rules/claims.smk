"""Every claim of the abstract: the tables that remain, and the verdict on each.

Reads the fits and all tables below claims/. Writes, below claims/, lineage.*, repeats.*, shared.*,
sensitivity.tsv and claims.*.
"""

if config["claims"]:
    TARGETS += figure("claims/lineage")

    rule plot_lineage:
        """How trials flow from the clusters at each k to those at the next."""
        input:
            table=f"{OUT}/claims/lineage.tsv",
            identity=f"{OUT}/{POOLED}/identity.tsv",
            elbow=f"{OUT}/{POOLED}/elbow.json",
        output:
            svg=report(
                f"{OUT}/claims/lineage.svg",
                category="Claims",
                caption="../report/lineage.rst",
                labels={"shows": "flow of trials over k"},
            ),
            png=f"{OUT}/claims/lineage.png",
        log:
            log_file("plot_lineage"),
        benchmark:
            timing("plot_lineage")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_lineage"),
        params:
            job=job_params("plot_lineage", note=plan.note),
        message:
            "Drawing how trials flow over k"
        script:
            "../scripts/plot_lineage.py"
