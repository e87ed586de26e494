"""Every claim of the abstract: the tables that remain, and the verdict on each.

Reads the fits and all tables below claims/. Writes, below claims/, lineage.*, repeats.*, shared.*,
sensitivity.tsv and claims.*.
"""

from response_clusters.statistics.abstract import abstract_digest

if config["claims"]:
    TARGETS += [f"{OUT}/claims/claims.tsv", *figure("claims/claims")]
    # What a verdict rests on, as far as the dataset allows it.
    JUDGED = {
        "nulls": f"{OUT}/claims/nulls.tsv",
        "chosen_k": f"{OUT}/claims/chosen_k.tsv",
        "ladder": f"{OUT}/claims/ladder.tsv",
        "stability": f"{OUT}/claims/stability.tsv",
        "repeats": f"{OUT}/claims/repeats.tsv",
    }
    if plan.images_known:
        JUDGED |= {"nearest_again": f"{OUT}/claims/nearest_again.tsv"}
    if plan.images_known and len(plan.subjects) > 1:
        JUDGED |= {"shared": f"{OUT}/claims/shared.tsv"}
    if plan.labels_known:
        JUDGED |= {
            "enrichment": f"{OUT}/claims/enrichment.tsv",
            "cooccurrence": f"{OUT}/claims/cooccurrence.json",
        }

    rule judge_claims:
        """The verdict on every statement of the abstract."""
        input:
            **JUDGED,
            elbow=f"{OUT}/{POOLED}/elbow.json",
        output:
            table=report(
                f"{OUT}/claims/claims.tsv",
                category="Claims",
                caption="../report/claims_table.rst",
                labels={"shows": "verdicts (table)"},
            ),
        log:
            log_file("judge_claims"),
        benchmark:
            timing("judge_claims")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("judge_claims"),
        params:
            job=job_params("judge_claims", abstract=abstract_digest(), note=plan.note),
        message:
            "Judging the claims"
        script:
            "../scripts/judge_claims.py"

    rule plot_claims:
        """The figure of all claims and the verdicts."""
        input:
            table=rules.judge_claims.output.table,
        output:
            svg=report(
                f"{OUT}/claims/claims.svg",
                category="Claims",
                caption="../report/claims.rst",
                labels={"shows": "verdicts"},
            ),
            png=f"{OUT}/claims/claims.png",
        log:
            log_file("plot_claims"),
        benchmark:
            timing("plot_claims")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_claims"),
        params:
            job=job_params("plot_claims", abstract=abstract_digest(), note=plan.note),
        message:
            "Drawing the claims"
        script:
            "../scripts/plot_claims.py"
