"""Write what a person reads first: the verdicts, and what the dataset lacks something for."""

from pathlib import Path

from response_clusters.files import replacing
from response_clusters.study.job import job
from response_clusters.study.readme import readme
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule, replacing(rule.output.readme) as draft:
        params = rule.params
        claims = read_table(rule.files["claims"], "claims") if "claims" in rule.files else None
        text = readme(params["study"], params["note"], params["parts"], claims)
        Path(draft).write_text(text, "utf-8")
        rule.log.info("%d parts left out", len(params["parts"]))
