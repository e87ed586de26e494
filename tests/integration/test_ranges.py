"""A session of NSD's true size, read by ranges of bytes: how many it takes, without any server."""

import os
import runpy
import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from response_clusters.sources.byte_ranges import LocalFile
from response_clusters.sources.nsd.chunks import read_chunks
from response_clusters.sources.ranged_file import RangedFile

from tests.integration.conftest import MEASURED
from tests.workflow.conftest import ROOT


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A synthetic session at 1.8 mm, 1.1 GB, and its regions."""
    made = runpy.run_path(str(ROOT / "benchmarks" / "session.py"))["Session"](
        tmp_path_factory.mktemp("true"), "1.8 mm"
    )
    made.make(("hdf5",))
    yield made
    shutil.rmtree(made.folder)


def counting(path: Path, index: Path) -> RangedFile:
    file = os.open(path, os.O_RDONLY)
    source = RangedFile(str(path), path.stat().st_size, lambda a, b: os.pread(file, b - a, a))
    source.index = index
    return source


def read(source: Any, voxels: np.ndarray) -> Any:
    with source, source.h5() as file:
        return read_chunks(source, file["betas"], voxels)


def test_sessions_of_true_size_take_few_of_their_bytes(session: Any, tmp_path: Path) -> None:
    mask, _ = session.regions
    voxels = np.argwhere(mask)[:, ::-1]
    one = counting(session.hdf5, tmp_path)
    first = read(one, voxels)
    np.testing.assert_array_equal(first, read(LocalFile(session.hdf5), voxels))
    # The next has other values in the same places.
    with h5py.File(session.hdf5, "r+") as file:
        for z, y, x in voxels[::100]:
            file["betas"][:, z, y, x] += 1
    two = counting(session.hdf5, tmp_path)
    second = read(two, voxels)
    assert (second[::100] == first[::100] + 1).all()
    np.testing.assert_array_equal(second, read(LocalFile(session.hdf5), voxels))
    for name, source in (("first", one), ("next", two)):
        MEASURED.append(
            f"{len(voxels):,} voxels, the {name} session: {source.requests:,} requests, "
            f"{source.fetched / 1e6:.1f} MB, {source.fetched / source.size:.2%} of the file"
        )
    assert one.fetched <= 0.04 * one.size
    assert two.fetched <= 0.025 * two.size
