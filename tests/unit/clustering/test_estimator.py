"""`CorrelationKMeans` is an estimator of scikit-learn, and gives what the solver finds."""

import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from response_clusters import CorrelationKMeans, StudyError
from response_clusters.clustering._lloyd import assign, lloyd
from response_clusters.clustering._seeding import plus_plus
from response_clusters.clustering.kmeans import _threads
from response_clusters.clustering.solver import cluster_rows
from sklearn.base import clone, is_clusterer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

SCRIPTS = Path(__file__).resolve().parents[3] / "workflow" / "scripts"
EXPECTED_FAILURES = {
    "check_clustering": "its rows have two columns, so every r is 1 or -1 and three clusters of "
    "them cannot be told apart",
    "check_estimators_dtypes": "floored to whole numbers, one of its rows is constant and has no "
    "correlation",
    "check_fit_check_is_fitted": "its rows have two columns, and in one of them the two values are "
    "equal to seven digits, which counts as constant",
}
"""The checks of scikit-learn that no clustering by correlation can pass, and why."""


@pytest.fixture(scope="module", name="X")
def responses() -> np.ndarray:
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((4, 7))
    return centres[rng.integers(4, size=240)] + 0.8 * rng.standard_normal((240, 7))


def same(one: CorrelationKMeans, two: CorrelationKMeans) -> bool:
    return (
        np.array_equal(one.labels_, two.labels_)
        and one.cluster_centers_.tobytes() == two.cluster_centers_.tobytes()
        and one.inertia_ == two.inertia_
        and one.n_agreeing_ == two.n_agreeing_
    )


@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_own_checks_pass_but_for_those_declared() -> None:
    results = check_estimator(
        CorrelationKMeans(2, n_init=2, random_state=0),
        expected_failed_checks=EXPECTED_FAILURES,
        on_fail="raise",
    )
    failed = {result["check_name"] for result in results if result["status"] == "xfail"}
    assert failed == set(EXPECTED_FAILURES)
    assert sum(result["status"] == "passed" for result in results) > 40


def test_it_is_what_the_solver_finds(X: np.ndarray) -> None:
    model = CorrelationKMeans(4, n_init=5, n_swaps=3, max_iter=50, random_state=[3, 1]).fit(X)
    seed = np.random.SeedSequence([3, 1])
    found = cluster_rows(X, 4, seed, replicates=5, swaps=3, max_iterations=50)
    np.testing.assert_array_equal(model.labels_, found.labels)
    np.testing.assert_array_equal(model.cluster_centers_, found.prototypes)
    assert (model.inertia_, model.n_iter_) == (found.objective, found.iterations)
    assert (model.converged_, model.n_agreeing_) == (found.converged, found.agreeing)
    assert (model.labels_.dtype, model.cluster_centers_.dtype) == (np.int32, np.float64)


def test_the_solver_is_there_without_scikit_learn() -> None:
    code = "import sys, response_clusters.clustering.solver; print('sklearn' in sys.modules)"
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, cwd=SCRIPTS, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("n_jobs", [2, 3, -1, 50])
def test_the_number_of_jobs_changes_no_bit(X: np.ndarray, n_jobs: int) -> None:
    model = CorrelationKMeans(5, n_init=12, n_swaps=4, random_state=0)
    one = clone(model).fit(X)
    several = model.set_params(n_jobs=n_jobs).fit(X)
    assert same(one, several)
    assert one.n_iter_ == several.n_iter_


@pytest.mark.parametrize("compiled", [assign, lloyd, plus_plus])
def test_threads_run_at_once(compiled: Any) -> None:
    """Whatever Python calls of the compiled code lets other threads run meanwhile."""
    assert compiled.targetoptions["nogil"]


def test_progress_is_told_in_the_order_of_replicates(
    X: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "response_clusters.progress"):
        CorrelationKMeans(3, n_init=6, n_jobs=3, random_state=0).fit(X)
    told = [record.getMessage().split(":")[0] for record in caplog.records]
    assert told == [f"replicate {i} of 6" for i in range(1, 7)]


def test_an_error_in_a_thread_is_raised() -> None:
    X = np.repeat(np.random.default_rng(0).standard_normal((3, 5)), 4, axis=0)
    with pytest.raises(StudyError, match="only 3 of the 12 rows are distinct"):
        CorrelationKMeans(4, n_init=8, n_jobs=2, random_state=0).fit(X)


def test_the_number_of_threads() -> None:
    cores = _threads(-1)
    assert cores >= 1
    assert [_threads(n) for n in (None, 1, 7, -cores, -cores - 5)] == [1, 1, 7, 1, 1]
    for wrong in (0, 1.5, "all"):
        with pytest.raises(StudyError, match="n_jobs is .*; expected None, or a whole number"):
            _threads(wrong)  # type: ignore[arg-type]


def test_any_source_of_chance_seeds_and_says_the_same_again(X: np.ndarray) -> None:
    def fitted(random_state: Any) -> CorrelationKMeans:
        return CorrelationKMeans(6, n_init=1, max_iter=2, random_state=random_state).fit(X)

    makers: list[Any] = [
        lambda: 7,
        lambda: np.int64(7),
        lambda: [7, 8],
        lambda: (7, 8),
        lambda: np.random.SeedSequence(7),
        lambda: np.random.default_rng(7),
        lambda: np.random.RandomState(7),
    ]
    found = [fitted(make()) for make in makers]
    for make, model in zip(makers, found, strict=True):
        assert same(fitted(make()), model)
    assert same(found[0], found[1])
    assert same(found[0], found[4])
    assert not same(found[0], found[2])
    # As everywhere in scikit-learn, a generator goes on, and a second fit draws other numbers.
    rng = np.random.RandomState(7)
    assert not same(fitted(rng), fitted(rng))
    assert not same(fitted(None), fitted(None))


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"n_clusters": 0}, "n_clusters is 0; expected a whole number of at least 1"),
        ({"n_clusters": 2.5}, "n_clusters is 2.5; expected a whole number"),
        ({"n_init": 0}, "n_init is 0"),
        ({"max_iter": None}, "max_iter is None"),
        ({"n_swaps": -1}, "n_swaps is -1; expected a whole number of at least 0"),
        ({"init": "random"}, "init is 'random'; expected \"k-means[+]{2}\" or an array"),
        ({"init": np.eye(7)[:3]}, r"init has the shape \(3, 7\); expected 2 prototypes of 7"),
        ({"random_state": -1}, "random_state is -1; expected None"),
        ({"random_state": "seed"}, "random_state is 'seed'; expected None"),
        ({"random_state": 0.5}, "random_state is 0.5; expected None"),
        ({"n_jobs": 0}, "n_jobs is 0"),
    ],
)
def test_parameters_are_judged_when_fitting(
    X: np.ndarray, parameters: dict[str, Any], says: str
) -> None:
    model = CorrelationKMeans(**{"n_clusters": 2, **parameters})
    with pytest.raises(StudyError, match=says):
        model.fit(X)


def test_columns_and_rows_are_counted(X: np.ndarray) -> None:
    with pytest.raises(ValueError, match="minimum of 2 is required by CorrelationKMeans"):
        CorrelationKMeans(2).fit(X[:, :1])
    with pytest.raises(ValueError, match=r"2 sample\(s\) .* minimum of 3 is required"):
        CorrelationKMeans(3).fit(X[:2])
    with pytest.raises(ValueError, match="Expected 2D array"):
        CorrelationKMeans(3).fit(X[0])
    # 27 columns and 28 fill the same tiles, so that only a check tells them apart.
    wide = np.tile(X, (1, 4))
    model = CorrelationKMeans(3, n_init=2, random_state=0).fit(wide)
    for other in (wide[:, :27], np.hstack([wide, wide]), wide[:, :1]):
        for use in (model.predict, model.transform, model.score):
            with pytest.raises(ValueError, match="is expecting 28 features"):
                use(other)


def test_columns_of_another_order_are_refused(X: np.ndarray) -> None:
    table = pd.DataFrame(X.astype(np.float32), columns=list("abcdefg"))
    model = CorrelationKMeans(3, n_init=2, random_state=0).fit(table)
    assert same(model, clone(model).fit(table.to_numpy()))
    assert model.feature_names_in_.tolist() == list("abcdefg")
    np.testing.assert_array_equal(model.predict(table), model.labels_)
    for use in (model.predict, model.transform, model.score):
        with pytest.raises(ValueError, match="must be in the same order"):
            use(table[list("bacdefg")])
        with pytest.raises(ValueError, match="unseen at fit time"):
            use(table.rename(columns={"a": "z"}))


def test_transform_gives_correlations_with_names(X: np.ndarray) -> None:
    model = CorrelationKMeans(3, n_init=2, random_state=0)
    r = model.fit_transform(X)
    expected = np.corrcoef(X, model.cluster_centers_)[: len(X), len(X) :]
    np.testing.assert_allclose(r, expected, atol=1e-6)
    np.testing.assert_array_equal(r.argmax(axis=1), model.labels_)
    assert np.sum(1 - r.max(axis=1)) == pytest.approx(model.inertia_, rel=1e-9)
    assert np.abs(model.transform(model.cluster_centers_)).max() <= 1.0
    names = [f"correlationkmeans{i}" for i in range(3)]
    assert model.get_feature_names_out().tolist() == names
    assert model.set_output(transform="pandas").transform(X).columns.tolist() == names


def test_the_score_of_what_was_fitted_is_its_objective(X: np.ndarray) -> None:
    model = CorrelationKMeans(4, n_init=3, random_state=0).fit(X[:200])
    assert model.score(X[:200]) == -model.inertia_
    r = model.transform(X[200:])
    assert model.score(X[200:]) == pytest.approx(-np.sum(1 - r.max(axis=1)))


def test_clone_repr_and_parameters() -> None:
    model = CorrelationKMeans(3, n_init=4, random_state=0, init=np.eye(3))
    copy = clone(model).set_params(n_init=2)
    assert copy.get_params()["n_init"] == 2
    assert copy.get_params().keys() == model.get_params().keys()
    assert repr(CorrelationKMeans(3, n_jobs=2)) == "CorrelationKMeans(n_clusters=3, n_jobs=2)"
    assert is_clusterer(model)
    with pytest.raises(ValueError, match="Invalid parameter 'n_cluster'"):
        model.set_params(n_cluster=2)


def test_pipelines_and_searches(X: np.ndarray) -> None:
    scaled = StandardScaler().fit_transform(X)
    model = CorrelationKMeans(4, n_init=3, random_state=0)
    pipeline = make_pipeline(StandardScaler(), clone(model))
    np.testing.assert_array_equal(pipeline.fit_predict(X), model.fit_predict(scaled))
    search = GridSearchCV(pipeline, {"correlationkmeans__n_clusters": [1, 2, 4]}, cv=3).fit(X)
    assert search.best_params_ == {"correlationkmeans__n_clusters": 4}
    assert search.best_estimator_.predict(X).shape == (len(X),)


def test_mapped_rows_are_not_copied_to_memory(
    X: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """scikit-learn's validation keeps a map of a file; unit rows of one go to a file as well."""
    mapped = np.memmap(tmp_path / "rows", np.float32, "w+", shape=X.shape)
    mapped[:] = X
    model = CorrelationKMeans(3, n_init=2, random_state=0)
    in_memory = clone(model).fit(np.array(mapped))
    files = []

    def counted() -> Any:
        files.append(open_file())
        return files[-1]

    open_file = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", counted)
    for number, use in enumerate((model.fit, model.predict, model.score), 1):
        use(mapped)
        assert len(files) == number
    assert same(model, in_memory)
    assert np.shares_memory(model._validated(mapped), mapped)
