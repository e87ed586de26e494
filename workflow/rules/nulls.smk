"""Claims against two models: surrogates without clusters and with k groups, and what they give.

Reads <subject>/responses.parquet and <cohort>/elbow.json. Writes claims/draws/ and, below claims/,
nulls.*, curve.tsv, chosen_k.tsv, prototypes.*, axes.parquet and ladder.*.
"""

from response_clusters.study.plan import draws_of

if config["claims"]:
    RESPONSES = [f"{OUT}/{subject}/responses.parquet" for subject in plan.subjects]
    ELBOWS = [f"{OUT}/{cohort}/elbow.json" for cohort in plan.cohorts]
    # The data sets that each analysis measures, as parts of one job each.
    DRAWS = {
        "fits": draws_of(config, plan),
        "ladder": draws_of(config, plan, curve=True) if plan.images_known else [],
        "halves": draws_of(
            config, plan, curve=True, observed=config["claims"]["splits"]
        ),
        "bootstraps": draws_of(
            config, plan, curve=True, observed=config["claims"]["bootstraps"]
        ),
        "left_out": draws_of(config, plan, curve=True),
    }
    MEASURED = {
        analysis: [
            f"{OUT}/claims/draws/{analysis}/{part}/statistics.parquet" for part in parts
        ]
        for analysis, parts in DRAWS.items()
    }
    TARGETS += [
        f"{OUT}/claims/{table}.tsv"
        for table in ("nulls", "curve", "chosen_k", "prototypes", "ladder")
    ]
    for name in ("nulls", "curve", "prototypes", "ladder"):
        TARGETS += figure(f"claims/{name}")

    rule fit_draws:
        """The data, or surrogates of them, at the chosen k and over k."""
        input:
            responses=RESPONSES,
            elbows=ELBOWS,
        output:
            statistics=f"{OUT}/claims/draws/fits/{{model}}_{{draws}}/statistics.parquet",
            prototypes=f"{OUT}/claims/draws/fits/{{model}}_{{draws}}/prototypes.parquet",
        log:
            log_file("fit_draws", "{model}_{draws}"),
        benchmark:
            timing("fit_draws", "{model}_{draws}")
        wildcard_constraints:
            model="observed|continuum|groups",
            draws=r"\d+-\d+",
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("fit_draws"),
        params:
            job=job_params(
                "fit_draws",
                "seed",
                "claims.replicates",
                "kmeans.max_iterations",
                "elbow.statistic",
                "elbow.gain",
                "kmeans.k.max",
                "claims.curve",
                files=["subjects", "claims.surrogates", "claims.groups"],
                subjects=plan.subjects,
            ),
        message:
            "Fitting {wildcards.model} {wildcards.draws}"
        script:
            "../scripts/fit_draws.py"

    rule fit_ladder:
        """The means of images, and their means over subjects, in the data or in surrogates."""
        input:
            responses=RESPONSES,
            elbows=ELBOWS,
        output:
            statistics=f"{OUT}/claims/draws/ladder/{{model}}_{{draws}}/statistics.parquet",
        log:
            log_file("fit_ladder", "{model}_{draws}"),
        benchmark:
            timing("fit_ladder", "{model}_{draws}")
        wildcard_constraints:
            model="observed|continuum|groups",
            draws=r"\d+-\d+",
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("fit_ladder"),
        params:
            job=job_params(
                "fit_ladder",
                "seed",
                "claims.replicates",
                "kmeans.max_iterations",
                "elbow.statistic",
                "elbow.gain",
                "kmeans.k.max",
                files=["subjects", "claims.curve", "claims.groups"],
                subjects=plan.subjects,
            ),
        message:
            "Fitting the means of images, {wildcards.model} {wildcards.draws}"
        script:
            "../scripts/fit_ladder.py"

    rule compare_nulls:
        """The study's statistics, the curve and the ladder beside surrogates of both models."""
        input:
            elbows=ELBOWS,
            draws=MEASURED["fits"],
            ladder=MEASURED["ladder"],
            bootstraps=MEASURED["bootstraps"],
        output:
            nulls=report(
                f"{OUT}/claims/nulls.tsv",
                category="Claims",
                caption="../report/nulls_table.rst",
                labels={"shows": "statistics beside both models (table)"},
            ),
            curve=report(
                f"{OUT}/claims/curve.tsv",
                category="Claims",
                caption="../report/curve_table.rst",
                labels={"shows": "R² over k beside both models (table)"},
            ),
            chosen_k=report(
                f"{OUT}/claims/chosen_k.tsv",
                category="Claims",
                caption="../report/chosen_k_table.rst",
                labels={"shows": "how often each k is chosen (table)"},
            ),
            ladder=report(
                f"{OUT}/claims/ladder.tsv",
                category="Claims",
                caption="../report/ladder_table.rst",
                labels={"shows": "R² by level of averaging (table)"},
            ),
        log:
            log_file("compare_nulls"),
        benchmark:
            timing("compare_nulls")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("compare_nulls"),
        params:
            job=job_params(
                "compare_nulls",
                files=[
                    "subjects",
                    "claims.surrogates",
                    "claims.curve",
                    "claims.groups",
                    "claims.bootstraps",
                ],
                subjects=plan.subjects,
            ),
        message:
            "Comparing the data with surrogates"
        script:
            "../scripts/compare_nulls.py"

    rule measure_geometry:
        """Where prototypes lie: on which axes, and how near to those of a continuum."""
        input:
            responses=f"{OUT}/{POOLED}/responses.parquet",
            assignments=f"{OUT}/{POOLED}/kbest/assignments.parquet",
            centroids=f"{OUT}/{POOLED}/kbest/centroids.tsv",
            drawn=[
                f"{OUT}/claims/draws/fits/{part}/prototypes.parquet"
                for part in DRAWS["fits"]
            ],
        output:
            table=report(
                f"{OUT}/claims/prototypes.tsv",
                category="Claims",
                caption="../report/prototypes_table.rst",
                labels={"shows": "geometry of prototypes (table)"},
            ),
            axes=f"{OUT}/claims/axes.parquet",
        log:
            log_file("measure_geometry"),
        benchmark:
            timing("measure_geometry")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("measure_geometry"),
        params:
            job=job_params(
                "measure_geometry",
                "seed",
                files=["claims.surrogates"],
            ),
        message:
            "Measuring the geometry of prototypes"
        script:
            "../scripts/measure_geometry.py"

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
