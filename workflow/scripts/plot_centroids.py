"""Draw figure 2: the clusters' prototypes and mean responses, region by region."""

from response_clusters.comparison.identity import identity_of
from response_clusters.figures import style
from response_clusters.figures.centroids import centroid_figure, middle_half
from response_clusters.names import POOLED
from response_clusters.records import read_fit
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, params = rule.input, rule.params
        cohort, centroids = rule.wildcards.cohort, read_table(files.centroids, "centroids")
        fit = read_fit(files.fit, centroids["cluster"])
        regions = list(centroids["region"].unique())
        if cohort == POOLED:
            regions_table = read_table(files.regions, "pooled_regions")
        else:
            regions_table = read_table(files.regions, "regions")
        figure = centroid_figure(
            centroids,
            middle_half(
                read_table(files.responses, "responses", ["subject", "trial", *regions]),
                read_table(files.assignments, "assignments", ["subject", "trial", "cluster"]),
            ),
            regions_table,
            fit,
            identity_of(read_table(files.identity, "identity"), fit["k"]),
            params["unit"],
            cohort,
            params["note"],
        )
        style.save(figure, rule.output.svg, rule.output.png)
