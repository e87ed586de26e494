"""The random numbers of a statistic: one stream for each draw of each analysis of each cohort."""

import zlib

import numpy as np


def draw_generator(seed: int, analysis: str, cohort: str, draw: int) -> np.random.Generator:
    """The generator of one draw: a child of the study's seed by (analysis, cohort, draw).

    Parameters
    ----------
    seed : int
        The study's seed, not negative.
    analysis : str
        What is drawn, such as ``"continuum"``.
    cohort : str
        A subject or ``"pooled"``.
    draw : int
        The number of the draw, from 0.

    Returns
    -------
    numpy.random.Generator
        The same for the same key, whichever other draws, analyses and cohorts there are.
    """
    key = (zlib.crc32(analysis.encode()), zlib.crc32(cohort.encode()), draw)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
