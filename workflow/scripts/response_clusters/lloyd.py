"""Lloyd's algorithm and k-means++ on unit rows, compiled: several replicates in one pass.

Rows lie in tiles of `LANES` rows, one column after the other within a tile, so that one instruction
serves many rows and a tile stays in the cache while every replicate uses it. Everything that is
summed is a multiple of 2⁻²⁴ and sums are taken in float64, where they are exact: results depend
neither on the order of the rows nor on what else runs.

All compiled code and its constants are in this one file: what is kept of a compilation is thrown
away when the file changes, but not when something changes that it imports.
"""

import numpy as np
import numpy.typing as npt
from numba import njit
from response_clusters.errors import StudyError
from response_clusters.rows import Floats, unit_rows

LANES = 128
_BLOCK = 512 * LANES
# Rows whose 1 − r is below this are one pattern: copies that differ in scale or level come out a
# few units of the grid apart.
SAME_ROW = 1e-6
# A sum of unit rows that is shorter than the grid of `unit_rows` is that of rows that cancel.
_NO_DIRECTION = 2.0**-24


def tiled(X: Floats) -> npt.NDArray[np.float32]:
    """Unit rows of `X` in tiles; rows and columns that fill up the last ones are zero.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
        Read in blocks, so a memory-mapped array need not fit in memory twice.

    Returns
    -------
    ndarray of shape (tiles, columns, LANES), float32
        Exact: a unit row's values are multiples of 2⁻²⁴. The columns are a multiple of 4.

    Raises
    ------
    StudyError
        If `X` is not a table, or as `unit_rows` does.
    """
    if X.ndim != 2:
        raise StudyError(
            f"Correlation needs rows and columns; expected a table, but the shape is {X.shape}."
        )
    n, p = X.shape
    tiles = np.zeros((-(-n // LANES), -(-p // 4) * 4, LANES), dtype=np.float32)
    for first in range(0, n, _BLOCK):
        rows = unit_rows(X[first : first + _BLOCK], first)
        full = np.zeros((-(-len(rows) // LANES) * LANES, p), dtype=np.float32)
        full[: len(rows)] = rows
        place = tiles[first // LANES :][: len(full) // LANES, :p]
        place[:] = full.reshape(-1, LANES, p).transpose(0, 2, 1)
    return tiles


@njit(cache=True, fastmath={"contract"})
def _scores(tile, columns, vectors, c, w):  # type: ignore[no-untyped-def]
    """Put the products of a tile's rows with three of the vectors, from number `c`, into `w`.

    Three vectors and four columns a step, by offsets that are plainly not negative: what the
    compiler turns into the processor's widest instructions. Past the last vector, the last is
    taken again.
    """
    last = len(vectors) - 1
    p, q, s = vectors[c], vectors[min(c + 1, last)], vectors[min(c + 2, last)]
    for i in range(3 * LANES):
        w[i] = 0.0
    for j in range(0, columns, 4):
        p0, p1, p2, p3 = p[j], p[j + 1], p[j + 2], p[j + 3]
        q0, q1, q2, q3 = q[j], q[j + 1], q[j + 2], q[j + 3]
        s0, s1, s2, s3 = s[j], s[j + 1], s[j + 2], s[j + 3]
        x = tile[j * LANES : (j + 4) * LANES]
        for i in range(LANES):
            x0, x1 = x[i], x[LANES + i]
            x2, x3 = x[2 * LANES + i], x[3 * LANES + i]
            w[i] += p0 * x0 + p1 * x1 + p2 * x2 + p3 * x3
            w[LANES + i] += q0 * x0 + q1 * x1 + q2 * x2 + q3 * x3
            w[2 * LANES + i] += s0 * x0 + s1 * x1 + s2 * x2 + s3 * x3


@njit(cache=True, fastmath={"contract"})
def _nearest(tile, columns, prototypes, w):  # type: ignore[no-untyped-def]
    """Each row's nearest prototype, the lower number if equal, and how far the next is behind.

    Everything is in one array of 6 · LANES numbers, so that the compiler sees that nothing
    overlaps: three correlations, then the best, the second best and the number of the best.
    """
    k = len(prototypes)
    for i in range(LANES):
        w[3 * LANES + i], w[4 * LANES + i], w[5 * LANES + i] = -2.0, -2.0, 0.0
    for c in range(0, k, 3):
        _scores(tile, columns, prototypes, c, w)
        for i in range((k - c) * LANES, 3 * LANES):
            w[i] = -3.0
        n0, n1, n2 = np.float32(c), np.float32(c + 1), np.float32(c + 2)
        for i in range(LANES):
            best, second, number = w[3 * LANES + i], w[4 * LANES + i], w[5 * LANES + i]
            r = w[i]
            less = best if r > best else r
            second = less if less > second else second
            number = n0 if r > best else number
            best = r if r > best else best
            r = w[LANES + i]
            less = best if r > best else r
            second = less if less > second else second
            number = n1 if r > best else number
            best = r if r > best else best
            r = w[2 * LANES + i]
            less = best if r > best else r
            second = less if less > second else second
            number = n2 if r > best else number
            best = r if r > best else best
            w[3 * LANES + i], w[4 * LANES + i], w[5 * LANES + i] = best, second, number


@njit(cache=True, fastmath={"nnan", "nsz", "reassoc"})
def _compared(w, labels):  # type: ignore[no-untyped-def]
    """How many of a tile's rows change sides, and the smallest margin of any row."""
    changed, margin = 0, w[3 * LANES] - w[4 * LANES]
    for i in range(LANES):
        ahead = w[3 * LANES + i] - w[4 * LANES + i]
        margin = ahead if ahead < margin else margin
        changed += w[5 * LANES + i] != labels[i]
    return changed, margin


@njit(cache=True)
def assign(tiles, n, prototypes):  # type: ignore[no-untyped-def]
    """Each row's nearest prototype, the lower number if equal, and its correlation, in float64."""
    labels, own = np.empty(n, dtype=np.int32), np.empty(n)
    w = np.empty(6 * LANES)
    for row in range(n):
        i = row % LANES
        if i == 0:
            _nearest(tiles[row // LANES].ravel(), tiles.shape[1], prototypes, w)
        labels[row], own[row] = int(w[5 * LANES + i]), w[3 * LANES + i]
    return labels, own


@njit(cache=True)
def _farthest(tiles, n, prototypes, live):  # type: ignore[no-untyped-def]
    """The row whose correlation with its nearest live prototype is lowest; the first if equal."""
    columns, worst, found = tiles.shape[1], 3.0, 0
    for row in range(n):
        tile, lane = row // LANES, row % LANES
        best = -2.0
        for c in range(len(prototypes)):
            if live[c]:
                r = 0.0
                for j in range(columns):
                    r += tiles[tile, j, lane] * prototypes[c, j]
                best = max(best, r)
        if best < worst:
            worst, found = best, row
    return found


@njit(cache=True)
def _length(vector):  # type: ignore[no-untyped-def]
    """Its Euclidean length."""
    total = 0.0
    for value in vector:
        total += value * value
    return np.sqrt(total)


@njit(cache=True)
def _update(tiles, n, sums, sizes, prototypes):  # type: ignore[no-untyped-def]
    """Normalised means; an emptied cluster, or one whose members cancel, takes the farthest row.

    Returns the two largest distances by which prototypes moved, added up: no row's margin between
    its best and another prototype can have shrunk by more.
    """
    k, columns = prototypes.shape
    live = np.zeros(k, dtype=np.bool_)
    most, next_most = 0.0, 0.0
    for c in range(k):
        length = _length(sums[c])
        if sizes[c] > 0 and length >= _NO_DIRECTION:
            live[c], moved = True, 0.0
            for j in range(columns):
                mean = sums[c, j] / length
                moved += (mean - prototypes[c, j]) ** 2
                prototypes[c, j] = mean
            moved = np.sqrt(moved)
            next_most = max(next_most, min(most, moved))
            most = max(most, moved)
    for c in range(k):
        if not live[c]:
            row = _farthest(tiles, n, prototypes, live)
            for j in range(columns):
                prototypes[c, j] = tiles[row // LANES, j, row % LANES]
            length = _length(prototypes[c])
            for j in range(columns):
                prototypes[c, j] /= length
            live[c], most, next_most = True, 2.0, 2.0
    return most + next_most


@njit(cache=True)
def lloyd(tiles, n, prototypes, max_iter, scratch):  # type: ignore[no-untyped-def]
    """Lloyd's algorithm until no assignment changes, all replicates in lockstep over the tiles.

    Parameters
    ----------
    tiles : ndarray of shape (tiles, columns, LANES), float32
    n : int
        Rows. Those that fill up the last tile are zero and belong to the first cluster for good.
    prototypes : ndarray of shape (replicates, k, columns), float64
        Where each replicate starts; where it ends, on return.
    max_iter : int
    scratch : ndarray of shape (0,), float32 or float64
        Its type is that of the products that assign the rows.

    Returns
    -------
    objective : ndarray of shape (replicates,), float64
        Σ (1 − r) with the means of the clusters: n less the lengths of their members' sums.
    iterations : ndarray of shape (replicates,), int64
    converged : ndarray of shape (replicates,), bool
    """
    replicates, k, columns = prototypes.shape
    sums = np.zeros((replicates, k, columns))
    sizes = np.zeros((replicates, k), dtype=np.int64)
    converged = np.zeros(replicates, dtype=np.bool_)
    iterations = np.zeros(replicates, dtype=np.int64)
    working = np.empty((replicates, k, columns), scratch.dtype)
    working[:] = prototypes
    # How far, at least, the rows of a tile are from changing sides: until prototypes have moved by
    # as much, the tile is skipped. Rounding of the products is allowed for.
    margins = np.zeros((replicates, len(tiles)))
    slack = 4.0 * (columns + 2) * (2.0**-24 if scratch.itemsize == 4 else 2.0**-53)
    moves = np.zeros(replicates)
    changed = np.zeros(replicates, dtype=np.int64)
    labels = np.zeros((replicates, len(tiles) * LANES), scratch.dtype)
    labels[:, :n] = -1.0
    w = np.empty(6 * LANES, scratch.dtype)
    for _ in range(max_iter):
        changed[:] = 0
        for t in range(len(tiles)):
            flat = tiles[t].ravel()
            for a in range(replicates):
                margins[a, t] -= moves[a]
                if converged[a] or margins[a, t] > 0.0:
                    continue
                _nearest(flat, columns, working[a], w)
                own = labels[a, t * LANES : (t + 1) * LANES]
                moved, margin = _compared(w, own)
                margins[a, t] = margin - slack
                changed[a] += moved
                for i in range(LANES if moved else 0):
                    old, new = int(own[i]), int(w[5 * LANES + i])
                    if new != old:
                        own[i] = new
                        sizes[a, new] += 1
                        for j in range(columns):
                            sums[a, new, j] += tiles[t, j, i]
                        if old >= 0:
                            sizes[a, old] -= 1
                            for j in range(columns):
                                sums[a, old, j] -= tiles[t, j, i]
        for a in range(replicates):
            if not converged[a]:
                iterations[a] += 1
                converged[a] = changed[a] == 0
                if changed[a]:
                    moves[a] = _update(tiles, n, sums[a], sizes[a], prototypes[a])
                    working[a] = prototypes[a]
        if changed.max() == 0:
            break
    objective = np.full(replicates, float(n))
    for a in range(replicates):
        for c in range(k):
            objective[a] -= _length(sums[a, c])
    return objective, iterations, converged


@njit(cache=True)
def _drawn(distance, totals, share):  # type: ignore[no-untyped-def]
    """The row at which the running sum of distances reaches a share of all; -1 if all are zero."""
    aim, tile, left = 0.0, -1, 0.0
    for total in totals:
        aim += share * total
    for t in range(len(totals)):
        if totals[t] > 0.0 and aim >= 0.0:
            tile, left = t, aim
            aim -= totals[t]
    row = -1
    for i in range(max(tile, 0) * LANES, min((tile + 1) * LANES, len(distance))):
        if distance[i] > 0.0 and left >= 0.0:
            row = i
            left -= distance[i]
    return row


@njit(cache=True)
def plus_plus(tiles, n, k, uniform):  # type: ignore[no-untyped-def]
    """k-means++ (Arthur and Vassilvitskii 2007): each next start is drawn in proportion to 1 − r.

    On unit rows the squared Euclidean distance of the original is 2 (1 − r).

    Parameters
    ----------
    uniform : ndarray of shape (replicates, k), float64
        Random numbers from 0 to 1, the only source of chance.

    Returns
    -------
    starts : ndarray of shape (replicates, k), int64
        Rows; -1 from where no row was left that differs from those drawn.
    """
    replicates, columns = len(uniform), tiles.shape[1]
    starts = np.full((replicates, k), -1)
    distance = np.full((replicates, n), 2.0, dtype=np.float32)
    totals = np.zeros((replicates, len(tiles)))
    last = np.zeros((replicates, columns))
    w = np.empty(3 * LANES)
    for step in range(k):
        for a in range(replicates):
            row = min(int(uniform[a, 0] * n), n - 1)
            if step > 0:
                row = _drawn(distance[a], totals[a], uniform[a, step])
            starts[a, step] = row
            if row >= 0:
                for j in range(columns):
                    last[a, j] = tiles[row // LANES, j, row % LANES]
        for t in range(len(tiles)):
            flat = tiles[t].ravel()
            for a in range(replicates):
                if a % 3 == 0:
                    _scores(flat, columns, last, a, w)
                total = 0.0
                for i in range(min(LANES, n - t * LANES)):
                    d = min(distance[a, t * LANES + i], 1.0 - w[a % 3 * LANES + i])
                    # A row that is chosen already, or its like, must not be drawn again.
                    d = d if d > SAME_ROW else 0.0
                    distance[a, t * LANES + i] = d
                    total += d
                totals[a, t] = total
    return starts
