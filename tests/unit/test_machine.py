"""What the machine lets a job down with is called by its name, and never the file's damage."""

import errno
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from response_clusters.errors import StudyError
from response_clusters.files import readable, reading, replacing
from response_clusters.machine import prefer_modules, require_room
from response_clusters.records import write_record
from response_clusters.sources.hdf5 import require_filters
from response_clusters.tables import read_table, write_table

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow" / "scripts"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "session.hdf5"
    path.write_bytes(b"content")
    return path


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.EIO, "Input/output error"), "the disk or the network failed"),
        (OSError(errno.ESTALE, "Stale file handle"), "the disk or the network failed"),
        (OSError("can't read data (errno = 5, error message = 'x')"), "the disk or the network"),
        (BlockingIOError(11, "unable to lock file"), "another program holds it open"),
        (OSError("file is already open for write (may use h5clear)"), "another program holds it"),
        (FileNotFoundError(2, "No such file"), "it is no longer there"),
        (PermissionError(13, "Permission denied"), "this user may not read it"),
        (OSError(errno.EMFILE, "Too many open files"), "too many files are open"),
        (MemoryError("Unable to allocate 7 TiB"), "takes more memory than there is .*7 TiB"),
        (OSError(errno.EBADMSG, "Bad message"), "the disk or the network failed"),
        (OSError(errno.EHOSTDOWN, "Host is down"), "the disk or the network failed"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "takes more memory than there is"),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (ValueError("Error tokenizing data. C error: out of memory"), "takes more memory than"),
        (zlib.error("Error -4 while decompressing data"), "takes more memory than there is"),
        (pa.ArrowMemoryError("malloc of size 8 failed"), "takes more memory than there is"),
        (
            OSError("Can't synchronously read data (required filter 'bzip2' is not registered)"),
            "through an HDF5 filter that is not installed here .*bzip2.*: install the plug-in",
        ),
        (
            OSError("Can't read data (can't open directory (/usr/local/hdf5/lib/plugin))"),
            "through an HDF5 filter that is not installed here",
        ),
        (pa.ArrowNotImplementedError("Support for codec 'snappy' not built"), "a form that this"),
        (pa.ArrowInvalid("Unsupported Parquet version 9"), "a form that this software cannot"),
        (OSError("Can't read data (filter returned failure during read)"), "damaged or cut short"),
        (NotImplementedError("Please use HDF reader for v7.3"), "a form that this software cannot"),
        (ValueError("Support for codec 'lz4' not built"), "a form that this software cannot"),
        (
            ValueError("unexpected end of data"),
            "the file is damaged or cut short .*: fetch it again",
        ),
        (KeyError("nothing"), "the file is damaged or cut short"),
    ],
)
def test_the_real_cause_is_named(error: Exception, says: str, file: Path) -> None:
    with (
        pytest.raises(StudyError, match=rf"session\.hdf5: .*{says}"),
        reading(file, "one session's betas"),
    ):
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_who_ends_a_job_is_not_hindered(error: BaseException, file: Path) -> None:
    with pytest.raises(type(error)), reading(file, "one session's betas"):
        raise error


def test_a_study_does_not_start_on_a_full_disk(full: Path) -> None:
    """Snakemake keeps records of its own beside the results, and says nothing of a disk."""
    require_room(full)
    (full / "filler").write_bytes(bytes(64 * 1024))
    with pytest.raises(StudyError, match=r"small: the disk is full \(.*: 0\.0 of 0\.1 MB are free"):
        require_room(full)


def test_what_is_no_file_gets_a_sentence(tmp_path: Path) -> None:
    """And is not waited for: opening a pipe blocks until somebody writes into it."""
    (tmp_path / "file").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "round").symlink_to("round")
    for name, says in {
        "pipe": "found a pipe, a socket or a device",
        ".": "found a folder",
        "file/below": "there is no such file",
        "nul\0": "there is no such file",
        "x" * 300: "its name is too long",
        "round": "the link leads to round, where nothing is",
    }.items():
        with pytest.raises(StudyError, match=f"{says}.*expected a table"):
            readable(f"{tmp_path}/{name}", "a table")
    # A file whose first byte cannot be read: no permission would help.
    with pytest.raises(StudyError, match="the disk or the network failed"):
        readable("/proc/self/mem", "a table")


def test_a_filter_that_is_not_installed_is_named(tmp_path: Path) -> None:
    made = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    made.set_chunk((2, 2))
    made.set_filter(32999, h5py.h5z.FLAG_OPTIONAL, ())
    with h5py.File(tmp_path / "x.hdf5", "w") as file:
        space = h5py.h5s.create_simple((2, 2))
        h5py.h5d.create(file.id, b"betas", h5py.h5t.NATIVE_INT16, space, made)
        with pytest.raises(StudyError, match="through HDF5 filter 32999.* not installed here"):
            require_filters(file["betas"])


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of 64 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False).returncode
    except OSError:
        done = 1
    if done:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_named_and_nothing_is_left(full: Path) -> None:
    rows = pd.DataFrame({"trial": range(1, 50001), "V1v": np.random.default_rng(0).random(50000)})
    for name in ("betas.parquet", "betas.tsv"):
        says = (
            rf"{name}: it cannot be written, the disk is full \(.*small, on the disk at .*small: "
        )
        with pytest.raises(StudyError, match=says):
            write_table(rows, full / name, "regional_means")
    with pytest.raises(StudyError, match="the disk is full"), replacing(full / "x.hdf5") as draft:
        h5py.File(draft, "w").create_dataset("a", data=np.random.default_rng(0).random(90000))
    with (
        pytest.raises(StudyError, match="the disk is full"),
        replacing(full / "y.hdf5") as draft,
        h5py.File(draft, "w") as held,
    ):
        held.create_dataset("a", data=np.random.default_rng(0).random(90000))
    with pytest.raises(StudyError, match="the disk is full"), replacing(full / "x.npz") as draft:
        np.savez(draft, a=np.random.default_rng(0).random(90000))
    assert list(full.iterdir()) == []


JOB = """
import sys
from types import SimpleNamespace
sys.path.insert(0, {scripts!r})
snakemake = SimpleNamespace(input={{}}, output=[], log=[{log!r}], wildcards={{}},
                            params=SimpleNamespace(job={{}}), threads=1)
from response_clusters.study.job import job
with job() as rule:
    {body}
"""


def told(body: str, log: Path) -> tuple[int, str]:
    """The exit status and the words of a job."""
    text = JOB.format(scripts=str(SCRIPTS), log=str(log), body=body)
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr.strip()


def test_a_job_without_memory_or_disk_ends_in_one_sentence(tmp_path: Path, full: Path) -> None:
    status, words = told("import numpy as np; np.empty(10**15)", tmp_path / "rule.log")
    assert status == 1
    assert words.startswith("The job needs more memory than there is (Unable to allocate")
    (full / "filler").write_bytes(bytes(64 * 1024))
    body = f"open({str(full / 'x')!r}, 'w').write('x' * 100000)"
    for log in (tmp_path / "rule.log", full / "logs" / "rule.log"):
        status, words = told(body, log)
        assert status == 1
        assert "the disk is full" in words
        assert "Traceback" not in words
        assert "bug" not in words


def test_a_chunked_file_that_the_disk_has_no_room_for_ends_in_one_sentence(
    tmp_path: Path, full: Path
) -> None:
    """HDF5 tells it only when it writes its cache, and cannot close the file then."""
    body = f"""
    import h5py, numpy as np
    from response_clusters.files import replacing
    with replacing({str(full / "x.hdf5")!r}) as draft, h5py.File(draft, "w") as file:
        betas = file.create_dataset("betas", (400, 400), "f4", chunks=(10, 10))
        for row in range(0, 400, 10):
            betas[row : row + 10] = np.random.random((10, 400))
    """
    status, words = told(body, tmp_path / "rule.log")
    assert status != 0
    assert "x.hdf5: it cannot be written, the disk is full" in words
    assert "Traceback" not in words
    assert list(full.iterdir()) == []


@pytest.mark.parametrize(
    "write",
    [
        "draft.write_bytes(bytes(2**21))",
        "with h5py.File(draft, 'w') as file: file['a'] = np.random.random(2**18)",
        "np.savez(draft, a=np.random.random(2**18))",
    ],
)
def test_a_file_beyond_the_allowed_size_ends_in_one_sentence(write: str, tmp_path: Path) -> None:
    """What a quota or a small file system does, for whoever may not mount one."""
    body = f"""
    import h5py, numpy as np, resource
    from response_clusters.files import replacing
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
    with replacing({str(tmp_path / "x.npz")!r}) as draft:
        {write}
    """
    status, words = told(body, tmp_path / "rule.log")
    assert status != 0
    assert "x.npz: it cannot be written, the file grew beyond the size that is allowed" in words
    assert "ulimit -f" in words
    assert "Traceback" not in words
    assert os.listdir(tmp_path) == ["rule.log"]


def test_a_source_that_may_not_be_read_is_not_called_unwritable(tmp_path: Path) -> None:
    with (
        pytest.raises(PermissionError, match="elsewhere"),
        replacing(tmp_path / "copy.tsv") as draft,
    ):
        draft.write_text("half")
        raise PermissionError(errno.EACCES, "Permission denied", "/elsewhere/table.tsv")
    assert os.listdir(tmp_path) == []


def test_what_killed_jobs_left_goes_with_the_next_write(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    (tmp_path / ".4321.x.tsv").write_text("half")
    (tmp_path / ".4321.other.tsv").write_text("somebody's")
    with replacing(path) as draft:
        draft.write_text("whole")
    assert sorted(os.listdir(tmp_path)) == [".4321.other.tsv", "x.tsv"]


def test_the_studys_own_damaged_files_are_to_be_made_again(tmp_path: Path) -> None:
    path = tmp_path / "trials.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(StudyError, match=r"trials\.parquet: the file is damaged .*: delete it and"):
        read_table(path, "trials")
    with pytest.raises(StudyError, match="delete it and run again"):
        write_record({"k": 0}, tmp_path / "elbow.json", "elbow")


def test_jobs_import_the_studys_modules_before_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("study", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "shared_name.py").write_text(f"print({name!r})\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "other"))
    for _ in range(2):
        prefer_modules(tmp_path / "study")
    both = [str(tmp_path / name) for name in ("study", "other")]
    assert os.environ["PYTHONPATH"].split(os.pathsep) == both
    words = [sys.executable, "-c", "import shared_name"]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "study\n"
