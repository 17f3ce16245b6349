"""What does not fit the mapping is told every night until the records are read without it, and not longer."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kaa_bridge.store.connection import Connection
from kaa_bridge.store.sql import run
from kaa_bridge.testing.population.large import LARGE_AS_OF
from tests.sync.register import connection, pulled, record

__all__ = ["connection"]

SOUND = [record(key, 0) for key in range(12)]
NUMBER = msgspec.json.decode(SOUND[0])["civicNo"]["value"]
NEW_CODE = ("unknown_code", "securityMarking")
MISSING = ("missing", "securityMarking")


def otherwise(key: int, version: int = 0, **fields: Any) -> bytes:
    """Return a record whose fields are replaced; ``None`` takes one away."""
    person = msgspec.json.decode(record(key, version)) | fields
    return msgspec.json.encode({name: value for name, value in person.items() if value is not None})


def coded(key: int, version: int = 0) -> bytes:
    return otherwise(key, version, securityMarking="Skyddad")


def renamed(key: int, version: int = 0) -> bytes:
    return otherwise(key, version, securityMarking=None, marking="Ingen")


def test_a_new_code_is_told_on_nights_without_change_until_it_is_gone(connection: Connection) -> None:
    assert pulled(connection, SOUND, 0).misfits == {}
    struck = [coded(0), coded(1), *SOUND[2:]]
    assert pulled(connection, struck, 1).misfits == {NEW_CODE: 2}
    quiet = pulled(connection, struck, 2)
    assert (quiet.unchanged, quiet.findings, quiet.misfits) == (12, {}, {NEW_CODE: 2})
    assert pulled(connection, [SOUND[0], *struck[1:]], 3).misfits == {NEW_CODE: 1}
    assert pulled(connection, SOUND, 4).misfits == {}


def test_a_record_that_changes_and_keeps_the_code_counts_once(connection: Connection) -> None:
    for night in range(3):
        assert pulled(connection, [coded(0, night), *SOUND[1:]], night).misfits == {NEW_CODE: 1}


def test_it_goes_with_the_record(connection: Connection) -> None:
    pulled(connection, [coded(0), *SOUND[1:]], 0)
    gone = pulled(connection, SOUND[1:], 1)
    assert (gone.gone, gone.misfits) == (1, {})
    assert pulled(connection, [coded(0), *SOUND[1:]], 2).misfits == {NEW_CODE: 1}


def test_a_pull_of_changes_tells_it_of_records_that_it_does_not_bring(connection: Connection) -> None:
    pulled(connection, [coded(0), *SOUND[1:]], 0)
    assert pulled(connection, [], 1, whole=False).misfits == {NEW_CODE: 1}
    assert pulled(connection, [record(3, 1)], 2, whole=False).misfits == {NEW_CODE: 1}
    assert pulled(connection, [record(0, 1)], 3, whole=False).misfits == {}


def test_a_record_that_is_set_aside_later_stays_as_it_was(connection: Connection) -> None:
    pulled(connection, [coded(0), *SOUND[1:]], 0)
    unreadable = otherwise(0, securityMarking="Skyddad", civicNo={"value": "1"})
    found = pulled(connection, [unreadable, *SOUND[1:]], 1)
    assert (found.quarantine_count, found.misfits) == (1, {NEW_CODE: 1})


@pytest.mark.parametrize(("count", "told"), [(12, True), (7, True), (6, False)])
def test_a_value_missing_in_most_records_that_are_read_is_the_mapping(
    connection: Connection, count: int, told: bool
) -> None:
    register = [*map(renamed, range(count)), *SOUND[count:]]
    for night in range(2):
        assert pulled(connection, register, night).misfits == ({MISSING: count} if told else {})


def test_a_few_records_that_miss_a_value_are_no_matter_of_the_mapping(connection: Connection) -> None:
    pulled(connection, SOUND, 0)
    assert pulled(connection, [*map(renamed, range(4)), *SOUND[4:]], 1).misfits == {}


def test_a_renamed_field_goes_on_with_the_records_that_come_later_and_heals(connection: Connection) -> None:
    pulled(connection, SOUND, 0)
    assert pulled(connection, [*map(renamed, range(6))], 1, whole=False).misfits == {MISSING: 6}
    assert pulled(connection, [renamed(0, 1), renamed(6), record(7, 1)], 2, whole=False).misfits == {MISSING: 7}
    assert pulled(connection, [record(key, 2) for key in range(3)], 3, whole=False).misfits == {}, "four are left"


def test_an_absence_that_is_not_kept_is_told_while_it_comes(connection: Connection, tmp_path: Path) -> None:
    text = (files("kaa_mappings") / "sources" / "absences_file.toml").read_text(encoding="utf-8")
    mapping = tmp_path / "absences.toml"
    mapping.write_text(text.replace('codes = "orsak" }', 'codes = "orsak", unknown = "unknown" }'), encoding="utf-8")
    row = msgspec.json.encode({"Personnummer": NUMBER, "FranvarandeFran": LARGE_AS_OF.isoformat(), "Orsak": "NY"})
    for night in range(2):
        found = pulled(connection, [row], night, mapping=str(mapping))
        assert (found.new, found.misfits) == (0, {("unknown_code", "Orsak"): 1})
        assert run(connection, "SELECT count(*) AS rows FROM finding").all()[0].rows == 0, (
            "nothing is kept of the pupil"
        )
    assert pulled(connection, [], 2, mapping=str(mapping)).misfits == {}
