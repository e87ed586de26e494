"""Give every reader mutated files, and hold what it makes of them against another reader.

    python -m tests.fuzz.run --cases 10000           # prints the outcomes by reader
    python -m tests.fuzz.run --reader coco.json --case 17 --keep FOLDER

A case is one reader, one seed and one number, and always the same file. It fails if the reader ends
in anything but a result or one sentence, takes too long or too much memory, or gives numbers that
the other reader does not.
"""

import argparse
import os
import resource
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "workflow" / "scripts")]

from response_clusters.errors import StudyError

from tests.fuzz.readers import READERS, Reader

SECONDS, BYTES = 20, 6 * 2**30
OUTCOMES = ("refused", "same", "agrees", "FAILED")


def alike(a: Any, b: Any) -> bool:
    """Whether two results hold the same, whatever holds them."""
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict) or isinstance(b, dict):
        return bool(a == b)
    if isinstance(a, pd.DataFrame) and isinstance(b, pd.DataFrame):
        return list(a) == list(b) and all(alike(a[name], b[name]) for name in a)
    if isinstance(a, pd.Series) and isinstance(b, pd.Series):
        numbers = [
            pd.to_numeric(v, errors="coerce").to_numpy(float, na_value=np.nan) for v in (a, b)
        ]
        texts = [
            v[pd.isna(n)].dropna().astype(str).tolist()
            for v, n in zip((a, b), numbers, strict=True)
        ]
        return alike(*numbers) and texts[0] == texts[1]
    a, b = np.asarray(a), np.asarray(b)
    if a.dtype.kind in "fc" or b.dtype.kind in "fc":
        return a.shape == b.shape and bool(np.allclose(a, b, equal_nan=True))
    return a.shape == b.shape and bool((a == b).all())


def mutated(reader: Reader, number: int, seed: int, path: Path) -> None:
    """Write a reader's case number `number` in place of the good file at `path`."""
    place = [known.name for known in READERS].index(reader.name)
    rng = np.random.default_rng([seed, place, number])
    mutation = reader.mutations[int(rng.integers(len(reader.mutations)))]
    path.write_bytes(mutation(path.read_bytes(), rng))


def outcome(reader: Reader, path: Path, good: Any) -> str:
    """What becomes of a file: one of `OUTCOMES`, the last with what went wrong."""
    try:
        found = reader.read(path)
    except StudyError as error:
        text = str(error)
        return "refused" if text and "\n" not in text.strip() else f"FAILED: no sentence: {text}"
    except BaseException as error:
        return f"FAILED: {type(error).__name__}: {error}"
    if alike(found, good):
        return "same"
    try:
        other = reader.other(path)
    except BaseException as error:
        return f"FAILED: read what another reader refuses ({type(error).__name__}: {error})"
    return "agrees" if alike(found, other) else "FAILED: other numbers than another reader's"


def isolated(reader: Reader, path: Path, good: Any) -> str:
    """`outcome` in a process of its own, with bounds on its time and memory."""
    receive, send = os.pipe()
    child = os.fork()
    if not child:
        os.close(receive)
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        signal.alarm(SECONDS)
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        os.write(send, outcome(reader, path, good).encode("utf-8", "replace")[:4000])
        os._exit(0)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        told = pipe.read().decode("utf-8", "replace")
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return f"FAILED: ended by signal {os.WTERMSIG(status)}"
    return told or "FAILED: said nothing"


def fuzz(reader: Reader, numbers: range, seed: int) -> tuple[Counter[str], list[str]]:
    """How a reader's cases end, and the failures with how to see them again."""
    counts: Counter[str] = Counter()
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / reader.name
        reader.write(path)
        held, good = path.read_bytes(), reader.read(path)
        for number in numbers:
            path.write_bytes(held)
            mutated(reader, number, seed, path)
            told = isolated(reader, path, good)
            counts[told.partition(":")[0]] += 1
            if told.startswith("FAILED"):
                failures.append(f"--seed {seed} --reader {reader.name} --case {number}: {told}")
    return counts, failures


def main() -> int:
    """Run from the command line."""
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    words.add_argument("--cases", type=int, default=10000)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--reader", choices=[reader.name for reader in READERS])
    words.add_argument("--case", type=int)
    words.add_argument("--keep", type=Path, help="write the mutated file of --case here")
    asked = words.parse_args()
    readers = [reader for reader in READERS if asked.reader in (None, reader.name)]
    if asked.keep and asked.case is not None:
        path = asked.keep / readers[0].name
        readers[0].write(path)
        mutated(readers[0], asked.case, asked.seed, path)
        print(path)
    each = range(-(-asked.cases // len(readers)))
    numbers = each if asked.case is None else range(asked.case, asked.case + 1)
    total: Counter[str] = Counter()
    failed = []
    print(f"{'reader':16}" + "".join(f"{name:>9}" for name in OUTCOMES))
    for reader in readers:
        counts, failures = fuzz(reader, numbers, asked.seed)
        print(f"{reader.name:16}" + "".join(f"{counts[name]:9}" for name in OUTCOMES), flush=True)
        total += counts
        failed += failures
    print(f"{'all':16}" + "".join(f"{total[name]:9}" for name in OUTCOMES))
    print(*failed, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
