"""Where clusters stand in the figure of lineage, and labels of points in that of prototypes."""

from itertools import combinations, permutations

import numpy as np
import pytest
from response_clusters.figures.lineage_layout import (
    crossings,
    flows_of,
    orders,
    places,
    sizes_of,
)
from response_clusters.figures.placing import place_labels

from tests.unit.figures.claim_tables import lineage_of


def crossing_pairs(flow: np.ndarray) -> float:
    """Σ n₁ n₂ over all pairs of flows that cross, one by one."""
    n = flow / flow.sum()
    cells = list(np.ndindex(*flow.shape))
    return sum(n[a] * n[b] for a, b in combinations(cells, 2) if (a[0] - b[0]) * (a[1] - b[1]) < 0)


def test_crossings_are_those_of_all_pairs() -> None:
    rng = np.random.default_rng(1)
    flow = rng.integers(0, 50, (4, 5)).astype(float)
    order = {4: rng.permutation(4), 5: rng.permutation(5)}
    expected = crossing_pairs(flow[np.ix_(order[4], order[5])])
    assert crossings({4: flow}, order) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(8))
def test_few_rows_get_the_best_order_of_all(seed: int) -> None:
    """Against all orders of three rows: within a twentieth of the trials' pairs of the best."""
    rng = np.random.default_rng(seed)
    flows = {k: rng.dirichlet(np.full(k + 1, 0.3), k) * 100 for k in (2, 3)}
    found = crossings(flows, orders(flows))
    least = min(
        crossings(flows, {2: np.array(a), 3: np.array(b), 4: np.array(c)})
        for a in permutations(range(2))
        for b in permutations(range(3))
        for c in permutations(range(4))
    )
    assert least - 1e-12 <= found <= least + 0.02


def test_a_tree_is_drawn_without_crossings() -> None:
    """Each cluster is split in two somewhere, numbered at random: no flow has to cross another."""
    rng = np.random.default_rng(3)
    parts = [np.arange(64)]
    labels = {}
    for k in range(1, 9):
        numbers = rng.permutation(k)
        labels[k] = np.empty(64, int)
        for number, part in zip(numbers, parts, strict=True):
            labels[k][part] = number
        largest = max(range(k), key=lambda n: len(parts[n]))
        part = parts.pop(largest)
        parts += [part[: len(part) // 3], part[len(part) // 3 :]]
    flows = {}
    for k in range(1, 8):
        flows[k] = np.zeros((k, k + 1))
        np.add.at(flows[k], (labels[k], labels[k + 1]), 1)
    found = orders(flows)
    assert crossings(flows, found) == 0
    assert all(sorted(found[k]) == list(range(k)) for k in range(1, 9))


@pytest.mark.parametrize("uneven", [False, True])
@pytest.mark.parametrize("most", [2, 6, 20])
def test_neighbours_keep_their_distance(most: int, uneven: bool) -> None:
    lineage = lineage_of(most, 2000, uneven)
    sizes = sizes_of(lineage)
    assert {k: len(n) for k, n in sizes.items()} == {k: k for k in range(1, most + 1)}
    assert all(n.sum() == 2000 for n in sizes.values())
    flows = flows_of(lineage, sizes)
    for k, flow in flows.items():
        np.testing.assert_array_equal(flow.sum(axis=1), sizes[k])
        np.testing.assert_array_equal(flow.sum(axis=0), sizes[k + 1])
    order = orders(flows)
    radii = {k: np.maximum(0.05, 0.27 * np.sqrt(n / 2000)) for k, n in sizes.items()}
    found = places(flows, order, radii, 6.4, 0.07)
    for k, x in found.items():
        x, r = x[order[k]], radii[k][order[k]]
        assert x[0] - r[0] >= -1e-9 and x[-1] + r[-1] <= 6.4 + 1e-9
        assert (np.diff(x) >= r[:-1] + r[1:] + 0.07 - 1e-9).all()


def test_a_cluster_stands_above_those_that_it_flows_to() -> None:
    flows = {1: np.array([[30.0, 10.0]]), 2: np.array([[20.0, 10.0, 0.0], [0.0, 0.0, 10.0]])}
    order = {k: np.arange(k) for k in (1, 2, 3)}
    radii = {k: np.full(k, 0.1) for k in (1, 2, 3)}
    found = places(flows, order, radii, 4.0, 0.05)
    np.testing.assert_allclose(found[3], [0.1, 2.0, 3.9])
    np.testing.assert_allclose(found[2], [(2 * 0.1 + 2.0) / 3, 3.9])
    np.testing.assert_allclose(found[1], [0.75 * found[2][0] + 0.25 * found[2][1]])


@pytest.mark.parametrize("n", [1, 2, 6, 20])
@pytest.mark.parametrize("spread", [1.0, 0.2, 0.0])
def test_labels_cover_neither_each_other_nor_the_edge(n: int, spread: float) -> None:
    rng = np.random.default_rng(n)
    points = 0.95 + spread * rng.uniform(-0.9, 0.9, (n, 2))
    sizes = np.column_stack([rng.uniform(0.08, 0.13, n), np.full(n, 0.095)])
    found = place_labels(points, sizes, (1.9, 1.9), 0.055)
    assert (found - sizes / 2 >= -1e-9).all() and (found + sizes / 2 <= 1.9 + 1e-9).all()
    for a, b in combinations(range(n), 2):
        apart = np.abs(found[a] - found[b]) - (sizes[a] + sizes[b]) / 2
        assert apart.max() >= -1e-9
    if n == 1:
        assert np.linalg.norm(found[0] - points[0]) < 0.2
