"""Other presentations of selected images, against loops over trials."""

import math

import numpy as np
import pytest
from response_clusters.statistics.selection import presented_again


def test_other_presentations_are_found_one_by_one() -> None:
    rng = np.random.default_rng(0)
    n = 200
    images, subjects = rng.integers(-1, 60, n), rng.integers(0, 3, n)
    inside, r = rng.random(n) < 0.3, rng.uniform(-1, 1, n)
    firsts = [int(np.flatnonzero(images == image)[0]) for image in range(12)]
    unknown = int(np.flatnonzero(images == -1)[0])
    found = presented_again(np.array([*firsts, unknown]), images, subjects, inside, r)

    others = [t for t in range(n) if 0 <= images[t] < 12 and t not in firsts]
    seen = [len({subjects[t] for t in range(n) if images[t] == image}) for image in range(12)]
    assert found.images == 13
    assert found.again == len({images[t] for t in others})
    assert found.presentations == len(others)
    assert found.several == sum(number > 1 for number in seen)
    assert found.r_nearest == pytest.approx(np.mean([r[t] for t in [*firsts, unknown]]))
    assert found.r_again == pytest.approx(np.mean([r[t] for t in others]))
    assert found.same == pytest.approx(np.mean([inside[t] for t in others]))
    assert (found.r_base, found.base) == pytest.approx((r.mean(), inside.mean()))
    assert 0 < found.several < found.again < 12


def test_images_shown_once_leave_nothing_to_compare() -> None:
    images, r = np.array([0, 1, 2, -1, -1]), np.array([0.9, 0.8, 0.1, 0.2, 0.3])
    found = presented_again(
        np.array([0, 3]), images, np.zeros(5, int), np.array([1, 0, 0, 1, 0], bool), r
    )
    assert (found.images, found.again, found.presentations, found.several) == (2, 0, 0, 0)
    assert math.isnan(found.r_again) and math.isnan(found.same)
    assert found.r_nearest == pytest.approx(0.55)
    assert found.base == pytest.approx(0.4)


def test_selected_by_noise_r_falls_to_what_the_image_has() -> None:
    """r is signal plus noise: of the largest, the mean again is their signal."""
    rng = np.random.default_rng(1)
    images = np.repeat(np.arange(4000), 2)
    signal = rng.normal(0, 0.1, 4000)
    r = signal[images] + rng.normal(0, 0.3, 8000)
    best = np.flatnonzero(np.arange(8000) % 2 == 0)
    best = best[np.argsort(-r[best])[:400]]
    found = presented_again(best, images, np.arange(8000) % 2, r > 0, r)
    assert found.again == found.presentations == found.several == 400
    assert found.r_nearest > 0.4
    # Regression to the mean: the share of signal in the variance is .1.
    assert found.r_again == pytest.approx(0.1 * found.r_nearest, abs=0.05)
