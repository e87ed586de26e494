"""Draw what else clusters go with, by variable and cohort."""

from response_clusters.figures import style
from response_clusters.figures.associations import associations_figure
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        table = read_table(rule.input.table, "associations")
        style.save(associations_figure(table, rule.params["note"]), *rule.output)
