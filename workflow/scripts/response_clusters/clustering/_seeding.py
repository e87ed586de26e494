"""k-means++ on unit rows, compiled: the starting points of Lloyd's algorithm.

As in `_lloyd`, compiled functions use nothing that is defined in another file of the package.
"""

import numpy as np
from response_clusters._compiled import compiled

# Rows whose distance 1 − r is below this count as the same: copies of a row that differ in scale or
# level end up a few units of the grid apart.
_SAME_ROW = 1e-6


@compiled(fastmath={"contract", "reassoc"})
def _correlation(row, prototype):  # type: ignore[no-untyped-def]
    """The inner product of two unit vectors, in float64."""
    r = 0.0
    for j in range(len(row)):
        r += row[j] * prototype[j]
    return r


@compiled(nogil=True)
def plus_plus(units, uniform):  # type: ignore[no-untyped-def]
    """k-means++ (Arthur and Vassilvitskii 2007): each start is drawn in proportion to 1 − r.

    On unit rows the squared Euclidean distance of the original is 2 (1 − r).

    Parameters
    ----------
    units : ndarray of shape (n, columns), float32
        Unit rows.
    uniform : ndarray of shape (k,), float64
        Random numbers from 0 to 1, the only source of chance.

    Returns
    -------
    starts : ndarray of shape (k,), int64
        Row numbers; −1 once every remaining row equals one already drawn.
    """
    n, k = len(units), len(uniform)
    starts = np.full(k, -1)
    distance, total = np.full(n, 2.0, dtype=np.float32), 2.0 * n
    for step in range(k):
        aim = uniform[step] * total
        for row in range(n):
            if distance[row] > 0.0 and aim >= 0.0:
                starts[step] = row
                aim -= distance[row]
        if starts[step] < 0:
            break
        last, total = units[starts[step]].astype(np.float64), 0.0
        for row in range(n):
            d = min(distance[row], 1.0 - _correlation(units[row], last))
            # A row already chosen, or a copy of it, must not be drawn again.
            d = d if d > _SAME_ROW else 0.0
            distance[row] = d
            total += d
    return starts
