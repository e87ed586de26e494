"""Surrogates of both reference models: their covariances, design, groups and random numbers."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from response_clusters.algebra import gram
from response_clusters.statistics.covariances import signal_covariance
from response_clusters.statistics.seeds import draw_generator
from response_clusters.statistics.surrogates import (
    StudyModel,
    centred,
    draw_continuum,
    draw_groups,
    group_axes,
    groups_model,
    nearest_orthogonal,
    recoloured,
    simplex,
    study_model,
    subject_model,
)
from response_clusters.statistics.trials import Trials
from scipy.linalg import orthogonal_procrustes, sqrtm

REGIONS = {"subj01": list(range(8)), "subj02": [7, 0, 1, 2, 4, 5, 6], "subj03": [0, 1, 3, 4, 5, 7]}
K = 4


def a_covariance(p: int, seed: int, scale: float = 1.0) -> np.ndarray:
    return scale * gram(np.random.default_rng(seed).standard_normal((2 * p, p))) / (2 * p)


def designed(
    images: int, presentations: int = 3, sessions: int = 5, share: float = 0.5
) -> StudyModel:
    """Three subjects of known covariances with different regions, who saw the same images.

    Their first image is shown once more.
    """
    rng = np.random.default_rng(0)
    whole = a_covariance(8, 1)
    models = {}
    for number, (name, regions) in enumerate(REGIONS.items()):
        shown = rng.permutation(np.append(np.repeat(np.arange(images), presentations), 0))
        n, p = len(shown), len(regions)
        session = np.sort(rng.integers(1, sessions + 1, n))
        trials = Trials(np.empty((n, p)), np.array(regions), session, shown)
        signal = whole[np.ix_(regions, regions)] + a_covariance(p, 10 + number, 0.3)
        models[name] = subject_model(trials, signal + a_covariance(p, 20 + number, 2.0), signal)
    return StudyModel(models, share, 8, images)


@pytest.fixture(scope="module")
def small() -> StudyModel:
    return designed(60)


def drawn(model: StudyModel, kind: str, draw: int = 0) -> dict[str, np.ndarray]:
    rng = draw_generator(0, kind, "pooled", draw)
    if kind == "continuum":
        return draw_continuum(model, rng)
    groups = groups_model(model, K)
    assert groups is not None
    return draw_groups(model, groups, rng)


def refitted(model: StudyModel, surrogate: dict[str, np.ndarray]) -> StudyModel:
    """The model that is estimated from a surrogate."""
    return study_model(
        {
            name: Trials(rows, subject.regions, subject.sessions, subject.images[subject.shown])
            for (name, rows), subject in zip(
                surrogate.items(), model.subjects.values(), strict=True
            )
        }
    )


@pytest.mark.parametrize("kind", ["continuum", "groups"])
def test_the_total_covariance_is_exact_and_sessions_stay_centred(
    small: StudyModel, kind: str
) -> None:
    for name, rows in drawn(small, kind).items():
        subject = small.subjects[name]
        np.testing.assert_allclose(np.cov(rows.T, ddof=0), subject.total, rtol=0, atol=1e-10)
        for session in np.unique(subject.sessions):
            means = rows[subject.sessions == session].mean(axis=0)
            np.testing.assert_allclose(means, 0.0, atol=1e-12)


@pytest.mark.parametrize("kind", ["continuum", "groups"])
def test_a_key_gives_the_same_bytes_and_another_draw_does_not(small: StudyModel, kind: str) -> None:
    one, again, other = drawn(small, kind), drawn(small, kind), drawn(small, kind, 1)
    for name in small.subjects:
        np.testing.assert_array_equal(one[name], again[name])
        assert np.abs(one[name] - other[name]).max() > 0.1


@pytest.mark.parametrize("kind", ["continuum", "groups"])
def test_signal_and_noise_are_recovered_from_a_large_surrogate(kind: str) -> None:
    model = designed(20_000)
    found = refitted(model, drawn(model, kind))
    for name, subject in model.subjects.items():
        again = found.subjects[name]
        scale = np.abs(subject.total).max()
        np.testing.assert_allclose(again.total, subject.total, atol=1e-10)
        np.testing.assert_allclose(again.signal, subject.signal, atol=0.04 * scale)
        np.testing.assert_allclose(again.noise, subject.noise, atol=0.04 * scale)
    if kind == "continuum":
        assert found.share == pytest.approx(model.share, abs=0.02)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_or_nothing_of_the_signal_is_common(share: float) -> None:
    model = designed(20_000, share=share)
    assert refitted(model, drawn(model, "continuum")).share == pytest.approx(share, abs=0.02)


def test_the_common_part_is_the_same_image_by_image() -> None:
    """Without noise, and with the whole signal common, subjects differ by their roots only."""
    model = designed(400, sessions=1, share=1.0)
    quiet = {
        name: subject_model(
            Trials(
                np.empty((len(s.shown), len(s.regions))), s.regions, s.sessions, s.images[s.shown]
            ),
            s.signal,
            s.signal,
        )
        for name, s in model.subjects.items()
    }
    surrogate = draw_continuum(replace(model, subjects=quiet), draw_generator(0, "c", "p", 0))
    z = draw_generator(0, "c", "p", 0).standard_normal((400, 8))
    for name, subject in quiet.items():
        raw = z[:, subject.regions] @ np.real(sqrtm(subject.signal))
        wanted = raw[subject.images[subject.shown]]
        wanted -= wanted.mean(axis=0)
        own = np.cov(wanted.T, ddof=0)
        wanted = wanted @ np.linalg.inv(np.real(sqrtm(own))) @ np.real(sqrtm(subject.total))
        np.testing.assert_allclose(surrogate[name], wanted, atol=1e-7)


def test_unknown_repeats_leave_noise_only() -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((300, 6)) @ rng.standard_normal((6, 6))
    sessions = np.repeat([1, 2, 3], 100)
    trials = {
        name: Trials(rows, np.arange(6), sessions, np.arange(300) + 300 * number)
        for number, name in enumerate(("subj01", "subj02"))
    }
    model = study_model(trials)
    assert model.share == 0.0
    for subject in model.subjects.values():
        np.testing.assert_array_equal(subject.signal, 0.0)
        np.testing.assert_allclose(subject.noise, subject.total, atol=1e-12)
    assert groups_model(model, 3) is None
    for surrogate in draw_continuum(model, draw_generator(0, "continuum", "pooled", 0)).values():
        np.testing.assert_allclose(np.cov(surrogate.T, ddof=0), np.cov(rows.T, ddof=0), atol=1e-10)


def test_recolouring_is_its_formula() -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 5)) @ rng.standard_normal((5, 5))
    X -= X.mean(axis=0)
    root = np.real(sqrtm(a_covariance(5, 3)))
    wanted = X @ np.linalg.inv(np.real(sqrtm(np.cov(X.T, ddof=0)))) @ root
    np.testing.assert_allclose(recoloured(X, root), wanted, atol=1e-10)


def test_regions_that_are_copies_stay_copies() -> None:
    """The covariance is singular then, and so is that of the surrogate."""
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((400, 5))
    rows[:, 4] = rows[:, 0]
    images = np.tile(np.arange(100), 4)
    rows += rows[images]  # the first presentation of an image is in all of them
    model = study_model({"subj01": Trials(rows, np.arange(5), np.repeat([1, 2], 200), images)})
    for kind in ("continuum", "groups"):
        surrogate = drawn(model, kind)["subj01"]
        np.testing.assert_allclose(np.cov(surrogate.T, ddof=0), np.cov(rows.T, ddof=0), atol=1e-10)
        np.testing.assert_allclose(surrogate[:, 4], surrogate[:, 0], atol=1e-6)


def test_centring_is_a_loop_over_sessions() -> None:
    rows, sessions = np.random.default_rng(0).standard_normal((9, 3)), np.array([7, 2, 2] * 3)
    wanted = [x - rows[sessions == s].mean(axis=0) for x, s in zip(rows, sessions, strict=True)]
    np.testing.assert_allclose(centred(rows, sessions), wanted, atol=1e-15)


@pytest.mark.parametrize("k", [2, 3, 6, 20])
def test_a_simplex_is_regular_and_of_identity_covariance(k: int) -> None:
    vertices = simplex(k)
    assert vertices.shape == (k, k - 1)
    np.testing.assert_allclose(vertices.sum(axis=0), 0.0, atol=1e-13)
    np.testing.assert_allclose(vertices.T @ vertices / k, np.eye(k - 1), atol=1e-13)
    apart = np.linalg.norm(vertices[:, None] - vertices, axis=2)
    np.testing.assert_allclose(apart[~np.eye(k, dtype=bool)], np.sqrt(2 * k))


def test_the_nearest_orthogonal_matrix_is_procrustes() -> None:
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((2, 9, 4))
    Q = nearest_orthogonal(A.T @ B)
    np.testing.assert_allclose(Q, orthogonal_procrustes(A, B)[0], atol=1e-12)
    np.testing.assert_allclose(Q.T @ Q, np.eye(4), atol=1e-12)
    assert nearest_orthogonal(np.array([[-3.0]])) == -1.0


def test_a_random_rotation_prefers_no_direction() -> None:
    """Uniform orthogonal matrices: elements of mean 0 and variance 1/q, and q³ E[Q⁴] → 3."""
    rng = np.random.default_rng(0)
    turns = np.array([nearest_orthogonal(rng.standard_normal((3, 3))) for _ in range(4000)])
    np.testing.assert_allclose(turns.mean(axis=0), 0.0, atol=0.04)
    np.testing.assert_allclose((turns**2).mean(axis=0), 1 / 3, atol=0.02)
    np.testing.assert_allclose((turns**4).mean(axis=0), 3 / (3 * 5), atol=0.02)


@pytest.mark.parametrize("k", [2, 3, 6, 8])
def test_axes_of_groups_hold_all_that_the_leading_directions_see(k: int) -> None:
    S = a_covariance(8, 5)
    P = np.eye(8) - 1 / 8
    V = np.linalg.eigh(P @ S @ P)[1][:, ::-1][:, : k - 1]
    A = group_axes(S, k)
    assert A is not None and A.shape == (8, k - 1)
    wanted = S @ V @ np.linalg.inv(np.real(sqrtm(V.T @ S @ V)).reshape(k - 1, k - 1))
    np.testing.assert_allclose(A @ A.T, wanted @ wanted.T, atol=1e-12)
    np.testing.assert_allclose(V.T @ A @ A.T @ V, V.T @ S @ V, atol=1e-12)
    rest = np.linalg.eigvalsh(S - A @ A.T)
    assert rest.min() > -1e-12  # a covariance, of the rank that is left
    assert (rest > 1e-10).sum() == 8 - (k - 1)


def test_there_are_no_groups_in_too_few_dimensions() -> None:
    S = a_covariance(8, 5)
    assert group_axes(S, 1) is None
    assert group_axes(S, 9) is None
    assert group_axes(np.ones((8, 8)), 2) is None  # nothing is left once rows are centred
    flat = np.linalg.qr(np.random.default_rng(0).standard_normal((8, 2)))[0]
    assert group_axes(flat @ flat.T, 3) is not None
    assert group_axes(flat @ flat.T, 4) is None


def test_subjects_axes_are_turned_towards_the_mean(small: StudyModel) -> None:
    groups = groups_model(small, K)
    assert groups is not None
    total, number = np.zeros((8, 8)), np.zeros((8, 8))
    for subject in small.subjects.values():
        for i, a in enumerate(subject.regions):
            for j, b in enumerate(subject.regions):
                total[a, b] += subject.signal[i, j]
                number[a, b] += 1
    values, vectors = np.linalg.eigh(total / np.maximum(number, 1))
    mean = group_axes((vectors * np.maximum(values, 0)) @ vectors.T, K)
    assert mean is not None
    for name, subject in small.subjects.items():
        A = group_axes(subject.signal, K)
        assert A is not None
        turn, _ = orthogonal_procrustes(A, mean[subject.regions])
        np.testing.assert_allclose(groups.axes[name], A @ turn, atol=1e-9)
        within = groups.within_root[name] @ groups.within_root[name]
        np.testing.assert_allclose(within + A @ A.T, subject.signal, atol=1e-9)


def test_an_image_is_in_the_same_group_in_all_subjects(small: StudyModel) -> None:
    """Without noise, and with a signal that is all groups, every response is one of k."""
    groups = groups_model(small, K)
    assert groups is not None
    quiet = {}
    for name, subject in small.subjects.items():
        n, p = len(subject.shown), len(subject.regions)
        trials = Trials(
            np.empty((n, p)), subject.regions, np.ones(n), subject.images[subject.shown]
        )
        S = groups.axes[name] @ groups.axes[name].T
        quiet[name] = subject_model(trials, S, S)
    model = replace(small, subjects=quiet)
    partitions = []
    for draw in range(3):
        for name, rows in drawn(model, "groups", draw).items():
            subject = quiet[name]
            images, first = np.unique(subject.shown, return_index=True)
            np.testing.assert_allclose(rows, rows[first][subject.shown], atol=1e-6)
            same = np.abs(rows[first][:, None] - rows[first]).max(axis=2) < 1e-4
            label = same.argmax(axis=1)  # the first image of the group
            assert len(np.unique(label)) == K
            partitions.append(label.tolist())
            assert len(images) == 60
    one, two, three = partitions[:3], partitions[3:6], partitions[6:]
    for draw in (one, two, three):
        assert draw[0] == draw[1] == draw[2]
    assert one[0] != two[0] != three[0]


def test_groups_resemble_each_other_across_subjects_and_are_there() -> None:
    """Between the groups of a draw lies as much of the variance as A says; a continuum has none."""
    model = designed(5_000, presentations=1)
    groups = groups_model(model, K)
    assert groups is not None
    rng = draw_generator(0, "groups", "pooled", 0)
    surrogate = draw_groups(model, groups, rng)
    again = draw_generator(0, "groups", "pooled", 0)
    again.standard_normal((K - 1, K - 1))
    group = again.integers(K, size=model.images)
    for name, subject in model.subjects.items():
        own = group[subject.images[subject.shown]]
        means = np.array([surrogate[name][own == g].mean(axis=0) for g in range(K)])
        between = means.T @ means / K
        A = groups.axes[name]
        np.testing.assert_allclose(between, A @ A.T, atol=0.12 * np.abs(A @ A.T).max())


def test_the_signal_of_a_surrogate_does_not_depend_on_how_trials_are_ordered() -> None:
    """The design decides which trials share an image, and nothing else."""
    model = designed(2_000, presentations=2)
    rows = drawn(model, "continuum")["subj01"]
    subject = model.subjects["subj01"]
    scale = np.abs(subject.total).max()
    np.testing.assert_allclose(
        signal_covariance(rows, subject.shown), subject.signal, atol=0.12 * scale
    )
    shuffled = np.random.default_rng(0).permutation(subject.shown)
    assert np.abs(signal_covariance(rows, shuffled)).max() < 0.1 * scale


DIGEST = """
import hashlib
from tests.unit.statistics.test_surrogates import designed, drawn, refitted

model = designed(60)
digest = hashlib.sha256()
for kind in ("continuum", "groups"):
    again = refitted(model, drawn(model, kind))
    for rows in drawn(again, kind).values():
        digest.update(rows.tobytes())
print(again.share, digest.hexdigest())
"""


def test_other_processors_draw_the_same_bytes() -> None:
    """As far as software can be told to be one: OpenBLAS's kernels and numpy's vectors."""
    root = Path(__file__).resolve().parents[3]
    vectors = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    older = {
        "OPENBLAS_CORETYPE": "Nehalem",
        "NPY_DISABLE_CPU_FEATURES": ",".join(vectors),
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-FMA,-FMA4",
    }
    path = os.pathsep.join([str(root), str(root / "workflow" / "scripts")])
    said = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env=os.environ | env | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for env in ({}, older)
    }
    assert len(said) == 1
