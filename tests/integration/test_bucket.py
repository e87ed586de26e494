"""The study of a dataset in a bucket: a real S3 server on this machine, and an NSD root in it."""

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import yaml
from response_clusters.errors import StudyError
from response_clusters.sources.bucket import Bucket
from response_clusters.sources.nsd.betas import read_betas
from response_clusters.sources.voxels import read_voxels
from response_clusters.tables import read_table

from tests.integration.conftest import MEASURED, results, small
from tests.integration.proxy import CountingProxy
from tests.integration.seaweed import CLOSED, KEY, OPEN, SECRET, Seaweed
from tests.workflow.conftest import (
    copy_project,
    planned,
    run_preflight,
    run_snakemake,
    try_snakemake,
)

BETAS = "nsddata_betas/ppdata/{}/func1pt8mm/betas_fithrf_GLMdenoise_RR/betas_session{:02d}.hdf5"
SESSION = BETAS.format("subj02", 2)
URL = f"s3://{OPEN}/nsd/{SESSION}"
TAKEN = re.compile(r"In all ([0-9,]+) requests, ([0-9.,]+) of ([0-9.,]+) MB")


@pytest.fixture(autouse=True)
def anonymous(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    seaweed = Seaweed(tmp_path_factory.mktemp("seaweed"))
    try:
        seaweed.start()
        for bucket in (OPEN, CLOSED):
            seaweed.make_bucket(bucket)
        yield seaweed
    finally:
        seaweed.stop()


@pytest.fixture(scope="session")
def bucket(server: Seaweed, nsd_root: Path) -> dict[str, Any]:
    """The small study's configuration, of an NSD root below a prefix."""
    server.load(OPEN, nsd_root, "nsd/")
    return small(f"s3://{OPEN}/nsd", endpoint=server.endpoint)


@pytest.fixture(scope="session")
def ranged(bucket: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study, run with all files in the bucket."""
    folder = tmp_path_factory.mktemp("ranged")
    copy_project(folder)
    run_snakemake(folder, bucket)
    return folder


def put(server: Seaweed, key: str, contents: bytes | Path, bucket: str = OPEN) -> None:
    import obstore

    obstore.put(server.store(bucket), key, contents)


def differing(one: Path, other: Path) -> set[str]:
    a, b = results(one), results(other)
    return {name for name in a.keys() | b.keys() if a.get(name) != b.get(name)}


def test_read_by_ranges_every_file_has_the_local_runs_bytes(ranged: Path, checkout: Path) -> None:
    # The configuration says where the data are.
    assert differing(ranged, checkout) == {"config.yaml"}
    for subject in ("subj01", "subj02"):
        for session in (1, 2):
            log = ranged / f"results/small/logs/average_session/{subject}/session{session:02d}.log"
            told = TAKEN.search(log.read_text())
            assert told, log.read_text()
            assert float(told[2]) < 0.5 * float(told[3])
    assert "/tmp" not in (ranged / "results/small/logs/read_trials/subj01.log").read_text()


def test_nothing_is_done_again_however_it_is_read(ranged: Path, bucket: dict[str, Any]) -> None:
    assert "Nothing to be done" in run_snakemake(ranged, bucket)
    download = {**bucket, "dataset": {**bucket["dataset"], "access": "download"}}
    assert planned(ranged, download) == {"record_config"}


def test_downloaded_every_session_has_the_local_runs_bytes(
    bucket: dict[str, Any], checkout: Path, tmp_path: Path
) -> None:
    config = {**bucket, "dataset": {**bucket["dataset"], "access": "download"}}
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    run_snakemake(tmp_path, config, "--until", "gather_responses", env={"TMPDIR": str(temporary)})
    made = results(tmp_path)
    local = results(checkout)
    assert len(made) > 10
    assert {name: made[name] == local[name] for name in made} == dict.fromkeys(made, True)
    assert not [path for path in temporary.rglob("*") if path.is_file()]
    log = tmp_path / "results/small/logs/average_session/subj01/session01.log"
    told = TAKEN.search(log.read_text())
    assert told and told[2] == told[3]


def test_a_replaced_object_makes_its_session_again_and_what_follows(
    ranged: Path, bucket: dict[str, Any], server: Seaweed, nsd_root: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.hdf5"
    shutil.copy2(nsd_root / SESSION, changed)
    with h5py.File(changed, "r+") as file:
        file["betas"][0] += 1
    put(server, f"nsd/{SESSION}", changed)
    again = planned(ranged, bucket)
    sessions = {job for job in again if job.startswith("average_session")}
    assert sessions == {"average_session/subj02/session02"}
    assert "gather_responses/subj02" in again
    assert not {job for job in again if job.startswith(("read_", "fit_kmeans/subj01"))}
    # The same bytes under a new date are no change.
    put(server, f"nsd/{SESSION}", nsd_root / SESSION)
    assert planned(ranged, bucket) == set()


def test_an_unreachable_server_is_told_although_all_results_are_there(
    ranged: Path, bucket: dict[str, Any]
) -> None:
    dead = {**bucket, "dataset": {**bucket["dataset"], "endpoint": "http://127.0.0.1:1"}}
    told = refused(ranged, dead)
    assert "http://127.0.0.1:1 does not answer; expected an S3 server" in told


def refused(folder: Path, config: dict[str, Any], **env: str) -> str:
    """The one sentence with which a run ends that cannot begin."""
    done = try_snakemake(folder, config, "-n", env=env)
    assert done.returncode != 0
    printed = done.stdout + done.stderr
    assert "Traceback" not in printed
    told = [line for line in printed.splitlines() if "; expected " in line]
    assert len(told) == 1, printed
    return told[0]


@pytest.mark.parametrize(
    ("root", "env", "sentence"),
    [
        ("nowhere", {}, "s3://nowhere/.* refuses to read it without credentials|has no bucket"),
        (CLOSED, {}, f"s3://{CLOSED}/.* refuses to read it without credentials"),
        (
            f"{OPEN}/nsd",
            {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": "wrong"},
            "refuses to read it with the credentials of AWS's variables .SignatureDoesNotMatch",
        ),
        (f"{OPEN}/elsewhere", {}, "no subject with any session was found there"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    root: str, env: dict[str, str], sentence: str, bucket: dict[str, Any], tmp_path: Path
) -> None:
    config = {**bucket, "dataset": {**bucket["dataset"], "root": f"s3://{root}"}}
    assert re.search(sentence, refused(tmp_path, config, **env))


def test_credentials_open_a_bucket_that_is_closed(
    bucket: dict[str, Any], server: Seaweed, nsd_root: Path, tmp_path: Path
) -> None:
    server.load(CLOSED, nsd_root)
    config = {**bucket, "dataset": {**bucket["dataset"], "root": f"s3://{CLOSED}"}}
    env = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    run_snakemake(tmp_path, config, "results/small/subj01/trials.parquet", env=env)
    kept = "".join(p.read_text() for p in (tmp_path / ".snakemake/buckets").glob("*.json"))
    assert SECRET not in kept


def test_a_missing_object_is_told_in_a_sentence(
    bucket: dict[str, Any], server: Seaweed, nsd_root: Path, tmp_path: Path
) -> None:
    design = "nsddata/experiments/nsd/nsd_expdesign.mat"
    for path in nsd_root.rglob("*"):
        key = path.relative_to(nsd_root).as_posix()
        if (path.is_file() and path.stat().st_size < 2**16) or key == BETAS.format("subj01", 1):
            put(server, f"lacking/{key}", path)
    import obstore

    if (nsd_root / design).stat().st_size < 2**16:
        obstore.delete(server.store(OPEN), f"lacking/{design}")
    config = {**bucket, "dataset": {**bucket["dataset"], "root": f"s3://{OPEN}/lacking"}}
    told = refused(tmp_path, config)
    assert f"s3://{OPEN}/lacking/{design}: there is no such object; expected NSD's design" in told


def voxels_of(folder: Path) -> Any:
    below = folder / "results/small/subj02"
    return read_voxels(str(below / "regions.npz"), read_table(below / "regions.tsv", "regions"))


def test_an_object_that_is_replaced_midway_is_told(
    ranged: Path, server: Seaweed, nsd_root: Path
) -> None:
    found = Bucket(f"s3://{OPEN}/nsd", server.endpoint, 10)
    folder = os.path.dirname(f"nsd/{SESSION}")
    listed = {stored.url: stored for stored in found.listing(folder)[0]}[URL]
    voxels = voxels_of(ranged)
    with found.open(listed) as source:
        source.read(0, 100)
        put(server, f"nsd/{SESSION}", (nsd_root / BETAS.format("subj01", 1)).read_bytes())
        with pytest.raises(StudyError, match="was replaced since it was listed") as told:
            read_betas(source, voxels)
    assert str(told.value).startswith(f"{URL}: ")
    put(server, f"nsd/{SESSION}", nsd_root / SESSION)


def test_a_jobs_object_that_is_gone_is_told_and_jobs_list_nothing(
    bucket: dict[str, Any], server: Seaweed, nsd_root: Path, tmp_path: Path
) -> None:
    """A job of a cluster plans the study from what the main process found."""
    import obstore

    with CountingProxy(server.endpoint) as proxy:
        config = {**bucket, "dataset": {**bucket["dataset"], "endpoint": proxy.endpoint}}
        run_snakemake(tmp_path, config, "--until", "read_regions")
        before = proxy.lists
        job = ("--mode", "remote", "--allowed-rules", "average_session")
        below = "results/small/subj02/betas"
        obstore.delete(server.store(OPEN), f"nsd/{SESSION}")
        try:
            done = try_snakemake(tmp_path, config, f"{below}/session02.parquet", *job)
        finally:
            put(server, f"nsd/{SESSION}", nsd_root / SESSION)
        assert done.returncode != 0
        assert f"{URL}: there is no such object any more" in done.stderr + done.stdout
        assert not list((tmp_path / below).glob("*session02*"))
        run_snakemake(tmp_path, config, f"{below}/session01.parquet", *job)
        assert (tmp_path / below / "session01.parquet").exists()
        assert proxy.lists == before


def sparse(path: Path, like: Path) -> None:
    """A session as its header has it: no value is written."""
    with h5py.File(like) as file:
        betas = file["betas"]
        shape, dtype, chunks = betas.shape, betas.dtype, betas.chunks
    with h5py.File(path, "w") as file:
        file.create_dataset("betas", shape, dtype, chunks=chunks)


@pytest.fixture(scope="session")
def large(server: Seaweed, nsd_root: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An NSD root with 284 sessions of eight subjects, by names and headers."""
    import obstore

    store = server.store(OPEN)
    header = tmp_path_factory.mktemp("sparse") / "betas.hdf5"
    own = next(nsd_root.rglob("betas_session01.hdf5"))
    for path in nsd_root.rglob("*"):
        key = path.relative_to(nsd_root).as_posix()
        if not path.is_file() or key.startswith("nsddata_betas") or "subj02" in key:
            continue
        obstore.put(store, f"large/{key}", path)
        if "subj01" in key:
            for number in range(2, 9):
                obstore.put(store, f"large/{key.replace('subj01', f'subj{number:02d}')}", path)
    sparse(header, own)
    contents = header.read_bytes()
    for number in range(1, 9):
        sessions = {1: 40, 2: 40, 3: 32, 4: 30, 5: 40, 6: 32, 7: 40, 8: 30}[number]
        for session in range(1, sessions + 1):
            obstore.put(store, f"large/{BETAS.format(f'subj{number:02d}', session)}", contents)
    return f"s3://{OPEN}/large"


def test_a_dry_run_of_284_sessions_asks_little(
    large: str, bucket: dict[str, Any], server: Seaweed, tmp_path: Path
) -> None:
    with CountingProxy(server.endpoint) as proxy:
        config = {**bucket, "dataset": {**bucket["dataset"], "root": large}}
        config["dataset"]["endpoint"] = proxy.endpoint
        run_snakemake(tmp_path, config, "-n", "--quiet")
        first = proxy.lists + proxy.reads
        printed = run_snakemake(tmp_path, config, "-n")
        second = proxy.lists + proxy.reads - first
    assert re.search(r"^average_session +284$", printed, re.M)
    MEASURED.append(f"A second dry run of 284 sessions in a bucket: {second} requests")
    assert second <= 60
    assert proxy.reads == 0


def preflight(folder: Path, root: str, endpoint: str) -> tuple[int, str]:
    dataset = {"source": "nsd", "root": root, "endpoint": endpoint}
    return run_preflight(folder, yaml.safe_dump({"study": "preflight", "dataset": dataset}))


def test_the_preflight_of_284_sessions_asks_little(
    large: str, server: Seaweed, tmp_path: Path
) -> None:
    with CountingProxy(server.endpoint) as proxy:
        status, printed = preflight(tmp_path, large, proxy.endpoint)
    assert status == 0, printed
    assert printed.startswith("0 faults.")
    assert "8 subjects, 284 sessions" in printed
    MEASURED.append(
        f"The preflight of 284 sessions in a bucket: {proxy.lists} lists, {proxy.reads} reads, "
        f"{proxy.bytes / 1e6:.1f} MB"
    )
    assert proxy.lists + proxy.reads <= 400
    assert proxy.bytes <= 10e6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["preflight.yaml"]


def test_the_preflight_names_what_a_bucket_lacks(
    large: str, server: Seaweed, tmp_path: Path
) -> None:
    import obstore

    store = server.store(OPEN)
    gone = [BETAS.format("subj03", 7), "nsddata/ppdata/subj05/func1pt8mm/roi/floc-faces.nii.gz"]
    whole = {key: bytes(obstore.get(store, f"large/{key}").bytes()) for key in gone}
    cut = BETAS.format("subj04", 2)
    session = bytes(obstore.get(store, f"large/{cut}").bytes())
    for key in gone:
        obstore.delete(store, f"large/{key}")
    obstore.put(store, f"large/{cut}", session[: len(session) // 2])
    try:
        status, printed = preflight(tmp_path, large, server.endpoint)
    finally:
        for key, contents in {**whole, cut: session}.items():
            obstore.put(store, f"large/{key}", contents)
    assert status == 1
    assert printed.startswith("3 faults:")
    for key in (*gone, cut):
        assert printed.count(f"- {large}/{key}: ") == 1
    commands = [line.strip() for line in printed.splitlines() if line.startswith("    ")]
    assert sorted(commands) == sorted(
        f"aws s3 cp --no-sign-request s3://natural-scenes-dataset/{key} - | "
        f"aws s3 cp --endpoint-url {server.endpoint} - {large}/{key}"
        for key in gone
    )


def test_a_server_that_is_away_for_half_a_minute_is_waited_for(
    ranged: Path, server: Seaweed, nsd_root: Path
) -> None:
    voxels = voxels_of(ranged)
    found = Bucket(f"s3://{OPEN}/nsd", server.endpoint, 180)
    listed = {s.url: s for s in found.listing(os.path.dirname(f"nsd/{SESSION}"))[0]}[URL]
    source = found.open(listed)
    source.read(0, 100)
    server.stop()

    def back() -> None:
        time.sleep(30)
        server.start()

    returning = threading.Thread(target=back)
    returning.start()
    began = time.monotonic()
    try:
        with source:
            values = read_betas(source, voxels)
        waited = time.monotonic() - began
    finally:
        returning.join()
    MEASURED.append(f"A session read from a server that was away for 30 s: {waited:.0f} s")
    assert waited > 29
    np.testing.assert_array_equal(values, read_betas(nsd_root / SESSION, voxels))
