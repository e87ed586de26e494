"""Stimuli, labels and pictures of datasets that have none of NSD's files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from response_clusters import StudyError
from response_clusters.images.labels import image_table, listed_labels
from response_clusters.images.pictures import read_pictures
from response_clusters.images.stimuli import stimulus_table
from response_clusters.sources.registry import open_source, stimulus_reader
from response_clusters.sources.stimuli import stimuli
from response_clusters.tables import read_table, write_table


def table(path: Path, text: str) -> dict[str, str]:
    path.write_text(text, "utf-8")
    return {"stimuli": str(path)}


def test_a_stimulus_table_needs_images_only(tmp_path: Path) -> None:
    rows = stimulus_table(stimuli(table(tmp_path / "s.csv", "image\nNA\n007\n")))
    assert rows["image"].tolist() == ["NA", "007"]
    assert rows["coco_id"].isna().all() and (rows["crop_top"] == 0).all()
    write_table(rows, tmp_path / "stimuli.parquet", "stimuli")
    pd.testing.assert_frame_equal(read_table(tmp_path / "stimuli.parquet", "stimuli"), rows)


def test_what_a_stimulus_table_knows_is_kept(tmp_path: Path) -> None:
    text = "image\tpicture\tcoco_id\tcrop_left\n4\ta.jpg\t17\t0.25\n2\t\t\t\n"
    rows = stimulus_table(stimuli(table(tmp_path / "s.tsv", text)))
    assert rows["image"].tolist() == [4, 2]
    assert rows["picture"].tolist()[0] == "a.jpg" and rows["picture"].isna().tolist()[1]
    assert rows["coco_id"].tolist()[0] == 17 and rows["crop_left"].tolist() == [0.25, 0]
    parquet = tmp_path / "s.parquet"
    rows.to_parquet(parquet)
    pd.testing.assert_frame_equal(stimulus_table(stimuli({"stimuli": str(parquet)})), rows)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("picture\na.jpg\n", "no column 'image', found picture"),
        ("image,picture\na,1\n,2\n", "row 2 names no image"),
        ("image\na\na\n", "image a is there twice"),
        ("image,coco_id\na,x\n", "'coco_id' holds x in row 1"),
        ("image,crop_top\na,1.5\n", "crop_top is 1.5 in row 1"),
        ("image,picture\na,b.jpg,c\n", "line 2 has 3 fields, the header 2"),
        ("image,crop_top,crop_bottom\na,.5,.5\n", "leave nothing of an image"),
        ("", "the file is empty"),
    ],
)
def test_what_is_wrong_with_a_stimulus_table_is_told(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=told):
        stimuli(table(tmp_path / "s.csv", text))


def test_a_stimulus_table_is_known_by_its_header(tmp_path: Path) -> None:
    for text, reader in (("image,picture\n", "sources.stimuli"), (",cocoId,nsdId\n", "nsd.tables")):
        (tmp_path / "s.csv").write_text(text)
        assert reader in stimulus_reader(str(tmp_path / "s.csv"))


LABELS = "image,category,supercategory,instances,area\na,sea,place,2,.5\na,sea,place,1,.25\nb,,,,\n"


def test_labels_are_added_up_and_cover_their_images(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(LABELS)
    known = stimulus_table(pd.DataFrame({"image": ["a", "b", "c"]}))
    rows, labels = listed_labels(known, str(tmp_path / "l.csv"))
    assert labels.table[["image", "category", "instances", "area"]].to_numpy().tolist() == [
        ["a", "sea", 3, 0.75]
    ]
    assert labels.covered.tolist() == [True, True, False]
    images = image_table(rows, labels.covered, labels.table)
    assert images["instances"].tolist() == [3, 0, 0]
    write_table(labels.table, tmp_path / "labels.parquet", "labels")
    write_table(images, tmp_path / "images.parquet", "images")
    write_table(labels.categories, tmp_path / "categories.tsv", "categories")


def test_without_stimuli_the_labels_say_which_images_there_are(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("image,category\n3,sea\n5,sky\n")
    rows, labels = listed_labels(None, str(tmp_path / "l.csv"))
    assert rows["image"].tolist() == [3, 5] and labels.covered.all()
    assert labels.table["supercategory"].tolist() == ["sea", "sky"]
    assert labels.table["area"].isna().all()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("image,label\na,sea\n", "no column 'category'"),
        ("image,category\n,sea\n", "row 1 names no image"),
        ("image,category\nx,sea\n", "of no image of the stimulus table"),
        ("image,category,instances\na,sea,0\n", "'instances' holds 0 in row 1"),
        ("image,category,area\na,sea,2\n", "area is 2 in row 1"),
        ("image,category\na,sea,sky\n", "line 2 has 3 fields, the header 2"),
        ("image,category,supercategory\na,sea,x\na,sea,y\n", "'sea' has the supercategories x, y"),
    ],
)
def test_what_is_wrong_with_a_table_of_labels_is_told(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(text)
    with pytest.raises(StudyError, match=told):
        listed_labels(stimulus_table(pd.DataFrame({"image": ["a"]})), str(tmp_path / "l.csv"))


def test_pictures_of_a_folder_are_found_by_table_or_by_name(tmp_path: Path) -> None:
    grey = np.full((40, 60, 3), 90, np.uint8)
    grey[:, :10] = grey[:, 50:] = 255  # outside of the square in the middle
    Image.fromarray(grey).save(tmp_path / "first.png")
    Image.fromarray(grey[:, 10:50]).convert("L").save(tmp_path / "b.JPEG")
    (tmp_path / "._b.png").write_bytes(b"what other systems leave behind")
    shown = pd.DataFrame({"image": ["a", "b"]})
    known = stimulus_table(pd.DataFrame({"image": ["a", "b"], "picture": ["first.png", None]}))
    pictures = read_pictures(str(tmp_path), shown, 8, known)
    assert {image: pixels.shape for image, pixels in pictures.items()} == dict.fromkeys(
        "ab", (8, 8, 3)
    )
    assert abs(pictures["a"].astype(int) - 90).max() <= 1
    with pytest.raises(StudyError, match="there is no picture 'c' of image c"):
        read_pictures(str(tmp_path), pd.DataFrame({"image": ["c"]}), 8)
    (tmp_path / "c.png").write_bytes(b"no picture")
    with pytest.raises(StudyError, match="damaged or no picture"):
        read_pictures(str(tmp_path), pd.DataFrame({"image": ["c"]}), 8)


def test_the_sources_are_found_by_name() -> None:
    assert open_source("nsd").kind == "voxels"
    assert open_source("regions").kind == "averages"
    assert open_source("simulated").rules == ("simulated",)
    with pytest.raises(StudyError, match="'nds'; expected one of .* did you mean 'nsd'"):
        open_source("nds")
    with pytest.raises(StudyError, match="loading it failed"):
        open_source("json:nothing")
    with pytest.raises(StudyError, match="which is no subclass of"):
        open_source("json:JSONDecoder")
