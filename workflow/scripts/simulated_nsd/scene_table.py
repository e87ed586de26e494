"""The scene that each image of the simulated dataset shows."""

from simulated_nsd.model import generator
from simulated_nsd.scenes import THEMES, Scene, compose

IMAGES = 73000
"""Images of the stimulus table, as in NSD."""
EMPTY = 0.04
"""Share of pictures without any annotated object."""


def compose_scene(seed: int, image: int) -> Scene:
    """The scene of an image id, which does not depend on the other images."""
    rng = generator(seed, "scene", image)
    theme = THEMES[int(rng.integers(len(THEMES)))]
    return compose(theme, rng, empty=bool(rng.random() < EMPTY))
