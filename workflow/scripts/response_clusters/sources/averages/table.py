"""One subject's imported averages as the study's tables: regional means, trials and regions."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError, listed
from response_clusters.sources.averages.columns import ROW
from response_clusters.sources.averages.reading import read_numbers
from response_clusters.sources.nsd.design import presented, read_design
from response_clusters.sources.nsd.layout import TRIALS_PER_SESSION


def read_texts(files: dict[str, str]) -> pd.DataFrame:
    """One text file per region, a number a line in trial order; all ``nan`` means absent.

    Parameters
    ----------
    files : dict of str
        The file of each region, in the order of the columns.

    Raises
    ------
    StudyError
        If a line is not a number, or if the files differ in length.
    """
    columns = {region: read_numbers(path) for region, path in files.items()}
    lengths = Counter(len(column) for column in columns.values())
    usual = lengths.most_common(1)[0][0]
    for region, column in columns.items():
        if len(column) != usual:
            other = next(name for name, held in columns.items() if len(held) == usual)
            raise StudyError(
                f"{files[region]}: the file has {len(column)} lines; expected {usual}, a line per "
                f"trial, as {other} has in {Path(files[other]).name}: fetch the shorter file again."
            )
    return pd.DataFrame(columns)


def split_regions(
    table: pd.DataFrame, regions: list[str] | str, where: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell the regions that the subject has from those it lacks.

    Returns
    -------
    betas : DataFrame
        A float32 column per present region.
    listing : DataFrame
        The rows of the regions table; voxels and labels are not known.

    Raises
    ------
    StudyError
        If fewer than two of the regions asked for are there, or a column holds something other
        than numbers.
    """
    found = [str(column) for column in table.columns if column not in ROW]
    wanted = found if regions == "all" else list(regions)
    absent = [r for r in wanted if r not in found or table[r].isna().all()]
    present = [region for region in wanted if region not in absent]
    if len(present) < 2:
        raise StudyError(
            f"{where}: {len(present)} of the {len(wanted)} regions asked for are there, found "
            f"{listed(found)}; expected at least two, or nothing correlates: correct the "
            "configuration's regions, or leave the subject out of its subjects."
        )
    for region in present:
        if not pd.api.types.is_numeric_dtype(table[region]):
            words = pd.to_numeric(table[region], errors="coerce").isna() & table[region].notna()
            row = int(np.flatnonzero(words)[0]) if words.any() else 0
            raise StudyError(
                f"{where}: region {region} is {table[region].iloc[row]!r} in row {row + 1}; "
                "expected numbers only, nan where there is none: correct the file."
            )
    # What is too large for float32 becomes infinite here and is dealt with like what was.
    with np.errstate(over="ignore"):
        betas = table[present].astype(np.float32)
    listing = pd.DataFrame(
        {
            "region": wanted,
            "collection": None,
            "label": None,
            "voxels": None,
            "present": [region in present for region in wanted],
        }
    )
    return betas, listing


def trial_columns(
    table: pd.DataFrame, design: str | None, subject: str, where: str
) -> pd.DataFrame:
    """The trials table of rows in trial order, by what the table or the design says of them.

    Raises
    ------
    StudyError
        If the design never planned a trial, or says another image or session of it.
    """
    n = len(table)
    trial = table.get("trial", pd.Series(np.arange(1, n + 1)))
    session = table.get("session", (trial - 1) // TRIALS_PER_SESSION + 1)
    unknown = pd.Series([pd.NA] * n, dtype="Int32")
    image, repeat = table.get("image", unknown), table.get("repeat", unknown)
    if design is not None:
        shown, nth = presented(read_design(design), subject)
        if trial.max() > len(shown):
            raise StudyError(
                f"{where}: it goes up to trial {trial.max()}; expected at most {len(shown)}, as "
                f"planned in {design}: take both from the same experiment."
            )
        planned = {"image": shown[trial - 1], "session": (trial - 1) // TRIALS_PER_SESSION + 1}
        for name, values in planned.items():
            if name in table:
                other = table[name].notna() & (table[name] != values)
                if other.any():
                    row = int(np.flatnonzero(other)[0])
                    raise StudyError(
                        f"{where}: {name} is {table[name].iloc[row]} in trial {trial.iloc[row]}; "
                        f"expected {np.asarray(values)[row]} by {design}: leave one of the two "
                        "out (the column counts images from 0)."
                    )
        image, repeat = pd.Series(planned["image"]), pd.Series(nth[trial - 1])
    return pd.DataFrame({"session": session, "trial": trial, "image": image, "repeat": repeat})
