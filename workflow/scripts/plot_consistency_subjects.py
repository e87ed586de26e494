"""Draw the consistency of prototypes across subjects."""

from response_clusters.comparison.identity import identity_of
from response_clusters.figures import style
from response_clusters.figures.consistency_subjects import consistency_subjects_figure
from response_clusters.records import read_record
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        source, subjects = rule.input, rule.params["subjects"]
        k = read_record(source.summary, "consistency_subjects")["k"]
        identity = {
            subject: identity_of(read_table(path, "identity"), k)
            for subject, path in zip(subjects, source.identity, strict=True)
        }
        table = read_table(source.table, "consistency_subjects")
        figure = consistency_subjects_figure(table, identity, rule.params["note"])
        style.save(figure, rule.output.svg, rule.output.png)
