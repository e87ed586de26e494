"""List one subject's trials and the images they showed, from NSD's experimental design."""

from response_clusters.sources.nsd.design import read_design, trial_table
from response_clusters.sources.nsd.tables import check_behaviour
from response_clusters.study.job import job
from response_clusters.tables import write_table

if __name__ == "__main__":
    with job() as rule:
        subject = rule.wildcards.subject
        source = rule.input
        sessions = rule.params["sessions"]
        trials = trial_table(read_design(source.design), subject, sessions)
        if source.get("behaviour"):
            compared = check_behaviour(source.behaviour, subject, trials)
            rule.log.info("%d of %d trials agree with %s", compared, len(trials), source.behaviour)
        rule.log.info("%d trials of %d images", len(trials), trials["image"].nunique())
        write_table(trials, rule.output.trials, "trials")
