"""Copy what belongs to the chosen k to a place whose name does not depend on the choice."""

import json
import shutil
from pathlib import Path

from response_clusters.files import replacing
from response_clusters.job import job

if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        k = json.loads(Path(source.elbow).read_text("utf-8"))["k"]
        rule.log.info("k = %d", k)
        for name, copy in rule.output.items():
            with replacing(copy) as draft:
                shutil.copyfile(source[name][params["k"].index(k)], draft)
