"""From one session's file to its regional means: this project's way and others', time and memory.

    python benchmarks/session.py            # true size at 1.8 mm, some minutes
    python benchmarks/session.py --quick    # an eighth of it, half the targets, for CI
    python benchmarks/session.py --large    # 1 mm: 6 GB of HDF5, this project's way alone

One synthetic session in NSD's layouts is made once in a folder. Every way then runs in a process of
its own on one thread, the ways taking turns, with the files in the page cache; seconds are medians
from open file to means (imports done before), memory is the process's peak. All means are compared.
"""

import argparse
import gzip
import json
import os
import re
import resource
import runpy
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

SCRIPTS = Path(__file__).resolve().parents[1] / "workflow" / "scripts"
sys.path.insert(0, str(SCRIPTS))

TRIALS = 750
SHAPES = {"1.8 mm": (81, 104, 83), "quick": (41, 52, 42), "1 mm": (145, 186, 148)}
AFFINE = np.diag([1.8, 1.8, 1.8, 1])
COLLECTIONS = {"visual": 7, "bodies": 4, "faces": 5, "places": 3, "words": 5}


class Session:
    """Files of one synthetic session: noise of a brain's size and spread, zeros around it.

    A voxel's trials are a stretch of one long series, so that neither format needs the other, nor
    the whole session in memory.
    """

    def __init__(self, folder: Path, size: str, number: int = 1) -> None:
        self.number = number
        self.shape, self.folder = SHAPES[size], folder / size.replace(" ", "")
        self.hdf5, self.nii = self.folder / "betas.hdf5", self.folder / "betas.nii.gz"
        self.labels = {name: self.folder / f"{name}.nii.gz" for name in COLLECTIONS}

    def make(self, formats: tuple[str, ...] = ("hdf5", "nii"), seed: int = 0) -> None:
        """Write what is not there yet. The regions are the same whatever the seed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(seed)
        grid = np.meshgrid(*[np.linspace(-1, 1, n) for n in self.shape], indexing="ij")
        radius = np.sqrt(sum(g**2 for g in grid))
        brain = radius < 0.85
        if not (self.folder / "members.npz").exists():
            self._write_regions((radius > 0.72) & (radius < 0.80))
        series = rng.standard_normal(2**20 + TRIALS).astype(np.float32)
        start = rng.integers(0, 2**20, brain.sum())
        gain = rng.lognormal(np.log(500), 0.4, brain.sum()).astype(np.float32)
        mean = rng.normal(100, 200, brain.sum()).astype(np.float32)
        if "hdf5" in formats and not self.hdf5.exists():
            self._write_hdf5(
                brain,
                lambda rows: (
                    series[start[rows, None] + np.arange(TRIALS)] * gain[rows, None]
                    + mean[rows, None]
                ),
            )
        if "nii" in formats and not self.nii.exists():
            self._write_nifti(brain, lambda trial: series[start + trial] * gain + mean)

    def _write_hdf5(self, brain: Any, values: Callable[[Any], Any]) -> None:
        import h5py
        from response_clusters.files import replacing

        row = np.full(brain.shape, -1)
        row[brain] = np.arange(brain.sum())
        with replacing(self.hdf5) as draft, h5py.File(draft, "w") as file:
            shape = (TRIALS, *self.shape[::-1])
            write = file.create_dataset("betas", shape, "<i2", chunks=(TRIALS, 1, 1, 1))
            outside = bytes(2 * TRIALS)
            for z in range(self.shape[2]):
                held = np.rint(values(row[:, :, z][brain[:, :, z]])).astype(np.int16)
                place = np.full(self.shape[:2], -1)
                place[brain[:, :, z]] = np.arange(len(held))
                for y, line in enumerate(place.T.tolist()):
                    for x, at in enumerate(line):
                        write.id.write_direct_chunk((0, z, y, x), held[at] if at >= 0 else outside)

    def _write_nifti(self, brain: Any, values: Callable[[int], Any]) -> None:
        import nibabel as nib
        from response_clusters.files import replacing
        from zlib_ng import gzip_ng

        header = nib.Nifti1Header()
        header.set_data_dtype(np.int16)
        header.set_data_shape((*self.shape, TRIALS))
        header.set_sform(AFFINE, 1)
        header["vox_offset"], header["magic"] = 352, b"n+1"
        volume = np.zeros(self.shape, np.int16)
        with (
            replacing(self.nii) as draft,
            gzip_ng.open(draft, "wb", compresslevel=6) as stream,
        ):
            stream.write(header.binaryblock + bytes(4))
            for trial in range(TRIALS):
                volume[brain] = np.rint(values(trial))
                stream.write(volume.tobytes(order="F"))

    def _write_regions(self, cortex: Any) -> None:
        import nibabel as nib
        from response_clusters.sources.regions import region_masks, region_table
        from response_clusters.sources.voxels import read_voxels, write_voxels
        from response_clusters.tables import write_table

        rng, places, volumes = np.random.default_rng(0), np.argwhere(cortex), {}
        for name, count in COLLECTIONS.items():
            # Whole numbers from 0: on NSD's own −1 outside cortex nilearn is far slower still.
            volume = np.zeros(self.shape, np.int32)
            for label in range(1, count + 1):
                distance = ((places - places[rng.integers(len(places))]) ** 2).sum(axis=1)
                size = int(len(places) * rng.uniform(0.003, 0.018))
                volume[tuple(places[np.argsort(distance)[:size]].T)] = label
            volumes[name] = volume
            image = nib.Nifti1Image(volume.astype(np.int16), AFFINE)
            image.to_filename(self.labels[name])
        names = {
            name: {label: f"{name}{label}" for label in range(1, count + 1)}
            for name, count in COLLECTIONS.items()
        }
        table = region_table(volumes, names)
        write_table(table, self.folder / "regions.tsv", "regions")
        write_voxels(region_masks(volumes, table), AFFINE, self.folder / "regions.npz")
        voxels = read_voxels(self.folder / "regions.npz", table)
        np.savez(self.folder / "members.npz", mask=voxels.mask, **voxels.members)

    @cached_property
    def regions(self) -> tuple[Any, dict[str, Any]]:
        """The mask of all voxels, and each region's rows in it."""
        with np.load(self.folder / "members.npz") as held:
            return held["mask"], {name: held[name] for name in held.files[1:]}

    def masks(self) -> list[Any]:
        """Each region as a volume."""
        mask, members = self.regions
        voxels = np.argwhere(mask)
        found = []
        for rows in members.values():
            volume = np.zeros(mask.shape, bool)
            volume[tuple(voxels[rows].T)] = True
            found.append(volume)
        return found


def nilearn(session: Session) -> Any:
    from nilearn.maskers import NiftiLabelsMasker

    parts = [
        NiftiLabelsMasker(str(path), background_label=0, standardize=False).fit_transform(
            str(session.nii)
        )
        for path in session.labels.values()
    ]
    return [part[:, -count:] / 300 for part, count in zip(parts, COLLECTIONS.values(), strict=True)]


def h5py_all(session: Session) -> Any:
    import h5py

    with h5py.File(session.hdf5) as file:
        betas = file["betas"][:] / 300.0
    return [betas[:, mask.T].mean(axis=1) for mask in session.masks()]


def nibabel_get_fdata(session: Session) -> Any:
    import nibabel as nib

    betas = nib.load(session.nii).get_fdata()
    return [betas[mask].mean(axis=0) / 300 for mask in session.masks()]


def nibabel_int16(session: Session) -> Any:
    import nibabel as nib

    betas = np.asanyarray(nib.load(session.nii).dataobj)
    return [betas[mask].mean(axis=0) / 300 for mask in session.masks()]


def gzip_streamed(session: Session) -> Any:
    regions = [np.flatnonzero(mask.ravel(order="F")) for mask in session.masks()]
    size = 2 * int(np.prod(session.shape))
    means = np.empty((TRIALS, len(regions)))
    with gzip.open(session.nii) as stream:
        stream.read(352)
        for trial in range(TRIALS):
            volume = np.frombuffer(stream.read(size), "<i2")
            means[trial] = [volume[region].mean() / 300 for region in regions]
    return means.T


def inflate(session: Session) -> None:
    """What reading `.nii.gz` cannot undercut: zlib-ng alone, a volume at a time."""
    from zlib_ng import gzip_ng

    volume = bytearray(2 * int(np.prod(session.shape)))
    with gzip_ng.open(session.nii) as stream:
        while stream.readinto(volume):
            pass


def _per_voxel(session: Session, read: Callable[[Any, int, int, int], Any]) -> Any:
    import h5py

    mask, members = session.regions
    with h5py.File(session.hdf5) as file:
        betas = np.stack([read(file["betas"], *voxel) for voxel in np.argwhere(mask).tolist()])
    return [betas[rows].mean(axis=0) / 300 for rows in members.values()]


def h5py_per_voxel(session: Session) -> Any:
    return _per_voxel(session, lambda betas, x, y, z: betas[:, z, y, x])


def h5py_per_chunk(session: Session) -> Any:
    return _per_voxel(
        session,
        lambda betas, x, y, z: np.frombuffer(betas.id.read_direct_chunk((0, z, y, x))[1], "<i2"),
    )


def h5py_runs(session: Session) -> Any:
    import h5py

    mask, members = session.regions
    betas: dict[tuple[int, int, int], Any] = {}
    with h5py.File(session.hdf5) as file:
        for y, z in np.argwhere(mask.any(axis=0)):
            along = np.flatnonzero(mask[:, y, z])
            for run in np.split(along, np.flatnonzero(np.diff(along) > 1) + 1):
                block = file["betas"][:, z, y, run[0] : run[-1] + 1]
                betas.update({(x, y, z): row for x, row in zip(run, block.T, strict=True)})
    found = np.stack([betas[tuple(voxel)] for voxel in np.argwhere(mask)])
    return [found[rows].mean(axis=0) / 300 for rows in members.values()]


def _ours(path: Path, session: Session, zscore: bool = False) -> Any:
    from response_clusters.responses.regional_means import regional_means
    from response_clusters.sources.nsd.betas import SCALE, read_betas

    mask, members = session.regions
    return regional_means(read_betas(path, mask), members, zscore, "omit", SCALE).means.T


class _Named(dict[str, str]):
    """Named files as Snakemake hands them to a script: attributes, and `get` for optional ones."""

    __getattr__ = dict.__getitem__


class _Made(_Named):
    """A job's outputs, which are gone through as paths."""

    def __iter__(self) -> Any:
        return iter(self.values())


def _job(session: Session, suffix: str) -> None:
    """The rule's script as Snakemake runs it, without Snakemake."""
    number = str(session.number)
    betas = session.hdf5 if suffix == "hdf5" else session.nii
    folder = session.folder
    described = SimpleNamespace(
        rule="average_session",
        input=_Named(
            betas=str(betas),
            regions=str(folder / "regions.tsv"),
            voxels=str(folder / "regions.npz"),
        ),
        output=_Made(
            means=str(folder / f"{suffix}.parquet"), voxels=str(folder / f"{suffix}.voxels.tsv")
        ),
        wildcards=SimpleNamespace(
            subject="subj01", session=number, items=dict(session=number).items
        ),
        params=SimpleNamespace(
            job={
                "zscore": True,
                "invalid": "omit",
                "reader": "response_clusters.sources.nsd.betas:session_betas",
            }
        ),
        log=[str(folder / "logs" / f"{suffix}.log")],
        threads=1,
    )
    runpy.run_path(
        str(SCRIPTS / "average_session.py"), {"snakemake": described}, run_name="__main__"
    )


OURS, OURS_NII, INFLATE = "this project, HDF5", "this project, .nii.gz", "bare inflate of .nii.gz"
WAYS: dict[str, Callable[[Session], Any]] = {
    "nilearn NiftiLabelsMasker, .nii.gz": nilearn,
    "h5py, all, boolean masks": h5py_all,
    "nibabel get_fdata, boolean masks": nibabel_get_fdata,
    "nibabel int16, boolean masks": nibabel_int16,
    "gzip, volume by volume": gzip_streamed,
    INFLATE: inflate,
    "h5py, voxel by voxel": h5py_per_voxel,
    "h5py, runs along x": h5py_runs,
    "h5py, chunk by chunk": h5py_per_chunk,
    OURS_NII: lambda session: _ours(session.nii, session),
    OURS_NII + ", z-scored": lambda session: _ours(session.nii, session, True),
    OURS: lambda session: _ours(session.hdf5, session),
    OURS + ", z-scored": lambda session: _ours(session.hdf5, session, True),
    "whole job, .nii.gz, z-scored": lambda session: _job(session, "nii"),
    "whole job, HDF5, z-scored": lambda session: _job(session, "hdf5"),
}
IMPORTS = {
    "nilearn": ["nilearn.maskers"],
    "HDF5": ["response_clusters.sources.nsd.betas", "response_clusters.sources.nsd.chunks"],
    "h5py": ["h5py"],
    "nii": ["nibabel", "zlib_ng.gzip_ng", "response_clusters.sources.nsd.betas"],
    "nibabel": ["nibabel"],
}


def run_here(way: str, session: Session) -> dict[str, float]:
    """In a process of its own: one way, several times if it is quick, and the memory it took."""
    whole = way.startswith("whole job")
    for name in (
        [] if whole else [name for word in IMPORTS if word in way for name in IMPORTS[word]]
    ):
        __import__(name)
    if not whole:
        _ = session.regions
    seconds: list[float] = []
    while not seconds or (sum(seconds) < 0.5 and len(seconds) < 5 and not whole):
        began = time.perf_counter()
        means = WAYS[way](session)
        seconds.append(time.perf_counter() - began)
    if means is not None:
        np.save(
            session.folder / "means.npy",
            np.vstack([np.asarray(m).T if way.startswith("nilearn") else m for m in means]),
        )
    return {"seconds": statistics.median(seconds), "megabytes": peak_megabytes()}


def peak_megabytes() -> float:
    """This process's peak memory; on Linux without what it inherits from who started it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS counts in bytes


def measure(
    ways: list[str], session: Session, size: str, folder: Path, rounds: int
) -> dict[str, dict[str, float]]:
    """Every way's median seconds and peak memory; the ways take turns."""
    for path in (session.hdf5, session.nii):
        with open(path, "rb") as file:  # into the page cache
            while file.read(2**24):
                pass
    found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    single = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    reference: dict[bool, Any] = {}
    for _ in range(rounds):
        for way in ways:
            words = [sys.executable, __file__, "--run", way]
            words += ["--size", size, "--folder", str(folder)]
            (session.folder / "means.npy").unlink(missing_ok=True)
            began = time.perf_counter()
            done = subprocess.run(
                words, env=os.environ | single, capture_output=True, text=True, check=False
            )
            took = time.perf_counter() - began
            if done.returncode:
                sys.exit(f"{way}: {done.stderr}")
            one = json.loads(done.stdout.splitlines()[-1])
            found[way].append(one | {"seconds": took} if way.startswith("whole") else one)
            if (session.folder / "means.npy").exists():
                means = np.load(session.folder / "means.npy")
                held = reference.setdefault("z-scored" in way, means)
                assert np.allclose(held, means, rtol=0, atol=1e-5), f"{way}: other means"
    return {
        way: {key: statistics.median(one[key] for one in runs) for key in ("seconds", "megabytes")}
        for way, runs in found.items()
    }


def checks(found: dict[str, dict[str, float]], size: str) -> list[dict[str, Any]]:
    """What this project promises, each beside what was measured; a quick run owes half of it."""
    ease = 2.0 if size == "quick" else 1.0
    rows: list[dict[str, Any]] = []

    def promise(what: str, measured: float, target: float, least: bool = False) -> None:
        met = measured >= target if least else measured <= target
        sign = "≥" if least else "≤"
        rows.append(
            {"what": what, "measured": measured, "target": f"{sign} {target:g}", "met": met}
        )

    def seconds(way: str) -> float:
        return found[way]["seconds"]

    promise("HDF5: seconds", seconds(OURS), 0.10 * ease * (6 if size == "1 mm" else 1))
    for peer, times in (("nibabel get_fdata", 100), ("nilearn", 300)):
        for way in (way for way in found if way.startswith(peer)):
            ratio = seconds(way) / seconds(OURS)
            promise(f"{peer} ÷ HDF5", ratio, times / ease, least=True)
    promise("HDF5: z-scored ÷ not", seconds(OURS + ", z-scored") / seconds(OURS), 2 * ease)
    promise(".nii.gz ÷ bare inflate", seconds(OURS_NII) / seconds(INFLATE), 1 + 0.3 * ease)
    for way in (OURS, OURS + ", z-scored", OURS_NII, OURS_NII + ", z-scored"):
        promise(f"{way}: peak MB", found[way]["megabytes"], 300 if size == "1 mm" else 150)
    return rows


def table(found: dict[str, dict[str, float]], promised: list[dict[str, Any]]) -> str:
    """Both as Markdown."""
    lines = ["| way | seconds | peak MB | × this project's HDF5 |", "| --- | ---: | ---: | ---: |"]
    for way, one in found.items():
        ratio = one["seconds"] / found[OURS]["seconds"]
        lines.append(f"| {way} | {one['seconds']:.3g} | {one['megabytes']:.0f} | {ratio:.3g} |")
    lines += ["", "| promise | measured | target | met |", "| --- | ---: | ---: | --- |"]
    for row in promised:
        met = "yes" if row["met"] else "NO"
        lines.append(f"| {row['what']} | {row['measured']:.3g} | {row['target']} | {met} |")
    return "\n".join(lines)


def plot(found: dict[str, dict[str, float]], path: Path) -> None:
    """Seconds of each way, on a logarithmic axis."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 0.32 * len(found) + 0.8), layout="constrained")
    ways = list(found)[::-1]
    seconds = [found[way]["seconds"] for way in ways]
    colours = ["#c44e52" if way.startswith(("this", "whole")) else "#8c8c8c" for way in ways]
    bars = axes.barh(ways, seconds, color=colours)
    axes.bar_label(
        bars,
        [f"{s:.2g} s, {found[w]['megabytes']:.0f} MB" for s, w in zip(seconds, ways, strict=True)],
        padding=3,
        fontsize=8,
    )
    axes.set(xscale="log", xlabel="seconds a session", xlim=(min(seconds) / 2, max(seconds) * 12))
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)


def main() -> None:
    """Parse the command line, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a small session, half the targets")
    parser.add_argument("--large", action="store_true", help="1 mm, without the slow peers")
    parser.add_argument("--folder", type=Path, default=Path("results/benchmarks"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--size", help=argparse.SUPPRESS)
    parser.add_argument("--session", type=int, default=1, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    size = asked.size or ("quick" if asked.quick else "1 mm" if asked.large else "1.8 mm")
    session = Session(asked.folder, size, asked.session)
    if asked.run:
        print(json.dumps(run_here(asked.run, session)))
        return
    session.make()
    ways = list(WAYS)
    if find_spec("nilearn") is None:
        print("nilearn is not installed and does not take part.")
        ways = [way for way in ways if not way.startswith("nilearn")]
    if asked.large:
        ways = [way for way in ways if way.startswith(("bare", "this", "whole", "h5py, voxel"))]
    found = measure(ways, session, size, asked.folder, asked.rounds)
    promised = checks(found, size)
    print(table(found, promised))
    if asked.json:
        asked.json.write_text(json.dumps({"size": size, "ways": found, "promises": promised}))
    if asked.plot:
        plot(found, asked.plot)
    # A full run shows what is missed beside all else; a quick one is there to fail.
    sys.exit(asked.quick and not all(row["met"] for row in promised))


if __name__ == "__main__":
    main()
