"""Draw the verdict on every statement of the abstract."""

from response_clusters.figures import style
from response_clusters.figures.claims import claims_figure
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        figure = claims_figure(read_table(rule.input.table, "claims"), rule.params["note"])
        style.save(figure, rule.output.svg, rule.output.png)
