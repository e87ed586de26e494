"""Record the merged configuration."""

from pathlib import Path

import yaml
from response_clusters.files import replacing
from response_clusters.study.job import job

if __name__ == "__main__":
    with job() as rule, replacing(rule.output.config) as draft:
        text = yaml.safe_dump(rule.params["config"], sort_keys=True, allow_unicode=True)
        Path(draft).write_text(text, "utf-8")
