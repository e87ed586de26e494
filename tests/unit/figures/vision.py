"""How colours look, also to people without one of the three kinds of cones."""

from collections.abc import Iterable

import numpy as np
from matplotlib.colors import to_rgb

# Machado, Oliveira and Fernandes 2009, full dichromacies, for linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.052]],
    "deuteranopia": [[0.3673, 0.8606, -0.228], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    "tritanopia": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}


def linear(colours: Iterable[str]) -> np.ndarray:
    """Colours in linear sRGB, one a row."""
    rgb = np.array([to_rgb(colour) for colour in colours])
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def seen(colours: Iterable[str], vision: str) -> np.ndarray:
    """Colours in Oklab, one a row, as they are seen by one of `VISION`.

    A just noticeable difference is about 0.02.
    """
    return oklab(np.clip(linear(colours) @ np.transpose(VISION[vision]), 0, 1))


def oklab(values: np.ndarray) -> np.ndarray:
    """Ottosson's Oklab of linear sRGB: equal distances look about equally different."""
    cones = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]]
    axes = [[0.2105, 0.7936, -0.0041], [1.978, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]
    lab: np.ndarray = np.cbrt(values @ np.transpose(cones)) @ np.transpose(axes)
    return lab


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by the Web Content Accessibility Guidelines, 1 to 21."""
    dark, light = sorted(linear([one, other]) @ [0.2126, 0.7152, 0.0722])
    return float((light + 0.05) / (dark + 0.05))
