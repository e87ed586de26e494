"""Draw every statistic on the scale from a continuum to groups."""

from response_clusters.figures import style
from response_clusters.figures.nulls import nulls_figure
from response_clusters.records import read_record
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        figure = nulls_figure(
            read_table(files.table, "nulls"),
            read_record(files.elbow, "elbow")["k"],
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
