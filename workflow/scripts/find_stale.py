"""List the results that the present configuration no longer makes, and remove them on request."""

from pathlib import Path

from response_clusters.study.job import job
from response_clusters.study.stale import RECORDS, is_own, made_now, recorded, remove, stale_files

if __name__ == "__main__":
    with job() as rule:
        params = rule.params
        out = Path(params["out"])
        made = made_now(params["snakefile"], params["config"], out)
        records = recorded(Path(RECORDS))
        stale = stale_files(out, made, records, params["keep"])
        if params["remove"]:
            remove(stale, out)
        for path in stale:
            print(path)
        known = sum(1 for name in records if is_own(Path(name), out))
        summary = f"{len(stale)} files in {out} were made by this study and are not made now"
        ask = "remove_stale in place of stale, with the same configuration, removes them"
        done = "removed" if params["remove"] else ask
        none = f"Nothing in {out} is stale, by Snakemake's record of {known} of its files."
        rule.log.info("%s", f"{summary}: {done}." if stale else none)
        print(f"{summary}: {done}." if stale else none)
