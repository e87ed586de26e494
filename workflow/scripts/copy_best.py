"""Copy the files of the chosen k to paths that do not depend on the choice."""

import shutil

from response_clusters.errors import StudyError, listed
from response_clusters.files import replacing
from response_clusters.records import read_record
from response_clusters.study.job import job

if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        k = read_record(source.elbow, "elbow")["k"]
        if k not in params["k"]:
            raise StudyError(
                f"{source.elbow}: it chose k = {k}, which was not fitted; expected one of "
                f"{listed(params['k'])}: delete it and run again."
            )
        rule.log.info("k = %d", k)
        for name, copy in rule.output.items():
            with replacing(copy) as draft:
                shutil.copyfile(source[name][params["k"].index(k)], draft)
