"""Draw how similar categories' responses are over how often they are seen together."""

from response_clusters.figures import style
from response_clusters.figures.cooccurrence import cooccurrence_figure
from response_clusters.records import read_record
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        figure = cooccurrence_figure(
            read_table(rule.input.table, "cooccurrence"),
            read_record(rule.input.summary, "cooccurrence"),
            rule.params["note"],
        )
        style.save(figure, rule.output.svg, rule.output.png)
