"""Write down the software that made the results: versions, git commit, and whether it was clean."""

import json
from pathlib import Path

from response_clusters.files import replacing
from response_clusters.study.job import job
from response_clusters.study.versions import versions

if __name__ == "__main__":
    with job() as rule:
        params = rule.params
        found = versions(params["folder"], params["packages"])
        rule.log.info("%s", found)
        with replacing(rule.output.versions) as draft:
            Path(draft).write_text(json.dumps(found, indent=2) + "\n", "utf-8")
