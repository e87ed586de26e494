"""One subject's imported averages as the study's tables: regional means, trials and regions."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError, listed
from response_clusters.sources.averages.columns import ROW, require_responses
from response_clusters.sources.averages.reading import read_columns, read_numbers
from response_clusters.sources.contents import Files


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
            other = next(name for name, values in columns.items() if len(values) == usual)
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
    means : DataFrame
        A float32 column per present region.
    listing : DataFrame
        The rows of the regions table; voxels and labels are not known.

    Raises
    ------
    StudyError
        If fewer than two of the regions asked for are there, or a column holds something other
        than numbers.
    """
    regions_there = [str(column) for column in table.columns if column not in ROW]
    wanted = regions_there if regions == "all" else list(regions)
    absent = [r for r in wanted if r not in regions_there or table[r].isna().all()]
    present = [region for region in wanted if region not in absent]
    if len(present) < 2:
        raise StudyError(
            f"{where}: {len(present)} of the {len(wanted)} regions asked for are there, found "
            f"{listed(regions_there)}; expected at least two, or nothing correlates: correct the "
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
        means = table[present].astype(np.float32)
    listing = pd.DataFrame(
        {
            "region": wanted,
            "collection": None,
            "label": None,
            "voxels": None,
            "present": [region in present for region in wanted],
        }
    )
    return means, listing


def trial_columns(
    table: pd.DataFrame,
    planned: pd.DataFrame | None,
    per_session: int,
    where: str,
    design: str = "the design",
) -> pd.DataFrame:
    """The trials table of rows in trial order, by what the table or the design says of them.

    Parameters
    ----------
    planned : DataFrame or None
        Every trial that the design plans: session, image and repeat.
    per_session : int
        Trials in each session, where neither says which session a trial is of.
    where, design : str
        The files that the two were read from, for sentences.

    Raises
    ------
    StudyError
        If the design never planned a trial, or says another image or session of it.
    """
    n = len(table)
    trial = table.get("trial", pd.Series(np.arange(1, n + 1)))
    session = table.get("session", (trial - 1) // per_session + 1)
    unknown = pd.Series([pd.NA] * n, dtype="Int32")
    image, repeat = table.get("image", unknown), table.get("repeat", unknown)
    if planned is not None:
        if trial.max() > len(planned):
            raise StudyError(
                f"{where}: it goes up to trial {trial.max()}; expected at most {len(planned)}, as "
                f"planned in {design}: take both from the same experiment."
            )
        shown = planned.iloc[trial.to_numpy() - 1].reset_index(drop=True)
        for name in ("image", "session"):
            if name in table:
                other = table[name].notna() & (table[name] != shown[name])
                if other.any():
                    row = int(np.flatnonzero(other)[0])
                    raise StudyError(
                        f"{where}: {name} is {table[name].iloc[row]} in trial {trial.iloc[row]}; "
                        f"expected {shown[name].iloc[row]} by {design}: leave one of the two out "
                        "(the column counts images from 0)."
                    )
        session = table.get("session", shown["session"])
        image, repeat = shown["image"], shown["repeat"]
    return pd.DataFrame({"session": session, "trial": trial, "image": image, "repeat": repeat})


def responses(files: Files, subject: str, names: list[str], regions: list[str]) -> pd.DataFrame:
    """A subject's averages: a text file per region, or one table.

    Parameters
    ----------
    files : dict
        ``responses``, a list of paths.
    names : list of str
        The region of each text file; none where there is one table.
    regions : list of str
        Regions that the configuration lists, which count whatever they hold; none if it asks for
        all.

    Raises
    ------
    StudyError
        If a file cannot be read, or a column cannot be a region's responses.
    """
    paths = files["responses"]
    if names:
        table = read_texts(dict(zip(names, paths, strict=True)))
    else:
        table = read_columns(paths[0], None, regions)
    if not regions:
        require_responses(table, str(Path(paths[0]).parent) if names else paths[0])
    return table
