"""A layout is data: the placeholder is plainly ours, SCB's own is loaded by a person, and a fault names its line."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.report.period import Period
from kaa_bridge.report.scb import load
from kaa_bridge.report.scb.load import layout_for, parse_layout, placeholder_text, read_layout
from kaa_bridge.report.scb.model import PLACEHOLDER_MARK, scb_schema
from tests.report.scb.people import PERIOD, official_text

PLACEHOLDER = placeholder_text().decode()


def test_nothing_of_the_placeholder_can_be_taken_for_scbs() -> None:
    found = parse_layout(placeholder_text(), "placeholder.toml")
    assert not found.is_official
    assert found.layout.period == "any"
    assert all(column.name.startswith("kaa_") for block in found.layout.blocks for column in block.columns)
    codes = [code for words in found.layout.codes.values() for code in words.values()]
    missing = [column.missing for block in found.layout.blocks for column in block.columns if column.missing]
    assert all(code.startswith(PLACEHOLDER_MARK) for code in codes + missing)
    assert "UNOFFICIAL PLACEHOLDER: load SCB's own for the period" in PLACEHOLDER


def test_the_schema_describes_it() -> None:
    document = json.loads(json.dumps(tomllib.loads(PLACEHOLDER)))
    jsonschema.validate(document, scb_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "period": "2026"}, scb_schema())


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


FAULTS = {
    "unknown key": ("header = true", "header = true\nfooter = true", "footer", "file.footer"),
    "source": ('source = "registered_on"', 'source = "weather"', 'source = "weather"', "blocks[0].columns[4].source"),
    "block": ('source = "contact_on"', 'source = "ended_on"', 'source = "ended_on"', "blocks[1].columns[2].source"),
    "no codes": ('codes = "channel"\n', "", 'source = "contact_channel"', "blocks[1].columns[3].source"),
    "code list": ('codes = "channel"', 'codes = "chanel"', 'codes = "chanel"', "blocks[1].columns[3].codes"),
    "word": ('phone = "KAA-TELEFON"', 'fon = "KAA-TELEFON"', "fon =", "codes.channel.fon"),
    "twice": ('block = "contacts"\ntitle', 'block = "identity"\ntitle', 'block = "identity"', "blocks[0].block"),
    "check": ('check = "one_spell"', 'check = "no_rain"', 'check = "no_rain"', "checks[9].check"),
    "asks": ('field = "contact_on"\n', "", 'check = "date_order"', "checks[3].check"),
    "not a date": ('field = "contact_on"', 'field = "contact_channel"', 'field = "contact_channel"', "checks[3].field"),
    "every line": (
        'source = "contact_on"',
        'every_line = true # moved\nsource = "contact_on"',
        "every_line = true # moved",
        "blocks[1].columns[2].every_line",
    ),
    "official any": ('status = "unofficial_placeholder"', 'status = "official"', 'status = "official"', "status"),
    "toml": ("[file]", "[file", "[file", ""),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_names_file_line_and_path(name: str) -> None:
    old, new, place, path = FAULTS[name]
    assert old in PLACEHOLDER
    text = PLACEHOLDER.replace(old, new, 1)
    with pytest.raises(ConfigurationInvalid, match="scb_layout_invalid") as refused:
        parse_layout(text.encode(), "2026H1.toml")
    assert f"2026H1.toml, line {line_of(text, place)}," in refused.value.message
    assert not path or f" at {path}: " in refused.value.message
    assert refused.value.remedy.endswith("'kaa-bridge report layout check 2026H1.toml'.")


def test_a_code_must_fit_the_letters_of_the_file() -> None:
    text = PLACEHOLDER.replace('encoding = "utf-8-sig"', 'encoding = "iso-8859-1"')
    parse_layout(text.encode(), "x.toml")
    with pytest.raises(ConfigurationInvalid, match=r"codes\.channel\.phone: the code holds a letter"):
        parse_layout(text.replace("KAA-TELEFON", "KAA-☎").encode(), "x.toml")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("TEST-SYV", "KAA-SYV"), r"codes.measure.studie- och yrkesvägledning: codes with KAA- .* never SCB's"),
        (('missing = "TEST-SAKNAS"', 'missing = "KAA-SAKNAS"'), r"\.missing: codes with KAA- .* never SCB's"),
        (("test_block", "kaa_block"), r"blocks\[0\]\.columns\[0\]\.name: columns with kaa_ .* never SCB's"),
        (('period = "2109H1"', 'period = "any"'), "for one half-year"),
        (('loaded_by = "testet"\n', ""), "official.loaded_by"),
    ],
)
def test_official_is_said_by_a_person_for_one_half_year_and_never_with_our_codes(
    change: tuple[str, str], problem: str
) -> None:
    assert parse_layout(official_text().encode(), "x.toml").is_official
    with pytest.raises(ConfigurationInvalid, match=problem):
        parse_layout(official_text().replace(*change).encode(), "x.toml")


def test_the_one_for_the_half_year_is_taken_else_the_placeholder(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(official_text("2109H1"), "utf-8")
    (tmp_path / "b.toml").write_text(official_text("2109H2"), "utf-8")
    own = ("a.toml", "b.toml")
    assert layout_for(PERIOD, own, tmp_path).name == "a.toml"
    assert layout_for(Period(2109, 2), own, tmp_path).name == "b.toml"
    assert not layout_for(Period(2110, 1), own, tmp_path).is_official
    with pytest.raises(ConfigurationInvalid, match=r"a.toml and a.toml are both for 2109H1"):
        layout_for(PERIOD, ("a.toml", "a.toml"), tmp_path)


def test_what_is_shipped_for_a_half_year_goes_before_the_placeholder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scb").mkdir()
    (tmp_path / "scb" / "placeholder.toml").write_text(PLACEHOLDER, "utf-8")
    (tmp_path / "scb" / "2109H1.toml").write_text(official_text(), "utf-8")
    monkeypatch.setattr(load, "files", lambda _package: tmp_path)
    assert layout_for(PERIOD, (), tmp_path).name == "2109H1.toml"
    assert layout_for(Period(2109, 2), (), tmp_path).name == "placeholder.toml"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match="scb_layout_unreadable"):
        read_layout("none.toml", tmp_path)
    (tmp_path / "latin.toml").write_bytes("# å".encode("latin-1"))
    with pytest.raises(ConfigurationInvalid, match="line 1, is refused: it is not UTF-8"):
        read_layout("latin.toml", tmp_path)
    (tmp_path / "long.toml").write_text("\n" + "a" * 5000, "utf-8")
    with pytest.raises(ConfigurationInvalid, match="line 2, is refused: the line is longer"):
        read_layout("long.toml", tmp_path)
