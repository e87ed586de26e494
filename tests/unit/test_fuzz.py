"""Damaged and odd files end in their numbers or in one sentence; `make fuzz` tries 10,000."""

import pytest

from tests.fuzz.readers import READERS, Reader
from tests.fuzz.run import fuzz

CASES = 27  # of each reader: 500 in all


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_no_reader_is_misled(reader: Reader) -> None:
    counts, failures = fuzz(reader, range(CASES), 0)
    assert counts.total() == CASES
    assert counts["refused"] > 0
    assert not failures, "\n".join(failures)
