"""Sets up Matplotlib with its own defaults and fonts, whatever the user's settings are.

Every script that draws imports this module first: Matplotlib takes a backend from the environment
and a matplotlibrc from the working folder at the moment of its own import.
"""

import os
from contextlib import chdir
from importlib.util import find_spec
from pathlib import Path

FACES = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique")


def _shipped() -> Path:
    """The folder of Matplotlib's own settings and fonts, found without importing it."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("No module named 'matplotlib'")
    return Path(spec.origin).parent / "mpl-data"


SHIPPED = _shipped()

# A notebook's backend may not be installed here, and no window should open.
os.environ["MPLBACKEND"] = "agg"
# A matplotlibrc in the working folder comes before all others, and one that cannot be decoded would
# end the import. In this folder it is Matplotlib's own.
with chdir(SHIPPED):
    import matplotlib

# The next call reads the user's style sheets, and would fail on a damaged one.
matplotlib.get_configdir = lambda: str(SHIPPED)
# In case anything imported Matplotlib earlier.
matplotlib.rcdefaults()

from matplotlib import font_manager  # noqa: E402

# An installed font of the same name may be another version of it, with other widths.
font_manager.fontManager.ttflist = []
font_manager.fontManager.afmlist = []
for _face in FACES:
    font_manager.fontManager.addfont(SHIPPED / "fonts" / "ttf" / f"{_face}.ttf")
