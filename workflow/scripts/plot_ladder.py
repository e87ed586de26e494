"""Draw R² explained as noise is averaged away."""

from response_clusters.figures import style
from response_clusters.figures.ladder import ladder_figure
from response_clusters.records import read_record
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        figure = ladder_figure(
            read_table(files.table, "ladder"),
            read_record(files.elbow, "elbow")["k"],
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
