"""Record how the results came to be: settings, software, the dataset, seeds, time and memory."""

from pathlib import Path

from response_clusters.records import read_record, write_record
from response_clusters.report.provenance import DERIVATION, as_they_are, machine, timings
from response_clusters.study.job import job

if __name__ == "__main__":
    with job() as rule:
        params = rule.params
        inputs = as_they_are(params["dataset"], params["stored"])
        known = [*rule.input, *params["dataset"]]
        record = {
            "study": params["study"],
            "config": params["config"],
            "software": read_record(rule.files["versions"], "versions"),
            "machine": machine(),
            "inputs": inputs,
            "seeds": {"seed": params["config"]["seed"], "derivation": DERIVATION},
            "rules": timings(Path(rule.output.provenance).parent, known),
            "note": params["note"],
        }
        rule.log.info("%d files of the dataset, %d rules", len(inputs), len(record["rules"]))
        write_record(record, rule.output.provenance, "provenance")
