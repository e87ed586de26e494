"""Tables of responses as arrays: regions and images are the same number in all subjects."""

import numpy as np
import pandas as pd
import pytest
from response_clusters.statistics.covariances import signal_covariance
from response_clusters.statistics.trials import trials_of


def table(images: list[object], dtype: str, **regions: list[float]) -> pd.DataFrame:
    columns = {"session": np.arange(len(images)) // 2 + 1, "image": pd.array(images, dtype)}
    return pd.DataFrame(columns | {r: np.array(v, np.float32) for r, v in regions.items()})


@pytest.mark.parametrize("dtype", ["Int64", "string"])
def test_numbers_are_common_to_subjects(dtype: str) -> None:
    a, b, c = (7, 8, 9) if dtype == "Int64" else ("a", "b", "c")
    tables = {
        "subj01": table([b, a, b], dtype, V1=[1, 2, 3], FFA=[4, 5, 6]),
        "subj02": table([a, c, None, None], dtype, PPA=[1] * 4, V1=[2] * 4),
    }
    regions = {"subj01": ["V1", "FFA"], "subj02": ["PPA", "V1"]}
    one, two = trials_of(tables, regions).values()
    assert (one.regions.tolist(), two.regions.tolist()) == ([0, 1], [2, 0])
    assert one.images.tolist() == [0, 1, 0]
    assert two.images.tolist() == [1, 2, 3, 4]  # the unknown have numbers of their own
    assert (one.sessions.tolist(), two.sessions.tolist()) == ([1, 1, 2], [1, 1, 2, 2])
    assert one.responses.dtype == np.float32
    np.testing.assert_array_equal(one.responses, [[1, 4], [2, 5], [3, 6]])


def test_without_images_there_is_no_signal() -> None:
    rng = np.random.default_rng(0)
    rows = table([None] * 6, "Int64", V1=rng.random(6).tolist(), FFA=rng.random(6).tolist())
    (trials,) = trials_of({"subj01": rows}, {"subj01": ["V1", "FFA"]}).values()
    assert trials.images.tolist() == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(signal_covariance(trials.responses, trials.images), 0.0)
