"""Read one subject's responses that are already averaged over regions."""

from pathlib import Path

from response_clusters.sources.averages.table import split_regions, trial_columns
from response_clusters.sources.loading import load
from response_clusters.study.job import job
from response_clusters.tables import validated, write_table

if __name__ == "__main__":
    with job() as rule:
        params, output, subject = rule.params, rule.output, rule.wildcards.subject
        files = dict(rule.input.items())
        where = str(
            Path(files["responses"][0]).parent if params["names"] else files["responses"][0]
        )
        table = load(params["reader"])(files, subject, params["names"], params["listed"])
        planned = load(params["planned"])(files["design"], subject) if params["planned"] else None
        means, regions = split_regions(table, params["regions"], where)
        trials = validated(
            trial_columns(table, planned, params["per_session"], where, files.get("design", "")),
            "trials",
            where,
        )
        kept = trials["session"].isin(params["sessions"])
        means.insert(0, "trial", trials["trial"])
        rule.log.info(
            "%d of %d trials, %d regions", kept.sum(), len(trials), regions["present"].sum()
        )
        write_table(regions, output.regions, "regions")
        write_table(trials[kept], output.trials, "trials")
        write_table(means[kept], output.means, "regional_means")
