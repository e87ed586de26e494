"""Lloyd's algorithm on unit rows, compiled.

Skipping rows. Most rows keep their prototype from one iteration to the next. Each row therefore has
a bound: how far the prototypes may move before another one could be its nearest. Until they have
moved that far, the row is skipped (Hamerly 2010; `_reassign` derives the bound). The rows that have
to be checked are copied into tiles of `LANES` rows, stored column by column, so that one vector
instruction of the processor serves many rows.

Exact results. The result does not depend on the processor or on the order of the additions. Values
of unit rows are multiples of 2⁻²⁴ and those of prototypes of 2⁻²⁸. Their products, and sums of such
products, are multiples of 2⁻⁵² below 2, and float64 represents every one of these without rounding;
the same is true of sums of rows. Correlations are first computed in float32, which takes half the
time. Where the two best prototypes of a row are too close for float32 to tell apart, float64
decides.

Caching. Numba keeps compiled functions on disk and compiles a function again when the file that
defines it has changed. A function or constant imported from another file becomes part of the
compiled code, but Numba does not notice when that other file changes, and would go on using the old
code. So compiled functions here use nothing that is defined in another file of the package.
"""

import numpy as np
from response_clusters._compiled import compiled

LANES = 128
# Prototypes are rounded to multiples of 1 / PROTOTYPE_GRID.
PROTOTYPE_GRID = 2.0**28
# Members whose unit rows add up to less than this cancel: their mean points nowhere.
_NO_DIRECTION = 2.0**-24


@compiled()
def _load(units, rows, tile):  # type: ignore[no-untyped-def]
    """Put rows into a tile: column j of the i-th row at j · LANES + i.

    This takes two steps, for speed. First the rows are copied, one after the other, into the second
    half of the tile: a plain copy, during which the processor fetches several rows at once. Then
    they are transposed, four values at a time: with one value at a time, the compiler would use
    scatter instructions, which are slower.
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


@compiled(fastmath={"contract"})
def _scores(tile, columns, vectors, c, w):  # type: ignore[no-untyped-def]
    """Put the products of a tile's rows with four of the vectors, from number `c`, into `w`.

    Each step handles four vectors and four columns, at offsets that the compiler can prove are not
    negative: only then does it use the processor's widest instructions. If fewer than four vectors
    are left, the last one is repeated.
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


@compiled()
def _ranked(r, number, best, second, nearest):  # type: ignore[no-untyped-def]
    """The best and second best correlation and the number of the best, after one more prototype."""
    ahead = r > best
    less = best if ahead else r
    second = less if less > second else second
    return (r if ahead else best), second, (number if ahead else nearest)


@compiled(fastmath={"contract"})
def _nearest(tile, columns, prototypes, w):  # type: ignore[no-untyped-def]
    """Each row's best and second best correlation, and the number of its nearest prototype.

    Of two equally near prototypes, the one with the lower number is taken. `w` has room for
    7 · LANES numbers: the correlations with four prototypes, then the best, the second best and the
    number of the best. It is one array because the compiler could not rule out that several arrays
    overlap.
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


@compiled(nogil=True)
def assign(units, prototypes):  # type: ignore[no-untyped-def]
    """Each row's nearest prototype, the lower number if equal, and its correlation, in float64."""
    n, columns = units.shape
    labels, r = np.empty(n, dtype=np.int32), np.empty(n)
    tile, w = np.zeros(2 * columns * LANES, dtype=np.float32), np.empty(7 * LANES)
    for first in range(0, n, LANES):
        count = min(LANES, n - first)
        _load(units, np.arange(first, first + count), tile)
        _nearest(tile, columns, prototypes, w)
        for i in range(count):
            labels[first + i], r[first + i] = int(w[6 * LANES + i]), w[4 * LANES + i]
    return labels, r


@compiled()
def _exactly_nearest(row, prototypes):  # type: ignore[no-untyped-def]
    """The number of a row's nearest prototype in float64, the lower one if equal."""
    best, nearest = -2.0, 0
    for c in range(len(prototypes)):
        r = 0.0
        for j in range(len(row)):
            r += row[j] * prototypes[c, j]
        if r > best:
            best, nearest = r, c
    return nearest


@compiled()
def _farthest(units, prototypes, live):  # type: ignore[no-untyped-def]
    """The row whose correlation with its nearest live prototype is lowest; the first if equal."""
    n, columns = units.shape
    worst, farthest = 3.0, 0
    for row in range(n):
        best = -2.0
        for c in range(len(prototypes)):
            if live[c]:
                r = 0.0
                for j in range(columns):
                    r += units[row, j] * prototypes[c, j]
                best = max(best, r)
        if best < worst:
            worst, farthest = best, row
    return farthest


@compiled()
def _length(vector):  # type: ignore[no-untyped-def]
    """The Euclidean length of a vector."""
    total = 0.0
    for value in vector:
        total += value * value
    return np.sqrt(total)


@compiled()
def _update(units, sums, sizes, prototypes):  # type: ignore[no-untyped-def]
    """Move each prototype to the normalised mean of its members.

    A cluster that is empty, or whose members cancel, takes the row farthest from all prototypes.

    Returns the sum of the two largest distances by which prototypes moved: an upper limit on the
    sum for any two of them.
    """
    k, columns = prototypes.shape
    live = np.zeros(k, dtype=np.bool_)
    most, next_most = 0.0, 0.0
    for c in range(k):
        length = _length(sums[c])
        if sizes[c] > 0 and length >= _NO_DIRECTION:
            live[c], moved = True, 0.0
            for j in range(columns):
                mean = np.rint(sums[c, j] / length * PROTOTYPE_GRID) / PROTOTYPE_GRID
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
                prototypes[c, j] = (
                    np.rint(prototypes[c, j] / length * PROTOTYPE_GRID) / PROTOTYPE_GRID
                )
            live[c], most, next_most = True, 2.0, 2.0
    return most + next_most


@compiled()
def _reassign(  # type: ignore[no-untyped-def]
    units, rows, prototypes, working, travelled, labels, due, sums, sizes, tile, w
):
    """Assign some rows to their nearest prototypes, set their bounds, and count the changes.

    `working` are the prototypes in float32, and `travelled` is the sum of what `_update` returned
    in all iterations so far.

    The bound: between unit vectors, d = √(2 − 2r) is the Euclidean distance. Let a row have d₁ to
    its nearest prototype and d₂ to the next. If its nearest then moves by m₁ and another one by m₂,
    the first is at most d₁ + m₁ away and the other at least d₂ − m₂. The nearest can change only
    once m₁ + m₂ ≥ d₂ − d₁. In every iteration `travelled` grows by at least the sum of what any
    two prototypes move, so the row need not be checked before `travelled` has grown by d₂ − d₁. The
    value that it will have then is kept in `due`.
    """
    columns = units.shape[1]
    _load(units, rows, tile)
    _nearest(tile, columns, working, w)
    # A correlation in float32 may be wrong by `error`: its sum rounds by (columns + 1) · 2⁻²⁴ at
    # most, and the lengths of rows differ from 1 by their grid. Taking d₁ at its largest and d₂ at
    # its smallest makes the bound safe; `grain` allows for its own rounding to float32.
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


@compiled(nogil=True)
def lloyd(units, prototypes, max_iter):  # type: ignore[no-untyped-def]
    """Lloyd's algorithm until no assignment changes.

    Parameters
    ----------
    units : ndarray of shape (n, columns), float32
        Unit rows; the columns are a multiple of 4.
    prototypes : ndarray of shape (k, columns), float64
        The starting prototypes, overwritten with the final ones. Multiples of 1 / `PROTOTYPE_GRID`.
    max_iter : int

    Returns
    -------
    objective : float
        Σ (1 − r) to the means of the clusters: n minus the lengths of their members' sums.
    iterations : int
    converged : bool
    """
    n, columns = units.shape
    k = len(prototypes)
    sums, sizes = np.zeros((k, columns)), np.zeros(k, dtype=np.int64)
    labels = np.full(n, -1, dtype=np.int32)
    # How far prototypes have moved so far (`_update`), and how far they will have moved when a row
    # has to be checked again (`_reassign`).
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
