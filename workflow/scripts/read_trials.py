"""List one subject's trials and the images they showed."""

from response_clusters.sources.loading import load
from response_clusters.study.job import job
from response_clusters.tables import write_table

if __name__ == "__main__":
    with job() as rule:
        read = load(rule.params["reader"])
        trials = read(rule.files, rule.wildcards.subject, rule.params["sessions"])
        rule.log.info("%d trials of %d images", len(trials), trials["image"].nunique())
        write_table(trials, rule.output.trials, "trials")
