"""Draw the strongest categories of each cluster, in sample and out of it."""

from response_clusters.figures import style
from response_clusters.figures.enrichment import enrichment_figure
from response_clusters.records import read_fit
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        table = read_table(rule.input.enrichment, "enrichment")
        fit = read_fit(rule.input.fit, table["cluster"])
        figure = enrichment_figure(table, fit["k"], rule.params["note"])
        style.save(figure, rule.output.svg, rule.output.png)
