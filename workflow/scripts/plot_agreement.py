"""Draw how well clusters agree between presentations of an image and between subjects."""

from response_clusters.figures import style
from response_clusters.figures.repeats import repeats_figure
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, out = rule.files, rule.output
        shared = read_table(files["shared"], "shared") if "shared" in files else None
        repeats = read_table(files["repeats"], "repeats")
        style.save(repeats_figure(repeats, shared, rule.params["note"]), out.svg, out.png)
