"""A stream of random numbers for each draw of each analysis of each cohort."""

import zlib

import numpy as np
from response_clusters.statistics.seeds import draw_generator


def test_equal_keys_give_equal_numbers_and_no_others_do() -> None:
    keys = [
        (seed, analysis, cohort, draw)
        for seed in (0, 1)
        for analysis in ("continuum", "groups")
        for cohort in ("pooled", "subj01", "subj02")
        for draw in range(20)
    ]
    first = [draw_generator(*key).random() for key in keys]
    assert first == [draw_generator(*key).random() for key in keys]
    assert len(set(first)) == len(keys)


def test_it_is_a_child_of_the_seed() -> None:
    key = zlib.crc32(b"continuum"), zlib.crc32(b"subj01"), 3
    child = np.random.default_rng(np.random.SeedSequence(7, spawn_key=key))
    assert draw_generator(7, "continuum", "subj01", 3).random() == child.random()
