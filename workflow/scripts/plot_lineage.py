"""Draw how trials flow from the clusters at each k to those at the next."""

from response_clusters.figures import style
from response_clusters.figures.lineage import lineage_figure
from response_clusters.figures.models import of_pooled
from response_clusters.records import read_record
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        figure = lineage_figure(
            of_pooled(read_table(files.table, "lineage")),
            read_table(files.identity, "identity"),
            read_record(files.elbow, "elbow")["k"],
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
