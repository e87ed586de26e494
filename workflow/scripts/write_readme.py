"""Write what a person reads first: what was found, the verdicts, and what the dataset lacks."""

from pathlib import Path

from response_clusters.files import replacing
from response_clusters.records import read_record
from response_clusters.study.job import job
from response_clusters.study.readme import readme
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule, replacing(rule.output.readme) as draft:
        params, files = rule.params, rule.files
        claims = read_table(files["claims"], "claims") if "claims" in files else None
        said = read_record(files["summary"], "summary")["sentences"]
        text = readme(
            params["study"], params["note"], params["parts"], claims, said, params["page"]
        )
        Path(draft).write_text(text, "utf-8")
        rule.log.info("%d parts left out", len(params["parts"]))
