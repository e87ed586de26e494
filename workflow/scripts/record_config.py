"""Record the merged configuration, and the parts for which the dataset lacks something."""

from pathlib import Path

import yaml
from response_clusters.files import replacing
from response_clusters.study.job import job
from response_clusters.study.readme import readme

if __name__ == "__main__":
    with job() as rule:
        params, output = rule.params, rule.output
        config = params["config"]
        with replacing(output.config) as draft:
            Path(draft).write_text(
                yaml.safe_dump(config, sort_keys=True, allow_unicode=True), "utf-8"
            )
        with replacing(output.readme) as draft:
            text = readme(config["study"], params["note"], params["parts"])
            Path(draft).write_text(text, "utf-8")
        rule.log.info("%d parts left out", len(params["parts"]))
