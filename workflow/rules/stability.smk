"""Claims about other images and other subjects: halves, bootstraps, subjects left out.

Reads <subject>/responses.parquet and <cohort>/elbow.json. Writes claims/draws/ and, below claims/,
stability.* and generalisation.*.
"""

if config["claims"]:
    TARGETS += [f"{OUT}/claims/stability.tsv", *figure("claims/stability")]
    if len(plan.subjects) > 1:
        TARGETS += [
            f"{OUT}/claims/generalisation.tsv",
            *figure("claims/generalisation"),
        ]

    rule fit_halves:
        """How well halves of the images agree, in the data or in surrogates."""
        input:
            responses=RESPONSES,
            elbows=ELBOWS,
        output:
            statistics=f"{OUT}/claims/draws/halves/{{model}}_{{draws}}/statistics.parquet",
        log:
            log_file("fit_halves", "{model}_{draws}"),
        benchmark:
            timing("fit_halves", "{model}_{draws}")
        wildcard_constraints:
            model="observed|continuum|groups",
            draws=r"\d+-\d+",
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("fit_halves"),
        params:
            job=job_params(
                "fit_halves",
                "seed",
                "claims.replicates",
                "kmeans.max_iterations",
                "elbow.statistic",
                "elbow.gain",
                "kmeans.k.max",
                files=["subjects", "claims.curve", "claims.groups", "claims.splits"],
                subjects=plan.subjects,
            ),
        message:
            "Fitting halves of the images, {wildcards.model} {wildcards.draws}"
        script:
            "../scripts/fit_halves.py"

    rule fit_bootstraps:
        """How well fits of image bootstraps agree with the fit, in the data or in surrogates."""
        input:
            responses=RESPONSES,
            elbows=ELBOWS,
            centroids=f"{OUT}/{POOLED}/kbest/centroids.tsv",
        output:
            statistics=f"{OUT}/claims/draws/bootstraps/{{model}}_{{draws}}/statistics.parquet",
        log:
            log_file("fit_bootstraps", "{model}_{draws}"),
        benchmark:
            timing("fit_bootstraps", "{model}_{draws}")
        wildcard_constraints:
            model="observed|continuum|groups",
            draws=r"\d+-\d+",
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("fit_bootstraps"),
        params:
            job=job_params(
                "fit_bootstraps",
                "seed",
                "claims.replicates",
                "kmeans.max_iterations",
                "elbow.statistic",
                "elbow.gain",
                "kmeans.k.max",
                files=[
                    "subjects",
                    "claims.curve",
                    "claims.groups",
                    "claims.bootstraps",
                ],
                subjects=plan.subjects,
            ),
        message:
            "Fitting bootstraps of the images, {wildcards.model} {wildcards.draws}"
        script:
            "../scripts/fit_bootstraps.py"

    rule fit_left_out:
        """How well the other subjects' prototypes do for each, in the data or in surrogates."""
        input:
            responses=RESPONSES,
            elbows=ELBOWS,
        output:
            statistics=f"{OUT}/claims/draws/left_out/{{model}}_{{draws}}/statistics.parquet",
        log:
            log_file("fit_left_out", "{model}_{draws}"),
        benchmark:
            timing("fit_left_out", "{model}_{draws}")
        wildcard_constraints:
            model="observed|continuum|groups",
            draws=r"\d+-\d+",
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("fit_left_out"),
        params:
            job=job_params(
                "fit_left_out",
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
            "Leaving subjects out, {wildcards.model} {wildcards.draws}"
        script:
            "../scripts/fit_left_out.py"

    rule compare_stability:
        """How stable clusters are over halves and bootstraps, beside both models."""
        input:
            halves=MEASURED["halves"],
            bootstraps=MEASURED["bootstraps"],
        output:
            table=report(
                f"{OUT}/claims/stability.tsv",
                category="Claims",
                caption="../report/stability_table.rst",
                labels={"shows": "stability (table)"},
            ),
        log:
            log_file("compare_stability"),
        benchmark:
            timing("compare_stability")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("compare_stability"),
        params:
            job=job_params(
                "compare_stability",
                files=[
                    "claims.curve",
                    "claims.groups",
                    "claims.splits",
                    "claims.bootstraps",
                ],
            ),
        message:
            "Comparing halves and bootstraps with those of surrogates"
        script:
            "../scripts/compare_stability.py"

    rule compare_left_out:
        """How the other subjects' prototypes do for each subject, beside both models."""
        input:
            draws=MEASURED["left_out"],
        output:
            table=report(
                f"{OUT}/claims/generalisation.tsv",
                category="Claims",
                caption="../report/generalisation_table.rst",
                labels={"shows": "other subjects' prototypes (table)"},
            ),
        log:
            log_file("compare_left_out"),
        benchmark:
            timing("compare_left_out")
        conda:
            "../../envs/conda.yaml"
        resources:
            **needs("compare_left_out"),
        params:
            job=job_params(
                "compare_left_out",
                files=["claims.curve", "claims.groups"],
            ),
        message:
            "Comparing subjects left out with those of surrogates"
        script:
            "../scripts/compare_left_out.py"

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
