"""Mapping files are read strictly: every mistake is refused, with file, line and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.mapping import bundled_mappings, load_mapping

GOOD = """\
[mapping]
name = "x"
version = "1"
status = "profile"
format = "json"

[profile]
anything = { at = ["all"] }

[record]
key = "id"

[facts]
number = "civicNo"
protection = { path = "mark", codes = "marks" }

[[facts.placements]]
school_form = { path = "form", codes = "ss12000_school_types" }
start = "from"

[[facts.placements]]
each = "more"
school_form = { const = "GY" }
end = "to"

[codes.marks]
J = "sekretessmarkering"
N = "none"

[assert]
min = 10
share_of_yesterday = 0.5

[ignore]
paths = ["meta"]
"""


def load(folder: Path, text: str) -> str:
    """Return the message with which a file is refused, or an empty text."""
    path = folder / "m.toml"
    path.write_text(text, encoding="utf-8")
    try:
        load_mapping("m.toml", base_dir=str(folder))
    except ConfigurationInvalid as refused:
        return refused.message if refused.exit_code == 3 and refused.remedy else "without exit code and remedy"
    return ""


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD) == ""
    file = load_mapping("m.toml", base_dir=str(tmp_path))
    assert (file.name, file.version, file.status, file.format) == ("x", "1", "profile", "json")
    assert file.profile == {"anything": {"at": ["all"]}}
    assert (file.assertions.min, file.assertions.max, file.assertions.share_of_yesterday) == (10, None, 0.5)
    assert len(file.fingerprint) == 16


@pytest.mark.parametrize(
    ("old", "new", "place", "word"),
    [
        ('key = "id"', 'key = "id"\nkeys = "x"', "line 12, record.keys", "not permitted"),
        ('version = "1"', "version = 1", "line 3, mapping.version", "string"),
        ('status = "profile"', 'status = "guess"', "line 4, mapping.status", "official"),
        ('name = "x"', 'name = "X 1"', "line 2, mapping.name", "small letters"),
        ('number = "civicNo"', 'number = "civicNo["', "line 14, facts.number", "path"),
        ('number = "civicNo"', 'numbers = "civicNo"', "line 14, facts.numbers", "not permitted"),
        (
            'number = "civicNo"',
            'number = { path = "c", convert = "pnr" }',
            "line 14, facts.number.convert",
            "converter",
        ),
        (
            'number = "civicNo"',
            'number = { path = "c", convert = "date" }',
            "line 14, facts.number.convert",
            "gives date",
        ),
        ('number = "civicNo"', 'number = { path = "c", unknown = "unknown" }', "line 14", "only 'quarantine' is safe"),
        ('number = "civicNo"', 'number = { const = "x" }', "line 14", "must come from the record"),
        ('number = "civicNo"', "number = { required = true }", "line 14, facts.number", "exactly one of"),
        ('codes = "marks"', 'codes = "markers"', "line 15, facts.protection.0.codes", "no table"),
        ('codes = "marks"', 'codes = "marks", unknown = "quarantine"', "line 15", "only 'unknown' is safe"),
        ('codes = "marks"', 'codes = "marks", default = "none"', "line 15", "must stay visible"),
        ('codes = "marks"', 'codes = "ss12000_person_status"', "line 15", "is for 'life_status'"),
        (', codes = "marks"', "", "line 15", "add 'codes'"),
        ('N = "none"', 'N = "ingen"', "line 15", "gives 'ingen'"),
        ('N = "none"', 'N = ""', "line 15", "gives ''"),
        ('N = "none"', 'use = "no_such"', "line 28, codes.marks.use", "no bundled code table"),
        ('N = "none"', "N = false", "line 28, codes.marks.N", "string"),
        ('{ const = "GY" }', '{ const = "GYM" }', "line 23, facts.placements.1.school_form.const", "the words of this"),
        ('end = "to"', 'end = { path = "to", unknown = "unknown" }', "line 24, facts.placements.1.end", "quarantine"),
        ('school_form = { const = "GY" }', "", "line 21, facts.placements.1", "'school_form' is missing"),
        ("min = 10", "min = -1", "line 31, assert.min", "greater"),
        ("share_of_yesterday = 0.5", "share_of_yesterday = 5.0", "line 32, assert.share_of_yesterday", "less"),
        ('paths = ["meta"]', 'paths = ["meta//x"]', "line 35, ignore.paths", "path"),
        ("[assert]", "[asserts]", "line 30, asserts", "not permitted"),
        ('key = "id"', 'key = { const = "1" }', "line 11, record.key", "cannot be constant"),
    ],
)
def test_a_mistake_is_refused_with_its_line_and_place(
    tmp_path: Path, old: str, new: str, place: str, word: str
) -> None:
    assert old in GOOD
    message = load(tmp_path, GOOD.replace(old, new, 1))
    assert place in message
    assert word in message


def test_text_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    assert "line 2" in load(tmp_path, "[mapping]\nname = \n")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match="mapping_missing"):
        load_mapping("nowhere.toml", base_dir=str(tmp_path))
    with pytest.raises(ConfigurationInvalid, match="ist_ss12000"):
        load_mapping("no_such_bundled")


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    prints = set()
    for text in (GOOD, GOOD.replace("min = 10", "min = 11"), GOOD.replace('"more"', '"most"')):
        assert load(tmp_path, text) == ""
        prints.add(load_mapping("m.toml", base_dir=str(tmp_path)).fingerprint)
    assert len(prints) == 3
    assert load(tmp_path, GOOD) == ""
    assert load_mapping("m.toml", base_dir=str(tmp_path)).fingerprint in prints


@pytest.mark.parametrize("name", bundled_mappings())
def test_every_bundled_mapping_is_sound_and_named_as_its_file(name: str) -> None:
    file = load_mapping(name)
    assert file.name == name
    assert file.note


ABSENCES = """\

[[facts.absences]]
start = "gone"
"""


def test_absences_are_read_from_a_source_of_their_own(tmp_path: Path) -> None:
    """Their records are forgotten whole, so what stood beside them would be lost."""
    mixed = GOOD.replace("\n[codes.marks]", ABSENCES + "\n[codes.marks]")
    (tmp_path / "m.toml").write_text(mixed, encoding="utf-8")
    with pytest.raises(ConfigurationInvalid) as caught:
        load_mapping("m.toml", base_dir=str(tmp_path))
    assert "facts.protection" in caught.value.message
    assert "make it a source of its own" in caught.value.message
    alone = GOOD[: GOOD.index("protection =")] + ABSENCES
    (tmp_path / "m.toml").write_text(alone, encoding="utf-8")
    assert load_mapping("m.toml", base_dir=str(tmp_path)).facts.absences
