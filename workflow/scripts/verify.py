"""Hold every result against its schema, its digest and what it comes of; name what contradicts."""

from pathlib import Path

from response_clusters.errors import StudyError
from response_clusters.study.job import job
from response_clusters.study.stale import RECORDS, planned, recorded
from response_clusters.study.statements import stated
from response_clusters.study.unaccounted import unaccounted
from response_clusters.verification.study import Study, study_faults

if __name__ == "__main__":
    with job() as rule:
        params, out = rule.params, Path(rule.params["out"])
        plan = planned(params["snakefile"], params["config"], out)
        files = [row["output_file"] for row in plan]
        if absent := [name for name in files if not Path(name).is_file()]:
            raise StudyError(
                f"{absent[0]}: it is not there, and {len(absent)} of {len(files)} files of this "
                "study are not; expected all of them: run the study first."
            )
        said = stated(out)
        study = Study(out, params["config"], params["subjects"], params["note"], params["missing"])
        faults = [
            f"{name}: {why}; expected what this configuration makes: run remove_unaccounted."
            for name, why in unaccounted(plan, recorded(Path(RECORDS)), said, out).items()
        ]
        faults += study_faults(study, files, {name: said[name] for name in files if name in said})
        for fault in faults:
            print(fault)
        if faults:
            raise StudyError(
                f"{out}: {len(faults)} faults were found in its {len(files)} files, a line each "
                "above; expected none: do what they say, and run the study again."
            )
        print(f"All {len(files)} files in {out} are what this configuration makes.")
