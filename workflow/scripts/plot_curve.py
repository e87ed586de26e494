"""Draw the elbow of the data beside those of both models."""

from response_clusters.figures import style
from response_clusters.figures.curve import curve_figure
from response_clusters.figures.models import of_pooled
from response_clusters.records import read_record
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.input, rule.output
        figure = curve_figure(
            of_pooled(read_table(files.curve, "curve")),
            of_pooled(read_table(files.chosen, "chosen_k")),
            read_record(files.elbow, "elbow"),
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
