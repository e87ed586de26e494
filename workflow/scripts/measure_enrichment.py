"""Say which categories each cluster's images show more often, in and out of sample."""

from response_clusters.ids import in_one_type
from response_clusters.names import POOLED
from response_clusters.statistics.enrichment_table import by_sample, enrichment_table, list_length
from response_clusters.statistics.seeds import draw_generator
from response_clusters.statistics.stability import image_bootstrap
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

# Nothing is refitted, so there is time for more bootstraps than elsewhere.
MORE = 10

if __name__ == "__main__":
    with job() as rule:
        files, params = rule.input, rule.params
        assignments, apart, images, labels = in_one_type(
            read_table(files.assignments, "assignments"),
            read_table(files.apart, "apart"),
            read_table(files.images, "images", ["image", "covered"]),
            read_table(files.labels, "labels"),
        )
        annotated, seed = images.loc[images["covered"], "image"], params["seed"]
        table = enrichment_table(
            by_sample(assignments, apart),
            int(assignments["cluster"].max()),
            labels,
            read_table(files.categories, "categories"),
            annotated,
            list_length(params["top"]),
            lambda n: (
                image_bootstrap(n, draw_generator(seed, "enrichment", POOLED, draw))
                for draw in range(MORE * params["bootstraps"])
            ),
            min_images=params["min_images"],
            prior=params["prior"],
            listed=annotated if params["annotated"] else None,
        )
        rule.log.info("q below .05 in %d of %d rows", (table["q"] < 0.05).sum(), len(table))
        write_table(table, rule.output.enrichment, "enrichment")
