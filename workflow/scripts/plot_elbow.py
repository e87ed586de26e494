"""Draw the elbow plot: R² and its gains over k, with the chosen k."""

from response_clusters.figures import style
from response_clusters.figures.elbow import elbow_figure
from response_clusters.records import read_record
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        figure = elbow_figure(
            read_table(files.table, "elbow"),
            read_record(files.summary, "elbow"),
            rule.wildcards.cohort,
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
