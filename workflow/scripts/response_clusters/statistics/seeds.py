"""The random numbers of a statistic: one stream for each draw of each analysis of each cohort."""

import zlib

import numpy as np


def draw_seed(seed: int, analysis: str, cohort: str, *draw: int) -> np.random.SeedSequence:
    """The seed of one draw: a child of the study's seed by (analysis, cohort, draw).

    Parameters
    ----------
    seed : int
        The study's seed, not negative.
    analysis : str
        What is drawn, such as ``"continuum"``.
    cohort : str
        A subject or ``"pooled"``.
    *draw : int
        The number of the draw, from 0, and whatever further numbers tell it from others.

    Returns
    -------
    numpy.random.SeedSequence
        The same for the same key, whichever other draws, analyses and cohorts there are.
    """
    key = (zlib.crc32(analysis.encode()), zlib.crc32(cohort.encode()), *draw)
    return np.random.SeedSequence(seed, spawn_key=key)


def draw_generator(seed: int, analysis: str, cohort: str, draw: int) -> np.random.Generator:
    """The generator of one draw: it has the seed that `draw_seed` gives to the same key.

    Parameters
    ----------
    seed : int
    analysis, cohort : str
    draw : int

    Returns
    -------
    numpy.random.Generator
    """
    return np.random.default_rng(draw_seed(seed, analysis, cohort, draw))
