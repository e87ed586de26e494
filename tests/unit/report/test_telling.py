"""What a terminal shows of a finished study."""

from pathlib import Path

import pytest
from response_clusters import StudyError
from response_clusters.records import write_record
from response_clusters.report.telling import told


def test_sentences_warnings_and_the_page(tmp_path: Path) -> None:
    warnings = [{"about": "voxels", "text": "word " * 30 + "end."}]
    record = {"study": "small", "sentences": ["A.", "B.", "C."], "note": ""}
    write_record({**record, "warnings": warnings}, tmp_path / "summary.json", "summary")
    lines = told(str(tmp_path)).splitlines()
    assert lines[:4] == ["A.", "B.", "C.", "1 warning:"]
    assert lines[4].startswith("- voxels: word") and lines[5].startswith("  word")
    assert lines[-1] == f"Open {tmp_path}/README.md"
    (tmp_path / "report.html").touch()
    assert told(str(tmp_path)).endswith(f"Open {tmp_path}/report.html")
    write_record({**record, "warnings": []}, tmp_path / "summary.json", "summary")
    assert "warning:" not in told(str(tmp_path))


def test_without_a_summary_it_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="summary.json: there is no such file"):
        told(str(tmp_path))
