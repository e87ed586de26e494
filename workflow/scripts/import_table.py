"""Read one subject's responses that others have already averaged over regions."""

from pathlib import Path

from response_clusters.sources.averages.columns import require_responses
from response_clusters.sources.averages.reading import read_columns
from response_clusters.sources.averages.table import read_texts, split_regions, trial_columns
from response_clusters.study.job import job
from response_clusters.tables import validated, write_table

if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        output, subject = rule.output, rule.wildcards.subject
        paths = list(source.responses)
        if params["names"]:
            where = str(Path(paths[0]).parent)
            table = read_texts(dict(zip(params["names"], paths, strict=True)))
        else:
            where = paths[0]
            table = read_columns(where, None, params["listed"])
        if not params["listed"]:  # listed regions are regions whatever they hold
            require_responses(table, where)
        betas, listing = split_regions(table, params["regions"], where)
        trials = trial_columns(table, source.get("design") or None, subject, where)
        trials = validated(trials, "trials", where)
        kept = trials["session"].isin(params["sessions"])
        betas.insert(0, "trial", trials["trial"])
        rule.log.info(
            "%d of %d trials, %d regions", kept.sum(), len(trials), listing["present"].sum()
        )
        write_table(listing, output.regions, "regions")
        write_table(trials[kept], output.trials, "trials")
        write_table(betas[kept], output.means, "betas")
