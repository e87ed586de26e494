"""Read one subject's responses that others have already averaged over regions."""

from pathlib import Path

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.job import job
from response_clusters.nsd_design import presented, read_design
from response_clusters.nsd_layout import TRIALS_PER_SESSION
from response_clusters.tables import write_table

KNOWN = ("trial", "session", "image", "repeat")
"""Columns of a subject's table that are not regions, where it has them."""


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
    columns: dict[str, pd.Series] = {}
    for region, path in files.items():
        try:
            values = pd.read_csv(path, header=None, dtype="float64")
        except FileNotFoundError:
            raise StudyError(
                f"{path}: there is no such file; responses are expected here."
            ) from None
        except ValueError as error:
            raise StudyError(f"{path}: expected one number a line ({error}).") from None
        if values.shape[1] != 1:
            raise StudyError(f"{path}: expected one number a line, found {values.shape[1]}.")
        columns[region] = values[0]
    lengths = {len(column): region for region, column in columns.items()}
    if len(lengths) > 1:
        (a, first), (b, second) = list(lengths.items())[:2]
        raise StudyError(
            f"{Path(files[first]).parent}: {first} has {a} lines, but {second} has {b}; every "
            "region of a subject needs one line per trial."
        )
    return pd.DataFrame(columns)


def read_one(path: str) -> pd.DataFrame:
    """A table with a column per region, and any of trial, session, image and repeat."""
    try:
        if path.endswith(".parquet"):
            return pd.read_parquet(path)
        return pd.read_csv(path, sep="\t" if path.endswith(".tsv") else ",")
    except FileNotFoundError:
        raise StudyError(f"{path}: there is no such file; responses are expected here.") from None
    except (ValueError, OSError) as error:
        raise StudyError(f"{path}: not readable as a table ({error}).") from None


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
        If none of the regions asked for is there, or a column holds something other than numbers.
    """
    found = [str(column) for column in table.columns if column not in KNOWN]
    wanted = found if regions == "all" else list(regions)
    absent = [r for r in wanted if r not in found or table[r].isna().all()]
    if len(absent) == len(wanted):
        raise StudyError(
            f"{where}: none of the regions asked for is there; found {', '.join(found) or 'none'}."
        )
    present = [region for region in wanted if region not in absent]
    try:
        betas = table[present].astype(np.float32)
    except ValueError as error:
        raise StudyError(f"{where}: a column holds something other than numbers ({error}).") from (
            None
        )
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


def trial_columns(table: pd.DataFrame, design: str | None, subject: str) -> pd.DataFrame:
    """The trials table of rows in trial order, by what the table or the design says of them."""
    n = len(table)
    trial = table.get("trial", pd.Series(np.arange(1, n + 1)))
    session = table.get("session", (trial - 1) // TRIALS_PER_SESSION + 1)
    unknown = pd.Series([pd.NA] * n, dtype="Int32")
    image, repeat = table.get("image", unknown), table.get("repeat", unknown)
    if design is not None:
        shown, nth = presented(read_design(design), subject)
        if trial.max() > len(shown) or trial.min() < 1:
            raise StudyError(
                f"{subject}: trial {trial.max()} was never planned; {design} holds "
                f"{len(shown)} trials."
            )
        image, repeat = pd.Series(shown[trial - 1]), pd.Series(nth[trial - 1])
    return pd.DataFrame({"session": session, "trial": trial, "image": image, "repeat": repeat})


if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        output, subject = rule.output, rule.wildcards.subject
        paths = list(source.responses)
        table = (
            read_texts(dict(zip(params["names"], paths, strict=True)))
            if params["names"]
            else read_one(paths[0])
        )
        betas, listing = split_regions(table, params["regions"], str(Path(paths[0]).parent))
        trials = trial_columns(table, source.get("design") or None, subject)
        kept = trials["session"].isin(params["sessions"])
        betas.insert(0, "trial", trials["trial"])
        rule.log.info(
            "%d of %d trials, %d regions", kept.sum(), len(trials), listing["present"].sum()
        )
        write_table(listing, output.regions, "regions")
        write_table(trials[kept], output.trials, "trials")
        write_table(betas[kept], output.means, "betas")
