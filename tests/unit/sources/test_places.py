"""Where a dataset lies: a folder and a bucket answer alike, and jobs list nothing."""

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest
from response_clusters.errors import StudyError
from response_clusters.sources import places
from response_clusters.sources.bucket import Bucket, Stored
from response_clusters.sources.fetching import Fetched
from response_clusters.sources.nsd import layout
from response_clusters.sources.places import BucketFolder, Folder, Place
from response_clusters.sources.ranged_file import RangedFile

FILES = {
    "nsddata/experiments/nsd/nsd_expdesign.mat": b"design",
    "nsddata/ppdata/subj01/func1pt8mm/roi/floc-faces.nii.gz": b"faces",
    "nsddata/ppdata/subj01/func1pt8mm/mean.nii.gz": b"mean",
    "nsddata/ppdata/subj01/func1pt8mm/empty.nii.gz": b"",
    "nsddata_betas/ppdata/subj01/func1pt8mm/betas_fithrf/betas_session01.hdf5": b"1",
    "nsddata_betas/ppdata/subj01/func1pt8mm/betas_fithrf/betas_session02.nii.gz": b"2",
    "nsddata_betas/ppdata/subj01/func1pt8mm/betas_fithrf/betas_session03.hdf5.4f5e6a": b"3",
    "nsddata_betas/ppdata/subj02/func1mm/betas_assumehrf/betas_session01.hdf5": b"4",
}
DATASET = {"root": "s3://bucket/nsd/", "endpoint": None, "access": "ranged"}


class Listed:
    """A bucket's listings, as `Bucket` gives them, counted."""

    name, endpoint = "bucket", "http://127.0.0.1:9000"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def listing(self, below: str, deep: bool) -> tuple[list[Stored], list[str]]:
        self.asked.append(below)
        start = f"{below}/"
        inside = [f"nsd/{path}" for path in FILES if f"nsd/{path}".startswith(start)]
        here = [path for path in inside if deep or "/" not in path[len(start) :]]
        folders = {path[len(start) :].partition("/")[0] for path in inside if path not in here}
        stored = [Stored(f"s3://bucket/{p}", len(FILES[p[4:]]), f'"{p}"') for p in here]
        return stored, sorted(folders)


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Listed:
    bucket = Listed()
    monkeypatch.setattr(places, "Bucket", lambda *_: bucket)
    monkeypatch.chdir(tmp_path)
    return bucket


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    for path, contents in FILES.items():
        file = tmp_path / "nsd" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(contents)
    return Folder(str(tmp_path / "nsd"))


def seen(place: Place) -> dict[str, Any]:
    """What a study asks of a place, without the root's name."""
    found: dict[str, Any] = {
        "subjects": layout.subjects(place),
        "versions": layout.versions(place),
        "recorded": layout.recorded(place, "subj01", "func1pt8mm", "betas_fithrf"),
        "unfinished": layout.unfinished(place, "subj01", "func1pt8mm", "betas_fithrf"),
        "roi": place.names("nsddata/ppdata/subj01/func1pt8mm/roi"),
        "nothing": place.names("nsddata/nowhere"),
        "folder": place.is_file("nsddata/ppdata/subj01/func1pt8mm/roi", "a file"),
        "files": [place.is_file(path, "a file") for path in FILES],
    }
    found["unfinished"] = {n: p.removeprefix(place.root) for n, p in found["unfinished"].items()}
    return found


@pytest.mark.parametrize("deep", [[], ["nsddata/ppdata/subj01/func1pt8mm"], ["nsddata/ppdata"]])
def test_a_bucket_answers_as_a_folder_does(deep: list[str], listed: Listed, folder: Folder) -> None:
    bucket = BucketFolder(DATASET, anew=True, results="results/a")
    bucket.look(["nsddata_betas/ppdata"], deep)
    assert seen(bucket) == seen(folder)
    assert seen(bucket)["recorded"] == {1: {"hdf5"}, 2: {"nii.gz"}}
    assert len(listed.asked) == len(set(listed.asked))


def test_what_was_looked_at_deep_is_not_listed_again(listed: Listed) -> None:
    bucket = BucketFolder(DATASET, anew=True, results="results/a")
    bucket.look([], ["nsddata/ppdata/subj01/func1pt8mm"])
    assert bucket.names("nsddata/ppdata/subj01/func1pt8mm/roi") == ["floc-faces.nii.gz"]
    assert "mean.nii.gz" in bucket.names("nsddata/ppdata/subj01/func1pt8mm")
    assert listed.asked == ["nsd/nsddata/ppdata/subj01/func1pt8mm"]


def test_jobs_read_what_was_found_and_list_nothing(listed: Listed) -> None:
    bucket = BucketFolder(DATASET, anew=True, results="results/a")
    before = seen(bucket)
    bucket.keep()
    asked = len(listed.asked)
    job = BucketFolder(DATASET, anew=False, results="results/a")
    assert seen(job) == before
    assert job.stored(job.below(next(iter(FILES)))) == bucket.stored(job.below(next(iter(FILES))))
    assert len(listed.asked) == asked


def test_each_study_keeps_what_it_found(listed: Listed) -> None:
    """Two studies of a bucket may run at a time, and a dry run of one while its jobs go on."""
    one = BucketFolder(DATASET, True, "results/a")
    one.look(["nsddata_betas/ppdata/subj01/func1pt8mm/betas_fithrf"])
    one.keep()
    for results in ("results/b", "results/a"):
        other = BucketFolder(DATASET, True, results)
        other.look(["nsddata/experiments/nsd"])
        other.keep()
    job = BucketFolder(DATASET, False, "results/a")
    assert layout.recorded(job, "subj01", "func1pt8mm", "betas_fithrf") == {
        1: {"hdf5"},
        2: {"nii.gz"},
    }
    assert job.is_file("nsddata/experiments/nsd/nsd_expdesign.mat", "a design")
    job = BucketFolder(DATASET, False, "results/b")
    assert layout.recorded(job, "subj01", "func1pt8mm", "betas_fithrf") == {}


def test_a_listing_that_cannot_be_written_is_told(listed: Listed) -> None:
    Path(".snakemake").write_text("no folder")
    with pytest.raises(StudyError, match="it cannot be written, "):
        BucketFolder(DATASET, True, "results/a").keep()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"known": {}}'])
def test_a_damaged_listing_is_told(text: str, listed: Listed) -> None:
    bucket = BucketFolder(DATASET, True, "results/a")
    bucket.keep()
    next(Path(".snakemake/buckets").iterdir()).write_text(text)
    with pytest.raises(StudyError, match="it cannot be read"):
        BucketFolder(DATASET, False, "results/a")
    bucket.keep()
    BucketFolder(DATASET, False, "results/a")


def test_a_job_without_a_listing_says_so(listed: Listed) -> None:
    with pytest.raises(StudyError, match=r"it cannot be read; expected what the study's main"):
        BucketFolder(DATASET, anew=False, results="results/a")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("nsddata/experiments/nsd/none.mat", "there is no such (file|object); expected a design"),
        ("nsddata/ppdata/subj01/func1pt8mm/empty.nii.gz", "is empty; expected a design"),
    ],
)
def test_what_is_not_there_or_empty_is_refused(
    path: str, sentence: str, listed: Listed, folder: Folder
) -> None:
    for place in (folder, BucketFolder(DATASET, anew=True, results="results/a")):
        with pytest.raises(StudyError, match=sentence) as told:
            place.require(path, "a design")
        assert str(told.value).startswith(f"{place.root}/{path}: ")


@pytest.mark.parametrize(
    "root",
    ["s3://", "s3:///nsd", "s3://a b", "s3://bucket//nsd", "s3://bucket/../nsd", "s3://b/\n"],
)
def test_what_is_no_bucket_is_refused(root: str, listed: Listed) -> None:
    with pytest.raises(StudyError, match="expected s3://bucket or s3://bucket/prefix"):
        BucketFolder({**DATASET, "root": root}, anew=True, results="results/a")


@pytest.mark.parametrize(
    "endpoint",
    [
        "nonsense",
        "http://",
        "http://a:b",
        "http://a b",
        "http://a:99999",
        "http://a..b",
        "http://a/b",
    ],
)
def test_an_endpoint_that_is_no_address_is_refused(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StudyError, match=r"dataset\.endpoint is .*; expected an address"):
        Bucket("s3://bucket", endpoint, 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(StudyError, match="^AWS_ENDPOINT_URL is .*; expected an address"):
        Bucket("s3://bucket", None, 1)


def test_credentials_that_are_not_whole_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    with pytest.raises(StudyError, match=r"do not fit together .*; expected both AWS_ACCESS"):
        Bucket("s3://bucket", None, 1)


def fetching(monkeypatch: pytest.MonkeyPatch, *contents: bytes) -> Bucket:
    """A bucket that sends these contents of any object, one after the other."""
    bucket, left = Bucket("s3://bucket", None, 1), iter(contents)

    def send(stored: Stored) -> RangedFile:
        whole = next(left)
        return RangedFile(stored.url, len(whole), lambda start, end: whole[start:end])

    monkeypatch.setattr(bucket, "open", send)
    return bucket


def test_what_came_is_held_against_its_md5(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    right = hashlib.md5(b"right", usedforsecurity=False).hexdigest()
    stored = Stored("s3://bucket/a", 5, f'"{right}"')
    for sent in ([b"right"], [b"wrong", b"right"]):
        fetching(monkeypatch, *sent).fetch(stored, tmp_path / "a")
        assert (tmp_path / "a").read_bytes() == b"right"
    with pytest.raises(StudyError, match="other bytes came when it was fetched again"):
        fetching(monkeypatch, b"wrong", b"wring").fetch(stored, tmp_path / "b")
    assert not (tmp_path / "b").exists()
    # Encrypted, the same bytes come under a version that is no MD5.
    fetching(monkeypatch, b"other", b"other").fetch(stored, tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == b"other"


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:9000", "https://s3.example.org/", "http://[::1]:80", None]
)
def test_endpoints_that_are_addresses_are_taken(
    endpoint: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert Bucket("s3://bucket", endpoint, 1).endpoint == (endpoint and endpoint.rstrip("/"))


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("status code: 404 <Code>NoSuchBucket</Code>", "AWS has no bucket bucket"),
        ("status code: 404 <Code>NoSuchKey</Code>", "there is no such object any more"),
        ("status code: 403 <Code>AccessDenied</Code>", r"refuses to read it .* \(AccessDenied\)"),
        ("status code: 412", "the object was replaced since it was listed"),
        ("status code: 301 <Code>PermanentRedirect</Code>", r"error \(301 PermanentRedirect\)"),
        ("Received redirect without LOCATION", "has the bucket in another region"),
        ("error sending request", "AWS does not answer"),
    ],
)
def test_what_a_server_objects_is_a_sentence(
    message: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from obstore.exceptions import GenericError

    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    bucket = Bucket("s3://bucket", None, 1)

    def ask() -> None:
        raise GenericError(message)

    with pytest.raises(StudyError, match=f"^s3://bucket/a: .*{sentence}.*; expected .*: "):
        bucket._ask("s3://bucket/a", ask)


def test_equal_objects_are_fetched_once_and_never_copied_half(tmp_path: Path) -> None:
    """Several are fetched at a time, and a file is there under its name when it is whole."""
    contents = bytes(range(256)) * 4000
    asked: list[str] = []

    class Slow:
        name = "bucket"

        def key(self, url: str) -> str:
            return url.removeprefix("s3://bucket/")

        def fetch(self, stored: Stored, path: Path) -> None:
            asked.append(stored.url)
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.part")
            with draft.open("wb") as file:
                for part in range(4):
                    file.write(contents[part * len(contents) // 4 :][: len(contents) // 4])
                    time.sleep(0.01)
            draft.rename(path)

    bucket: Any = Slow()
    names = [Stored(f"s3://bucket/names/{n}.ctab", len(contents), '"same"') for n in range(20)]
    found = Fetched(bucket, tmp_path).files({"names": [*names, names[0]]})["names"]
    assert [Path(path).read_bytes() == contents for path in found] == [True] * 21
    again = Fetched(bucket, tmp_path / "again")
    again.files({"one": names[0]})
    before = len(asked)
    again.files({"names": names})
    assert len(asked) == before
