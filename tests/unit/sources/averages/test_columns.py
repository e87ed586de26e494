"""Columns of averaged responses: read by the names that people give them, or refused by one."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from response_clusters.errors import StudyError
from response_clusters.sources.averages.columns import require_responses
from response_clusters.sources.averages.listing import matching, rows_of
from response_clusters.sources.averages.reading import column_names, read_columns, read_numbers
from response_clusters.sources.averages.table import split_regions

# Names of regions of atlases in use, none of which may be taken for a column of another kind.
ATLASES = """
V1 V1v V1d V2 V3 V3A V3B V3CD V4 V6 V6A V7 V8 hV4 LO1 LO2 LO3 TO1 TO2 VO1 PHC1 IPS0 IPS5 SPL1 FEF
MT MST FST EBA FBA-1 FBA-2 mTL-bodies OFA FFA-1 FFA1 aTL-faces OPA PPA RSC OWFA VWFA-1 mfs-words
ecc0pt5 ecc4+ early midventral midlateral midparietal ventral lateral parietal nsdgeneral
L-hippocampus R_amygdala Left-Cerebral-White-Matter CSF ctx-lh- superiortemporal insula cuneus
precuneus pericalcarine lingual fusiform entorhinal parahippocampal temporalpole
transversetemporal rostralanteriorcingulate isthmuscingulate paracentral postcentral precentral
superiorparietal A1 LBelt MBelt PBelt RI PSL STV TPOJ1 TPOJ2 TPOJ3 PGp PGi PGs PFm PF PFt PFop
PFcm 31pv 31pd d23ab v23ab 7m 7Am 7PL 7Pm 7PC 5mv 5L 5m 4 3a 3b 1 2 6mp 6ma 6d 6v 6r 55b 44 45 47l
IFJa IFJp IFSa IFSp p9-46v a9-46v 46 9-46d 9m 9a 9p 8Ad 8Av 8BL 8BM 8C i6-8 s6-8 SFL SCEF p32pr
24dd 24dv p24pr p24 a24 s32 p32 a32pr d32 10r 10v 10d 10pp a10p p10p OFC 11l 13l pOFC a47r p47r
AVI AAIC MI Ig Pir FOP1 PoI1 PI EC PeEc PreS H ProS PHA1 PHA2 PHA3 TE1a TE1m TE1p TE2a TE2p TF TGd
TGv PHT PH FFC VVC VMV1 PIT PCV Vis_1 SomMot_12 DorsAttn_3 SalVentAttn_2 Limbic_4 Cont_9
Default_22 ERC area35 CA1 CA2 DG SUB thalamus caudate putamen pallidum accumbens brainstem R0 R1
roi_1 image-selective sensory trials-ROI
"""
REGIONS = ATLASES.split()


@pytest.mark.parametrize("kind", ["csv", "tsv", "parquet"])
def test_no_region_of_a_known_atlas_is_taken_for_something_else(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"subj01.{kind}"
    names = list(dict.fromkeys(REGIONS))
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(4, len(names))), columns=names)
    if kind == "parquet":
        table.to_parquet(path)
    else:
        table.to_csv(path, index=False, sep="\t" if kind == "tsv" else ",")
    assert column_names(str(path)) == names
    np.testing.assert_allclose(read_columns(str(path)), table)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("SESSION", "did you mean 'session'"),
        ("TRIAL", "did you mean 'trial'"),
        ("Trial ", "did you mean 'trial'"),
        ("trial_number", "did you mean 'trial'"),
        ("trail", "did you mean 'trial'"),
        ("sesion", "did you mean 'session'"),
        ("stim_id", "did you mean 'image'"),
        ("nsdId", "did you mean 'image'"),
        ("image_id", "did you mean 'image'"),
        ("73KID", "did you mean 'image', which counts from 0"),
        ("image_73k", "did you mean 'image', which counts from 0"),
        ("Trial.No", "did you mean 'trial'"),
        ("session_idx", "did you mean 'session'"),
        ("Repetition", "did you mean 'repeat'"),
        ("subject", "leave it out"),
        ("Subject_ID", "leave it out"),
        ("index", "leave it out"),
        ("level_0", "leave it out"),
        ("level_1", "leave it out"),
        ("run", "leave it out"),
        ("sub-id", "leave it out"),
        ("10KID", "leave it out"),
        ("ISOLDCURRENT", "leave it out"),
        ("subject1_rep0", "leave it out"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_name_that_is_nearly_known_is_refused_with_a_suggestion(
    name: str, says: str, kind: str, tmp_path: Path
) -> None:
    path = tmp_path / f"subj01.{kind}"
    table = pd.DataFrame({name: [1, 2], "V1v": [0.5, 1.5], "EBA": [1.5, 0.25]})
    if kind == "csv":
        table.to_csv(path, index=False)
        name = name.strip()
    else:
        table.to_parquet(path)
    with pytest.raises(StudyError, match=f"there is a column {name!r}; .*{says}"):
        read_columns(str(path))
    with pytest.raises(StudyError, match=says):
        rows_of("", str(path), (), 750)
    assert name in read_columns(str(path), None, [name, "V1v"])
    if "trial" in says or "session" in says:  # which trial it was would be missed
        with pytest.raises(StudyError, match="rename it, or leave it out; did you"):
            read_columns(str(path), None, ["V1v", "EBA"])
    else:
        split_regions(read_columns(str(path), None, ["V1v", "EBA"]), ["V1v", "EBA"], str(path))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([True, False, True, True], "truth values"),
        (["True", "False", "True", "True"], "truth values"),
        ([0, 1, 2, 3], r"whole numbers in sequence \(0, 1"),
        ([4.0, 3.0, 2.0, 1.0], "whole numbers in sequence"),
        ([1, 1, 2, 2], "whole numbers in sequence"),
        ([7, 7, 7, 7], r"the same number throughout \(7\)"),
        ([23.5, 23.5, 23.5, 23.5], r"the same number throughout \(23.5\)"),
        ([0, 1, 1, 0], r"only two different whole numbers \(0 and 1\)"),
        ([2, 0, 3, 1], "each whole number from 0 to 3 once"),
    ],
)
def test_a_column_that_is_no_response_is_refused(values: list[object], says: str) -> None:
    table = pd.DataFrame({"V1v": [0.5, 1.5, 2.0, -1.0], "odd": values})
    with pytest.raises(StudyError, match=f"here: the column 'odd' holds {says}"):
        require_responses(table, "here")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_columns_beside_the_listed_regions_do_no_harm(kind: str, tmp_path: Path) -> None:
    path = str(tmp_path / f"subj01.{kind}")
    numbers = {"V1v": [0.5, 1.5, 2.0], "EBA": [1.0, -2.5, 3.0]}
    if kind == "csv":
        text = "V1v,x,x,,EBA,subject,when\n"
        rows = zip(*numbers.values(), strict=True)
        text += "".join(f"{a},1,a,,{b},s,2020-01-01\n" for a, b in rows)
        Path(path).write_text(text)
    else:
        odd = {"subject": [1, 2, 3], "": ["a", "b", "c"], "when": pd.date_range("2020", periods=3)}
        nested = {"list": [[1.0], [2.0], [3.0]], "run": [{"a": 1}, {"a": 2}, {"a": 3}]}
        columns = {**numbers, **odd, **nested}
        table = pa.table([*columns.values(), [1, 2, 3]], [*columns, "list"])
        pq.write_table(table, path)
    wanted = ["V1v", "EBA"]
    assert rows_of("", path, wanted, 750).sessions == [1]
    betas, _ = split_regions(read_columns(path, None, wanted), wanted, path)
    assert betas.to_dict("list") == numbers


def test_whole_numbers_that_vary_are_responses() -> None:
    table = pd.DataFrame({"V1v": [5, -3, 12, -3], "none": [np.nan] * 4, "trial": [1, 2, 3, 4]})
    require_responses(table, "here")


def test_numbers_of_columns_are_names(tmp_path: Path) -> None:
    path = tmp_path / "subj01.parquet"
    values = np.random.default_rng(0).normal(size=(5, 3))
    pd.DataFrame(values).to_parquet(path)
    table = read_columns(str(path))
    assert list(table.columns) == ["0", "1", "2"]
    betas, listing = split_regions(table, "all", str(path))
    np.testing.assert_array_equal(betas, values.astype(np.float32))
    assert listing["region"].tolist() == ["0", "1", "2"]


def test_every_kind_of_number_is_read_and_nothing_else(tmp_path: Path) -> None:
    path = str(tmp_path / "subj01.parquet")
    numbers = {
        "half": pa.array(np.float16([0.5, 1.5, -2])),
        "double": pa.array([0.5, 1.5, -2.0]),
        "decimal": pa.array([Decimal("0.5"), Decimal("1.5"), Decimal("-2")]),
        "dictionary": pa.array([0.5, 1.5, -2.0]).dictionary_encode(),
        "integer": pa.array([5, -1, 3], pa.int16()),
        "absent": pa.nulls(3),
    }
    pq.write_table(pa.table(numbers), path)
    betas, listing = split_regions(read_columns(path), "all", path)
    for name in ("half", "double", "decimal", "dictionary"):
        assert betas[name].tolist() == [0.5, 1.5, -2.0]
    assert listing.set_index("region")["present"].to_dict()["absent"] is False
    for odd in (
        pa.array(["0.5", "x", "2"]),
        pa.array([[1.0], [2.0], [3.0]]),
        pa.array(pd.date_range("2020", periods=3)),
        pa.array([b"a", b"b", b"c"]),
    ):
        pq.write_table(pa.table(numbers | {"odd": odd}), path)
        with pytest.raises(StudyError, match="region odd is .* in row [12]; expected num"):
            split_regions(read_columns(path), "all", path)


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("trial", pa.array([True, False, True]), "True in row 1"),
        ("session", pa.array([1, 2, 3], pa.date32()), "1970-01-02 in row 1"),
        ("trial", pa.array([1, 2, 3], pa.duration("s")), "0 days 00:00:01 in row 1"),
        ("trial", pa.array([[1], [2], [3]]), r"\[1\] in row 1"),
        ("image", pa.array([1, 2**63 + 1, 3], pa.uint64()), "9223372036854775809 in row 2"),
        ("image", pa.array([0.0, 0.5, 1.0]), "0.5 in row 2"),
        ("repeat", pa.array(["0", "1_0", "2"]), "1_0 in row 2"),
    ],
)
def test_what_numbers_the_rows_is_whole_numbers(
    name: str, values: pa.Array, found: str, tmp_path: Path
) -> None:
    path = str(tmp_path / "subj01.parquet")
    numbers = {"V1v": [0.5, 1.5, -2.0], "EBA": [1.0, 0.25, 3.0]}
    pq.write_table(pa.table(numbers | {name: values}), path)
    with pytest.raises(StudyError, match=f"{name!r} holds {found}; expected whole numbers from"):
        read_columns(path)
    pq.write_table(pa.table(numbers | {name: pa.array([3, 2, 1], pa.uint64())}), path)
    assert read_columns(path)[name].tolist() == [3, 2, 1]


def test_columns_with_names_on_several_levels_are_refused(tmp_path: Path) -> None:
    levels = pd.MultiIndex.from_tuples([("left", "V1v"), ("right", "V1v")])
    pd.DataFrame([[0.5, 1.5]], columns=levels).to_parquet(tmp_path / "subj01.parquet")
    with pytest.raises(StudyError, match="names on several levels, .* join the levels"):
        read_columns(str(tmp_path / "subj01.parquet"))


def text_table(text: str, folder: Path, name: str = "subj01.csv", encoding: str = "utf-8") -> str:
    (folder / name).write_bytes(text.encode(encoding))
    return str(folder / name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\r\n \r\n", "\r\n\r\n\r\n"])
def test_blank_lines_at_the_end_mean_nothing(end: str, encoding: str, tmp_path: Path) -> None:
    path = text_table("V1v,EBA\n1.5,2\n-3,0.25" + end, tmp_path, encoding=encoding)
    assert read_columns(path).to_numpy().tolist() == [[1.5, 2], [-3, 0.25]]
    assert rows_of("", path, (), 750).sessions == [1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("V1v,EBA\n1,2\n\n3,4\n", "line 3 is empty"),
        ("V1v,EBA\n1,2\n3\n", "line 3 has 1 fields, and the header 2 names"),
        ("V1v,EBA\n1,2\n3,4,\n", "line 3 has 3 fields"),
        ("V1v;EBA\n1,5;2\n", "one column with ';' in it"),
        ("V1v\tEBA\n1\t2\n", r"one column with '\\t' in it"),
        ("V1v,EBA\n1_000,2\n3,4\n", "region V1v is '1_000' in row 1"),
        ("V1v,EBA\n٣,2\n3,4\n", "region V1v is '٣' in row 1"),
        ('V1v,EBA\n"1,000",2\n3,4\n', "region V1v is '1,000' in row 1"),
        ("V1v,EBA,\n1,2,\n", "column 3 has no name"),
        (",V1v,EBA\n0,1,2\n", "column 1 has no name"),
        (",0,1\n0,1.5,2\n", "column 1 has no name"),
        ('"V1v","EBA"\n"1",1,2\n', "line 2 has 3 fields, .* begins with the row's name"),
        ('"V1v","EBA"\n1,2\n3\n', "line 3 has 1 fields, and the header 2 names"),
        ('"V1v","EBA"\n1,2\n\n3,4\n', "line 3 is empty"),
        ("0.5,1.5\n2,3\n", "'0.5,1.5', numbers only"),
        ("nan,3\n2,3\n", "'nan,3', numbers only"),
    ],
)
def test_what_is_wrong_with_a_text_is_told_by_its_place(
    text: str, says: str, tmp_path: Path
) -> None:
    path = text_table(text, tmp_path)
    with pytest.raises(StudyError, match=says):
        split_regions(read_columns(path), "all", path)


def test_blanks_before_quoted_fields_mean_nothing(tmp_path: Path) -> None:
    path = text_table('"V1v", "EBA"\n"1.5", "2"\n-3, 0.25\n', tmp_path)
    assert read_columns(path).to_dict("list") == {"V1v": [1.5, -3], "EBA": [2, 0.25]}


@pytest.mark.parametrize("line", ["1_000", "٣", "0x10", "1,5", "1e5x", "--1"])
def test_a_line_that_other_readers_would_not_take_is_no_number(line: str, tmp_path: Path) -> None:
    path = tmp_path / "meanbeta_V1v.txt"
    path.write_text(f"0.5\n{line}\n", "utf-8")
    with pytest.raises(StudyError, match="line 2 holds"):
        read_numbers(path)
    path.write_text("0.5\n-1e-3\nnan\n+2.\n", "utf-8")
    np.testing.assert_array_equal(read_numbers(path), [0.5, -1e-3, np.nan, 2])


def test_a_pattern_is_text_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    root = tmp_path / "a [b] *? 'c'"
    (root / "subj01").mkdir(parents=True)
    for name in ("mean[1]_V1v.txt", "._mean[1]_V1v.txt", "mean1_EBA.txt"):
        (root / "subj01" / name).write_text("1\n")
    (root / "._subj02").mkdir()
    (root / "note.txt").write_text("mine")
    found = matching(str(root), "{subject}/mean[1]_{region}.txt")
    assert found == {"subj01": {"V1v": str(root / "subj01" / "mean[1]_V1v.txt")}}


def test_links_to_nowhere_are_told_with_their_target(tmp_path: Path) -> None:
    (tmp_path / "subj01.csv").symlink_to(".git/annex/objects/x")
    with pytest.raises(
        StudyError, match=r"subj01\.csv: the link leads to \.git/annex.*datalad get"
    ):
        matching(str(tmp_path), "{subject}.csv")


def test_a_locked_folder_is_told_unless_it_is_of_a_subject_that_is_not_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in ("lost+found", "subj01"):
        (tmp_path / subject).mkdir()
        (tmp_path / subject / "betas.csv").write_text("V1v,EBA\n1,2\n2,3\n")
    scan = os.scandir

    def locked(folder: str) -> Any:
        if folder.endswith("lost+found"):
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr(os, "scandir", locked)
    with pytest.raises(StudyError, match=r"lost\+found: the folder cannot be looked into"):
        matching(str(tmp_path), "{subject}/betas.csv")
    assert list(matching(str(tmp_path), "{subject}/betas.csv", ["subj01"])) == ["subj01"]


@pytest.mark.parametrize(
    "text",
    [
        "/annex/objects/MD5E-s12--0123456789abcdef.csv\n",
        "../../.git/annex/objects/Mx/8j/MD5E-s12--0123.csv/MD5E-s12--0123.csv",
        "version https://git-lfs.github.com/spec/v1\noid sha256:01\nsize 12\n",
    ],
)
def test_what_stands_for_a_file_that_was_not_fetched_is_told(text: str, tmp_path: Path) -> None:
    for name in ("subj01.csv", "subj01.parquet", "meanbeta_V1v.txt"):
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(StudyError, match="stands for one that was not fetched; .*git lfs pull"):
            read_numbers(path) if name.endswith("txt") else read_columns(str(path))


def test_a_file_called_like_another_column_is_refused(tmp_path: Path) -> None:
    for region in ("V1v", "EBA", "trial"):
        (tmp_path / f"s1_{region}.txt").write_text("1\n2\n")
    pattern = "{subject}_{region}.txt"
    with pytest.raises(StudyError, match=r"s1_trial\.txt: .* the region 'trial', .* rename the fi"):
        matching(str(tmp_path), pattern)
    assert list(matching(str(tmp_path), pattern, (), ["V1v", "EBA"])["s1"]) == ["EBA", "V1v"]


@pytest.mark.parametrize(
    "name", ["...csv", "{x}.csv", "<script>.csv", "x" * 120 + ".csv", "-a.csv"]
)
def test_a_file_that_names_no_subject_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("V1v,EBA\n1,2\n")
    if name.startswith("."):
        assert matching(str(tmp_path), "{subject}.csv") == {}
        return
    with pytest.raises(StudyError, match="is no name for a subject; expected up to 100 letters"):
        matching(str(tmp_path), "{subject}.csv")


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = bytes(tmp_path) + b"/subj\xff.csv"
    with open(path, "w") as file:
        file.write("V1v,EBA\n1,2\n")
    with pytest.raises(StudyError, match=r"'subj\\udcff' is no name for a subject"):
        matching(str(tmp_path), "{subject}.csv")
