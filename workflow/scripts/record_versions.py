"""Record the software that made the results: versions, git commit, and whether it was clean."""

from response_clusters.records import write_record
from response_clusters.study.job import job
from response_clusters.study.versions import versions

if __name__ == "__main__":
    with job() as rule:
        record = versions(rule.params["packages"])
        rule.log.info("%s", record)
        write_record(record, rule.output.versions, "versions")
