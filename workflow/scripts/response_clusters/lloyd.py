"""Lloyd's algorithm on unit rows, compiled.

A row is looked at again only when prototypes have moved far enough since for its nearest one to be
another (Hamerly 2010, with both of his bounds in one). What is looked at goes through tiles of
`LANES` rows, one column after the other, so that one instruction serves many rows.

Every result is exact, so it is the same whatever the processor makes of the code. Unit rows are
multiples of 2⁻²⁴, prototypes of 2⁻²⁸: products of the two, and sums of products, are multiples of
2⁻⁵² below 2, which float64 holds as they are in any order, fused or not; so it holds sums of rows.
Products in float32 are at half the price, and decide where the two best of a row are farther apart
than any rounding could move them; otherwise float64 decides.

Compiled code imports none, and no constants: what is kept of a compilation is thrown away when its
file changes, but not when something changes that it imports.
"""

import numpy as np
from numba import njit

LANES = 128
# Prototypes are rounded to multiples of 1 / FINE.
FINE = 2.0**28
# A sum of unit rows that is shorter than their grid is that of rows that cancel.
_NO_DIRECTION = 2.0**-24


@njit(cache=True)
def _load(units, rows, tile):  # type: ignore[no-untyped-def]
    """Put rows into a tile: column j of the i-th at j · LANES + i.

    Rows are copied together first, since only then the processor fetches several of them at once;
    and four values are read before they are written, or they would be scattered by slower
    instructions made for that.
    """
    columns = units.shape[1]
    near = tile[columns * LANES :]
    for i in range(len(rows)):
        row = rows[i]
        for j in range(columns):
            near[i * columns + j] = units[row, j]
    for i in range(len(rows)):
        at, place = i * columns, i
        for _ in range(0, columns, 4):
            a, b, c, d = near[at], near[at + 1], near[at + 2], near[at + 3]
            tile[place], tile[place + LANES] = a, b
            tile[place + 2 * LANES], tile[place + 3 * LANES] = c, d
            at, place = at + 4, place + 4 * LANES


@njit(cache=True, fastmath={"contract"})
def _scores(tile, columns, vectors, c, w):  # type: ignore[no-untyped-def]
    """Put the products of a tile's rows with four of the vectors, from number `c`, into `w`.

    Four vectors and four columns a step, by offsets that are plainly not negative: what the
    compiler turns into the processor's widest instructions. Past the last vector, the last is
    taken again.
    """
    last = len(vectors) - 1
    p, q = vectors[c], vectors[min(c + 1, last)]
    s, u = vectors[min(c + 2, last)], vectors[min(c + 3, last)]
    for i in range(4 * LANES):
        w[i] = 0.0
    for j in range(0, columns, 4):
        p0, p1, p2, p3 = p[j], p[j + 1], p[j + 2], p[j + 3]
        q0, q1, q2, q3 = q[j], q[j + 1], q[j + 2], q[j + 3]
        s0, s1, s2, s3 = s[j], s[j + 1], s[j + 2], s[j + 3]
        u0, u1, u2, u3 = u[j], u[j + 1], u[j + 2], u[j + 3]
        x = tile[j * LANES : (j + 4) * LANES]
        for i in range(LANES):
            x0, x1 = x[i], x[LANES + i]
            x2, x3 = x[2 * LANES + i], x[3 * LANES + i]
            w[i] += p0 * x0 + p1 * x1 + p2 * x2 + p3 * x3
            w[LANES + i] += q0 * x0 + q1 * x1 + q2 * x2 + q3 * x3
            w[2 * LANES + i] += s0 * x0 + s1 * x1 + s2 * x2 + s3 * x3
            w[3 * LANES + i] += u0 * x0 + u1 * x1 + u2 * x2 + u3 * x3


@njit(cache=True)
def _ranked(r, number, best, second, found):  # type: ignore[no-untyped-def]
    """The best and second best correlation and the number of the best, with one more in play."""
    ahead = r > best
    less = best if ahead else r
    second = less if less > second else second
    return (r if ahead else best), second, (number if ahead else found)


@njit(cache=True, fastmath={"contract"})
def _nearest(tile, columns, prototypes, w):  # type: ignore[no-untyped-def]
    """Each row's nearest prototype, the lower number if equal, and how near that and the next are.

    Everything is in one array of 7 · LANES numbers, so that the compiler sees that nothing
    overlaps: four correlations, then the best, the second best and the number of the best.
    """
    k = len(prototypes)
    for i in range(LANES):
        w[4 * LANES + i], w[5 * LANES + i], w[6 * LANES + i] = -2.0, -2.0, 0.0
    for c in range(0, k, 4):
        _scores(tile, columns, prototypes, c, w)
        for i in range((k - c) * LANES, 4 * LANES):
            w[i] = -3.0
        n0, n1 = np.float32(c), np.float32(c + 1)
        n2, n3 = np.float32(c + 2), np.float32(c + 3)
        for i in range(LANES):
            best, second, number = w[4 * LANES + i], w[5 * LANES + i], w[6 * LANES + i]
            best, second, number = _ranked(w[i], n0, best, second, number)
            best, second, number = _ranked(w[LANES + i], n1, best, second, number)
            best, second, number = _ranked(w[2 * LANES + i], n2, best, second, number)
            best, second, number = _ranked(w[3 * LANES + i], n3, best, second, number)
            w[4 * LANES + i], w[5 * LANES + i], w[6 * LANES + i] = best, second, number


@njit(cache=True, nogil=True)
def assign(units, prototypes):  # type: ignore[no-untyped-def]
    """Each row's nearest prototype, the lower number if equal, and its correlation, in float64."""
    n, columns = units.shape
    labels, own = np.empty(n, dtype=np.int32), np.empty(n)
    tile, w = np.zeros(2 * columns * LANES, dtype=np.float32), np.empty(7 * LANES)
    for first in range(0, n, LANES):
        count = min(LANES, n - first)
        _load(units, np.arange(first, first + count), tile)
        _nearest(tile, columns, prototypes, w)
        for i in range(count):
            labels[first + i], own[first + i] = int(w[6 * LANES + i]), w[4 * LANES + i]
    return labels, own


@njit(cache=True)
def _exactly_nearest(row, prototypes):  # type: ignore[no-untyped-def]
    """The number of a row's nearest prototype in float64, the lower one if equal."""
    best, found = -2.0, 0
    for c in range(len(prototypes)):
        r = 0.0
        for j in range(len(row)):
            r += row[j] * prototypes[c, j]
        if r > best:
            best, found = r, c
    return found


@njit(cache=True)
def _farthest(units, prototypes, live):  # type: ignore[no-untyped-def]
    """The row whose correlation with its nearest live prototype is lowest; the first if equal."""
    n, columns = units.shape
    worst, found = 3.0, 0
    for row in range(n):
        best = -2.0
        for c in range(len(prototypes)):
            if live[c]:
                r = 0.0
                for j in range(columns):
                    r += units[row, j] * prototypes[c, j]
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
def _update(units, sums, sizes, prototypes):  # type: ignore[no-untyped-def]
    """Normalised means; an emptied cluster, or one whose members cancel, takes the farthest row.

    Returns the two largest distances by which prototypes moved, added up: what a row's nearest and
    any other prototype have come closer to changing places by is no more than that.
    """
    k, columns = prototypes.shape
    live = np.zeros(k, dtype=np.bool_)
    most, next_most = 0.0, 0.0
    for c in range(k):
        length = _length(sums[c])
        if sizes[c] > 0 and length >= _NO_DIRECTION:
            live[c], moved = True, 0.0
            for j in range(columns):
                mean = np.rint(sums[c, j] / length * FINE) / FINE
                moved += (mean - prototypes[c, j]) ** 2
                prototypes[c, j] = mean
            moved = np.sqrt(moved)
            next_most = max(next_most, min(most, moved))
            most = max(most, moved)
    for c in range(k):
        if not live[c]:
            row = _farthest(units, prototypes, live)
            for j in range(columns):
                prototypes[c, j] = units[row, j]
            length = _length(prototypes[c])
            for j in range(columns):
                prototypes[c, j] = np.rint(prototypes[c, j] / length * FINE) / FINE
            live[c], most, next_most = True, 2.0, 2.0
    return most + next_most


@njit(cache=True)
def _reassign(  # type: ignore[no-untyped-def]
    units, rows, prototypes, working, travelled, labels, due, sums, sizes, tile, w
):
    """Move some rows to their nearest prototypes; how many changed sides.

    `working` are the prototypes in float32.

    On unit rows √(2 − 2r) is a distance. A row stays where it is until prototypes have moved by
    what its nearest is nearer than the next.
    """
    columns = units.shape[1]
    _load(units, rows, tile)
    _nearest(tile, columns, working, w)
    # Allowed for: lengths that differ from 1 by the grid of the rows, and the rounding of products
    # in float32, (columns + 1) · 2⁻²⁴ at most; then, that of what is kept.
    error, grain = 2.0**-23 * (columns + 4), 2.0**-24
    for i in range(len(rows)):
        if w[4 * LANES + i] - w[5 * LANES + i] <= 2.0 * error:
            w[6 * LANES + i] = _exactly_nearest(units[rows[i]], prototypes)
    for i in range(LANES):
        near = np.sqrt(2.0 - 2.0 * (w[4 * LANES + i] - error))
        next_near = np.sqrt(max(2.0 - 2.0 * (w[5 * LANES + i] + error), 0.0))
        w[i] = travelled + (next_near - near) - grain * (8.0 + 2.0 * travelled)
    changed = 0
    for i in range(len(rows)):
        row, new = rows[i], int(w[6 * LANES + i])
        due[row] = w[i]
        old = labels[row]
        if new != old:
            changed += 1
            labels[row] = new
            sizes[new] += 1
            for j in range(columns):
                sums[new, j] += units[row, j]
            if old >= 0:
                sizes[old] -= 1
                for j in range(columns):
                    sums[old, j] -= units[row, j]
    return changed


@njit(cache=True, nogil=True)
def lloyd(units, prototypes, max_iter):  # type: ignore[no-untyped-def]
    """Lloyd's algorithm until no assignment changes.

    Parameters
    ----------
    units : ndarray of shape (n, columns), float32
        Unit rows; the columns are a multiple of 4.
    prototypes : ndarray of shape (k, columns), float64
        Where to start; where it ends, on return. Multiples of 1 / `FINE`.
    max_iter : int

    Returns
    -------
    objective : float
        Σ (1 − r) with the means of the clusters: n less the lengths of their members' sums.
    iterations : int
    converged : bool
    """
    n, columns = units.shape
    k = len(prototypes)
    sums, sizes = np.zeros((k, columns)), np.zeros(k, dtype=np.int64)
    labels = np.full(n, -1, dtype=np.int32)
    # How far the prototypes have travelled, and when each row is due to be looked at again.
    travelled, due = 0.0, np.full(n, -1.0, np.float32)
    rows, waiting = np.zeros(LANES + 1, dtype=np.int64), 0
    tile = np.zeros(2 * columns * LANES, dtype=np.float32)
    w = np.empty(7 * LANES, np.float32)
    iterations, changed = 0, 1
    while changed and iterations < max_iter:
        iterations, changed, waiting = iterations + 1, 0, 0
        working = prototypes.astype(np.float32)
        for row in range(n):
            rows[waiting] = row
            waiting += due[row] <= travelled
            if waiting == LANES or row == n - 1:
                changed += _reassign(
                    *(units, rows[:waiting], prototypes, working, travelled),
                    *(labels, due, sums, sizes, tile, w),
                )
                waiting = 0
        if changed:
            travelled += _update(units, sums, sizes, prototypes)
    objective = float(n)
    for c in range(k):
        objective -= _length(sums[c])
    return objective, iterations, changed == 0
