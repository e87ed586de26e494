"""The page: one file that opens without a network, with the works that it cites beside it.

Reads the explorer records of all cohorts, the summary, the provenance, claims and figures. Writes
report.html and references.bib.
"""

from response_clusters.report.room import room_digest

if config["report"]:
    TARGETS += [f"{OUT}/report.html", f"{OUT}/references.bib"]
    # Of the claims, the figures that verdicts rest on.
    CLAIM_FIGURES = []
    if config["claims"]:
        CLAIM_FIGURES = [
            file
            for file in TARGETS
            if file.startswith(f"{OUT}/claims/") and file.endswith(".svg")
        ]
    # For readers without scripts.
    STATIC = [f"{OUT}/{POOLED}/elbow.svg"]
    for cohort, fit in DESCRIBED:
        if cohort == POOLED:
            STATIC += [f"{OUT}/{POOLED}/{fit}/centroids.svg"]
            if plan.pictures_known and config["report"]["pictures"]:
                STATIC += [f"{OUT}/{POOLED}/{fit}/mosaic.svg"]
            if plan.labels_known:
                STATIC += [f"{OUT}/{POOLED}/{fit}/wordcloud.svg"]
    if len(plan.subjects) > 1:
        STATIC += figure("consistency_subjects/kbest")[:1]

    rule write_report:
        """The page that a person looks at."""
        input:
            **(
                {
                    "claims": f"{OUT}/claims/claims.tsv",
                    "nulls": f"{OUT}/claims/nulls.tsv",
                }
                if config["claims"]
                else {}
            ),
            **(
                {"thumbnails": f"{OUT}/thumbnails.parquet"}
                if config["report"]["pictures"] and plan.pictures_known
                else {}
            ),
            explorers=[
                f"{OUT}/{cohort}/explorer.json" for cohort in [POOLED, *plan.subjects]
            ],
            summary=f"{OUT}/summary.json",
            provenance=f"{OUT}/provenance.json",
            assignments=f"{OUT}/{POOLED}/kbest/assignments.parquet",
            subjects=[
                f"{OUT}/consistency_subjects/k{k:02d}.tsv"
                for k in FROM_TWO
                if len(plan.subjects) > 1
            ],
            wordclouds=[
                f"{OUT}/{cohort}/{fit}/wordcloud.svg"
                for cohort, fit in DESCRIBED
                if plan.labels_known
            ],
            figures=CLAIM_FIGURES,
            maps=[
                file for file in TARGETS if "/maps/" in file and file.endswith(".svg")
            ],
            static=STATIC,
        output:
            page=f"{OUT}/report.html",
            references=f"{OUT}/references.bib",
        log:
            log_file("write_report"),
        benchmark:
            timing("write_report")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("write_report"),
        params:
            job=job_params(
                "write_report",
                "report.megabytes",
                "report.names",
                "report.pictures",
                described=DESCRIBED,
                parts=plan.missing,
                room=room_digest(),
                terms=plan.source.terms,
                told=plan.told(config),
            ),
        message:
            "Writing the page"
        script:
            "../scripts/write_report.py"
