"""Files held against what their jobs stated when they were made."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from response_clusters.study.statements import Stated, digest_of


def digest_faults(statements: Mapping[str, Stated]) -> Iterator[str]:
    """Every file whose size or SHA-256 is not the one that was stated.

    Parameters
    ----------
    statements : mapping of Stated
        By the file's path.
    """
    for name, stated in statements.items():
        path = Path(name)
        if not path.is_file():
            yield f"{name}: it is not there; expected it, as {stated.statement} says: run again."
        elif path.stat().st_size != stated.size or digest_of(path) != stated.sha256:
            yield (
                f"{name}: it was changed since it was made; expected what {stated.statement} says: "
                "delete it and run again."
            )
