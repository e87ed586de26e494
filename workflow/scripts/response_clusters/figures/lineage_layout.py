"""Where the clusters of each k stand in the figure of lineage."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Order = npt.NDArray[np.int64]

SWEEPS = 12


def sizes_of(lineage: pd.DataFrame) -> dict[int, Floats]:
    """The trials of each cluster, by k and in the order of cluster numbers.

    Parameters
    ----------
    lineage : DataFrame
        One row per pair of clusters at consecutive k: k, cluster, k_next, cluster_next and trials.
    """
    sizes = {}
    for k, column in (("k", "cluster"), ("k_next", "cluster_next")):
        for value, part in lineage.groupby(k):
            totals = part.groupby(column)["trials"].sum()
            at = int(value)
            sizes[at] = totals.reindex(range(1, at + 1), fill_value=0).to_numpy(np.float64)
    return dict(sorted(sizes.items()))


def flows_of(lineage: pd.DataFrame, sizes: dict[int, Floats]) -> dict[int, Floats]:
    """The trials in each cluster at k (rows) and at k + 1 (columns), by k."""
    flows = {}
    for k, part in lineage.groupby("k"):
        at = int(k)
        flow = np.zeros((len(sizes[at]), len(sizes[at + 1])))
        np.add.at(flow, (part["cluster"] - 1, part["cluster_next"] - 1), part["trials"])
        flows[at] = flow
    return flows


def orders(flows: dict[int, Floats]) -> dict[int, Order]:
    """The order of each row's clusters, such that few flows cross.

    Sweeps down and up put each cluster at the mean place of those that it exchanges trials with
    (Sugiyama, Tagawa and Toda 1981); then neighbours are swapped where it helps. Of all sweeps, the
    one with the least crossing trials is kept.

    Returns
    -------
    dict of ndarray
        By k: the clusters' indices (from 0) from left to right.
    """
    rows = sorted({*flows, *(k + 1 for k in flows)})
    width = {k: flows[k].shape[0] if k in flows else flows[k - 1].shape[1] for k in rows}
    order = {k: np.arange(width[k]) for k in rows}
    best, least = dict(order), crossings(flows, order)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for k in rows[1:] if down else rows[-2::-1]:
            beside = k - 1 if down else k + 1
            flow = flows[beside].T if down else flows[k]
            place = np.empty(width[beside])
            # Places are shares of a row, or a row's last clusters would pull those of others.
            place[order[beside]] = (np.arange(width[beside]) + 0.5) / width[beside]
            total = flow.sum(axis=1)
            mean = np.divide(flow @ place, total, out=np.full(width[k], 0.5), where=total > 0)
            order[k] = np.argsort(mean, kind="stable")
            # Against that row only: the other one is put in order after this one.
            swap_neighbours({min(k, beside): flows[min(k, beside)]}, order, k)
        for k in rows:
            swap_neighbours({at: flows[at] for at in (k - 1, k) if at in flows}, order, k)
        crossed = crossings(flows, order)
        if crossed < least:
            best, least = dict(order), crossed
    return best


def swap_neighbours(flows: dict[int, Floats], order: dict[int, Order], k: int) -> None:
    """Swap two neighbours of row k wherever fewer of `flows` cross then, until none is left."""
    least, before = crossings(flows, order), np.inf
    while least < before:
        before = least
        for n in range(len(order[k]) - 1):
            swapped = order[k].copy()
            swapped[[n, n + 1]] = swapped[[n + 1, n]]
            crossed = crossings(flows, order | {k: swapped})
            if crossed < least - 1e-12:
                order[k], least = swapped, crossed


def crossings(flows: dict[int, Floats], order: dict[int, Order]) -> float:
    """Σ n₁ n₂ over pairs of flows that cross, n their shares of all trials, over all k."""
    crossed = 0.0
    for k, flow in flows.items():
        n = flow[np.ix_(order[k], order[k + 1])] / max(flow.sum(), 1)
        # What starts farther right and ends farther left: the sum below and to the left of a cell.
        below = n[::-1].cumsum(axis=0)[::-1]
        left = below.cumsum(axis=1)
        crossed += float((n[:-1, 1:] * left[1:, :-1]).sum())
    return crossed


def places(
    flows: dict[int, Floats],
    order: dict[int, Order],
    radii: dict[int, Floats],
    width: float,
    gap: float,
) -> dict[int, Floats]:
    """Where each cluster stands, from 0 to `width`: above those that its trials flow to.

    Parameters
    ----------
    flows, order : dict
        As `flows_of` and `orders` make them.
    radii : dict of ndarray of shape (k,)
        Half of each cluster's width.
    width : float
    gap : float
        The room between two neighbours of a row. A row has to fit the width.

    Returns
    -------
    dict of ndarray of shape (k,), float64
        By k, in the order of cluster numbers.
    """
    rows = sorted(order)
    last = rows[-1]
    found = {last: _spread(np.full(len(order[last]), np.nan), order[last], radii[last], width, gap)}
    for k in rows[-2::-1]:
        flow = flows[k]
        total = flow.sum(axis=1)
        wanted = np.divide(
            flow @ found[k + 1], total, out=np.full(len(flow), np.nan), where=total > 0
        )
        found[k] = _spread(wanted, order[k], radii[k], width, gap)
    return found


def _spread(wanted: Floats, order: Order, radii: Floats, width: float, gap: float) -> Floats:
    """Places as near to `wanted` as neighbours at a distance allow: isotonic regression.

    Unknown ones are wanted where even distances would put them.
    """
    r, n = radii[order], len(order)
    apart = np.concatenate([[0.0], np.cumsum(r[:-1] + r[1:] + gap)])
    first, free = r[0], width - r[0] - r[-1] - apart[-1]
    even = first + apart + max(free, 0.0) * (np.arange(n) + 0.5 * (n == 1)) / max(n - 1, 1)
    aim = np.where(np.isnan(wanted[order]), even, wanted[order]) - apart
    # Pool adjacent violators: after `apart` is taken off, places may not descend.
    blocks: list[list[float]] = []
    for value in aim:
        blocks.append([value, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, m), (b, q) = blocks[-2:]
            blocks[-2:] = [[(a * m + b * q) / (m + q), m + q]]
    level = np.concatenate([np.full(int(m), value) for value, m in blocks])
    found = np.empty(n)
    found[order] = np.clip(level, first, first + max(free, 0.0)) + apart
    return found
