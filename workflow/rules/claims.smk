"""Every claim of the abstract: the tables that remain, and the verdict on each.

Reads the fits and all tables below claims/. Writes, below claims/, lineage.*, repeats.tsv,
shared.tsv, agreement.*, sensitivity.tsv and claims.*.
"""

OTHER_SETTINGS = ["repeats_mean", "cortical", "unit_sd", "seed", "r2_explained"]

from response_clusters.statistics.abstract import abstract_digest

if config["claims"]:
    TARGETS += [f"{OUT}/claims/lineage.tsv", f"{OUT}/claims/repeats.tsv"]
    TARGETS += [*figure("claims/lineage"), *figure("claims/agreement")]
    SHARED = {}
    if plan.images_known and len(plan.subjects) > 1:
        SHARED = {"shared": f"{OUT}/claims/shared.tsv"}
        TARGETS += SHARED.values()

    rule trace_lineage:
        """How the trials of every cohort flow from the clusters at each k to those at the next."""
        input:
            assignments=[
                f"{OUT}/{cohort}/{fit}/assignments.parquet"
                for cohort in plan.cohorts
                for fit in FITS
            ],
            centroids=[
                f"{OUT}/{cohort}/{fit}/centroids.tsv"
                for cohort in plan.cohorts
                for fit in FITS
            ],
        output:
            table=report(
                f"{OUT}/claims/lineage.tsv",
                category="Claims",
                caption="../report/lineage_table.rst",
                labels={"shows": "clusters from k to k + 1 (table)"},
            ),
        log:
            log_file("trace_lineage"),
        benchmark:
            timing("trace_lineage")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("trace_lineage"),
        params:
            job=job_params(
                "trace_lineage",
                files=["kmeans.k.max", "subjects"],
                cohorts=plan.cohorts,
                note=plan.note,
            ),
        message:
            "Following trials from k to k + 1"
        script:
            "../scripts/trace_lineage.py"

    rule plot_lineage:
        """The figure of lineage, of all subjects pooled."""
        input:
            table=rules.trace_lineage.output.table,
            elbow=f"{OUT}/{POOLED}/elbow.json",
            identity=f"{OUT}/{POOLED}/identity.tsv",
        output:
            svg=report(
                f"{OUT}/claims/lineage.svg",
                category="Claims",
                caption="../report/lineage.rst",
                labels={"shows": "clusters from k to k + 1"},
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
            "Drawing how trials flow from k to k + 1"
        script:
            "../scripts/plot_lineage.py"

    rule compare_repeats:
        """Whether presentations of an image fall into the same cluster, in every cohort."""
        input:
            assignments=[
                f"{OUT}/{cohort}/kbest/assignments.parquet" for cohort in plan.cohorts
            ],
            fits=[f"{OUT}/{cohort}/kbest/fit.json" for cohort in plan.cohorts],
            nulls=f"{OUT}/claims/nulls.tsv",
        output:
            table=report(
                f"{OUT}/claims/repeats.tsv",
                category="Claims",
                caption="../report/repeats_table.rst",
                labels={"shows": "clusters of repeats (table)"},
            ),
        log:
            log_file("compare_repeats"),
        benchmark:
            timing("compare_repeats")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("compare_repeats"),
        params:
            job=job_params(
                "compare_repeats",
                "seed",
                "claims.bootstraps",
                "claims.permutations",
                files=["subjects"],
                cohorts=plan.cohorts,
                note=plan.note,
            ),
        message:
            "Comparing the clusters of repeats"
        script:
            "../scripts/compare_repeats.py"

    rule compare_shared:
        """Whether subjects put the images that both saw into the same pooled cluster."""
        input:
            assignments=f"{OUT}/{POOLED}/kbest/assignments.parquet",
            fit=f"{OUT}/{POOLED}/kbest/fit.json",
        output:
            table=report(
                f"{OUT}/claims/shared.tsv",
                category="Claims",
                caption="../report/shared_table.rst",
                labels={"shows": "clusters of shared images (table)"},
            ),
        log:
            log_file("compare_shared"),
        benchmark:
            timing("compare_shared")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("compare_shared"),
        params:
            job=job_params(
                "compare_shared",
                "seed",
                "claims.bootstraps",
                "claims.permutations",
                note=plan.note,
            ),
        message:
            "Comparing the clusters of images that several subjects saw"
        script:
            "../scripts/compare_shared.py"

    rule plot_agreement:
        """The figure of agreement between repeats and between subjects."""
        input:
            **SHARED,
            repeats=rules.compare_repeats.output.table,
        output:
            svg=report(
                f"{OUT}/claims/agreement.svg",
                category="Claims",
                caption="../report/agreement.rst",
                labels={"shows": "agreement of repeats and of subjects"},
            ),
            png=f"{OUT}/claims/agreement.png",
        log:
            log_file("plot_agreement"),
        benchmark:
            timing("plot_agreement")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("plot_agreement"),
        params:
            job=job_params("plot_agreement", note=plan.note),
        message:
            "Drawing the agreement of repeats and of subjects"
        script:
            "../scripts/plot_agreement.py"

    # An empty list leaves them to whoever asks for the rule.
    VARIANTS = ["default", *(config["claims"]["sensitivity"] or OTHER_SETTINGS)]
    if config["claims"]["sensitivity"]:
        TARGETS += [f"{OUT}/claims/sensitivity.tsv"]

    rule measure_sensitivity:
        """The chosen k and the pooled clusters under another setting, beside the study's."""
        input:
            responses=f"{OUT}/{POOLED}/responses.parquet",
            regions=f"{OUT}/{POOLED}/regions.tsv",
            assignments=f"{OUT}/{POOLED}/kbest/assignments.parquet",
            centroids=f"{OUT}/{POOLED}/kbest/centroids.tsv",
        output:
            row=f"{OUT}/claims/sensitivity/{{variant}}.tsv",
        log:
            log_file("measure_sensitivity", "{variant}"),
        benchmark:
            timing("measure_sensitivity", "{variant}")
        wildcard_constraints:
            variant="|".join(VARIANTS),
        conda:
            "../../envs/conda.yaml"
        threads: threads_for("measure_sensitivity")
        resources:
            **needs("measure_sensitivity"),
        params:
            job=job_params(
                "measure_sensitivity",
                "seed",
                "kmeans.k.max",
                "kmeans.max_iterations",
                "elbow.statistic",
                "elbow.gain",
                "claims.replicates",
                files=["claims.sensitivity"],
                note=plan.note,
            ),
        message:
            "Clustering all subjects under another setting: {wildcards.variant}"
        script:
            "../scripts/measure_sensitivity.py"

    rule sensitivity:
        """The table of all other settings; it is made by name, or where the configuration lists some."""
        input:
            rows=[f"{OUT}/claims/sensitivity/{variant}.tsv" for variant in VARIANTS],
        output:
            table=report(
                f"{OUT}/claims/sensitivity.tsv",
                category="Claims",
                caption="../report/sensitivity.rst",
                labels={"shows": "other settings (table)"},
            ),
        log:
            log_file("sensitivity"),
        benchmark:
            timing("sensitivity")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("sensitivity"),
        params:
            job=job_params(
                "gather_sensitivity", files=["claims.sensitivity"], note=plan.note
            ),
        message:
            "Putting other settings into one table"
        script:
            "../scripts/gather_sensitivity.py"

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
