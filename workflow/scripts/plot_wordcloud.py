"""Draw figure 1B: wordclouds of the categories in the pictures nearest each cluster."""

from response_clusters.comparison.identity import identity_of
from response_clusters.figures import style
from response_clusters.figures.wordcloud import wordcloud_figure
from response_clusters.records import read_fit, read_record
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        params, counts = rule.params, read_table(files.counts, "label_counts")
        fit = read_fit(files.fit, counts["cluster"])
        if params["size_by"] == "enrichment":
            from response_clusters.statistics.enrichment import label_bounds

            counts = counts.assign(enrichment=label_bounds(counts, params["prior"]))
        figure = wordcloud_figure(
            counts,
            read_record(files.coverage, "label_coverage"),
            fit,
            identity_of(read_table(files.identity, "identity"), fit["k"]),
            rule.wildcards.cohort,
            str(params["top"]),
            params["count"],
            params["size_by"],
            {name: params[name] for name in ("max_words", "prefer_horizontal")},
            params["note"],
        )
        style.save(figure, out.svg, out.png)
