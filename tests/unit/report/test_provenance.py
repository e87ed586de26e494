"""Where results come from: the dataset's files, and what the jobs took."""

import json
import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from response_clusters.clustering.fit import fit
from response_clusters.records import checked_record
from response_clusters.report.provenance import (
    DERIVATION,
    as_they_are,
    machine,
    measured,
    timings,
)

HEAD = "s\th:m:s\tmax_rss\tmax_vms\n"


def job(out: Path, rule: str, part: str, files: list[str], took: str | None) -> None:
    """What a job leaves: its statement, and what Snakemake noted of its time and memory."""
    statement = out / "made" / rule / f"{part}.json"
    statement.parent.mkdir(parents=True, exist_ok=True)
    made = [{"path": path, "size": 1, "sha256": "0" * 64} for path in files]
    statement.write_text(json.dumps({"rule": rule, "params": {"code": "0"}, "files": made}))
    if took is not None:
        path = out / "benchmarks" / rule / f"{part}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(took)


def test_files_have_sizes_and_times_in_utc(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    (tmp_path / "b.hdf5").write_bytes(b"12345")
    os.utime(tmp_path / "b.hdf5", (0, 1_700_000_000.9))
    (tmp_path / "pictures").mkdir()
    os.utime(tmp_path / "pictures", (0, 0))
    names = [str(tmp_path / name) for name in ("pictures", "b.hdf5", "absent")]
    stored = [{"url": "s3://bucket/a", "size": 7, "etag": "e"}]
    assert as_they_are(names, stored) == [
        {"path": names[2], "bytes": None, "modified": None, "etag": None},
        {"path": names[1], "bytes": 5, "modified": "2023-11-14T22:13:20Z", "etag": None},
        {"path": names[0], "bytes": None, "modified": "1970-01-01T00:00:00Z", "etag": None},
        {"path": "s3://bucket/a", "bytes": 7, "modified": None, "etag": "e"},
    ]


def test_what_was_not_measured_is_null(tmp_path: Path) -> None:
    path = tmp_path / "job.tsv"
    for text, expected in {
        f"{HEAD}1.5\t0:00:01\t20.25\t30\n": (1.5, 20.25),
        f"{HEAD}0.1\t0:00:00\tNA\tNA\n": (0.1, None),
        f"{HEAD}-\t-\t-\t-\n": (None, None),
        f"{HEAD}nan\tnan\tnan\tnan\n": (None, None),
        HEAD: (None, None),
        "": (None, None),
    }.items():
        path.write_text(text)
        assert measured(path) == expected
    assert measured(tmp_path / "absent.tsv") == (None, None)


def test_jobs_are_summed_by_rule(tmp_path: Path) -> None:
    out = tmp_path / "results" / "small"
    job(out, "fit", "ada/k01", ["ada/k01/fit.json"], f"{HEAD}1.5\t0\t20\t0\n")
    job(out, "fit", "ada/k02", ["ada/k02/fit.json"], f"{HEAD}2.25\t0\tNA\t0\n")
    # A k that was removed: nothing asks for it any more.
    job(out, "fit", "ada/k03", ["ada/k03/fit.json"], f"{HEAD}100\t0\t999\t0\n")
    # Steps to others: of a subject that is there, and of one that is not.
    job(out, "gather", "ada", ["ada/responses.parquet"], f"{HEAD}3\t0\t5\t0\n")
    job(out, "gather", "eva", ["eva/responses.parquet"], f"{HEAD}4\t0\t6\t0\n")
    job(out, "list", "all", ["stimuli.parquet"], None)
    job(out, "gone", "eva", ["eva/elbow.json"], f"{HEAD}4\t0\t6\t0\n")
    (out / "made" / "fit" / "damaged.json").write_text("{")
    known = [str(out / "ada" / fit / "fit.json") for fit in ("k01", "k02")]
    assert timings(out, known) == [
        {"rule": "fit", "jobs": 2, "seconds": 3.75, "longest": 2.25, "megabytes": 20},
        {"rule": "gather", "jobs": 1, "seconds": 3, "longest": 3, "megabytes": 5},
        {"rule": "list", "jobs": 1, "seconds": None, "longest": None, "megabytes": None},
    ]


def test_it_fits_the_schema(tmp_path: Path) -> None:
    job(tmp_path, "list", "all", ["stimuli.parquet"], None)
    record = {
        "study": "small",
        "config": {"seed": 0},
        "software": {"python": "3.11", "packages": {}, "commit": None, "clean": None},
        "machine": machine(),
        "inputs": as_they_are([str(tmp_path / "absent")]),
        "seeds": {"seed": 0, "derivation": DERIVATION},
        "rules": timings(tmp_path, []),
        "note": "",
    }
    assert checked_record(record, "provenance", "provenance")["rules"]


def test_seeds_are_derived_as_it_says() -> None:
    """A start's stream has the entropy (seed, CRC-32 of the cohort, k) and its number as a key."""
    X = np.random.default_rng(0).standard_normal((200, 5)).astype(np.float32)
    settings = {"replicates": 1, "swaps": 0, "max_iterations": 1}
    entropy = [7, zlib.crc32(b"ada"), 4]
    from response_clusters.clustering import solver

    seen = []
    drawn = solver._drawn_start

    def noted(units: Any, k: int, rng: np.random.Generator) -> Any:
        seen.append(rng.bit_generator.seed_seq)
        return drawn(units, k, rng)

    solver._drawn_start = noted
    try:
        fit(X, 4, settings | {"replicates": 2}, entropy)
    finally:
        solver._drawn_start = drawn
    assert sorted((list(s.entropy), s.spawn_key) for s in seen) == [
        (entropy, (0,)),
        (entropy, (1,)),
    ]
