"""List the results that the present configuration may not have made, and remove them on request."""

from pathlib import Path

from response_clusters.study.job import job
from response_clusters.study.stale import RECORDS, planned, recorded, remove
from response_clusters.study.statements import stated
from response_clusters.study.unaccounted import unaccounted

if __name__ == "__main__":
    with job() as rule:
        params = rule.params
        out = Path(params["out"])
        plan = planned(params["snakefile"], params["config"], out)
        faults = unaccounted(plan, recorded(Path(RECORDS)), stated(out), out)
        if params["remove"]:
            remove(faults, out)
        for path, fault in faults.items():
            print(path)
            rule.log.info("%s: %s", path, fault)
        summary = f"{len(faults)} of {len(plan)} files in {out} may come of other settings"
        ask = "remove_unaccounted, with the same configuration, removes them"
        done = "removed" if params["remove"] else f"its log says why; {ask}"
        none = f"Every file in {out} is accounted for."
        rule.log.info("%s", f"{summary}: {done}." if faults else none)
        print(f"{summary}: {done}." if faults else none)
