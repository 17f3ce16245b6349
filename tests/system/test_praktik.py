"""The list of allowance during praktik, from an attendance file to what a coordinator reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli

RATES = """\
format = "kaa-praktik/1"
[[rule]]
municipality = "2303"
name = "Ragunda"
unit = "day"
excludes = ["CSN"]
text = "Matersättning efter närvaro."
source = "Kommunens beslut"
[[rule.amount]]
kronor = "40"
"""
COLUMNS = ("Ungdom", "Datum", "Timmar", "CSN")


@pytest.fixture
def handles(world: World, night: Cli, cli: Cli) -> tuple[str, str]:
    """The handles of a plain and of a protected youth, after a night."""
    night()
    (world.folder / "taxa.toml").write_text(RATES, encoding="utf-8")
    rows = cli("worklist", "--json", "--as-of", str(AS_OF)).data["rows"]
    plain = next(row["handle"] for row in rows if row["action"] != "protected_routine")
    return plain, next(row["handle"] for row in rows if row["action"] == "protected_routine")


def attendance(folder: Path, form: str, rows: Sequence[tuple[str, ...]]) -> Path:
    path = folder / f"narvaro.{form}"
    if form == "xlsx":
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([COLUMNS, *rows]):
                sheet.write_row(number, 0, row)
                if number:
                    sheet.write_number(number, 2, float(row[2].replace(",", ".")))
        return path
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([COLUMNS, *rows])
    return path


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_attendance_becomes_an_amount_and_the_protected_are_left_out(
    world: World, cli: Cli, handles: tuple[str, str], form: str
) -> None:
    plain, protected = handles
    day = AS_OF.replace(day=1).isoformat()
    rows = [(plain, day, "6,5", "nej"), (protected, day, "6", "nej"), ("U-NOBODY", day, "6", "nej")]
    path = attendance(world.folder, form, rows)
    asked = ("table", "praktik_allowance", "--input", str(path), "--as-of", str(AS_OF))
    made = cli(*asked, "--settings", str(world.folder / "taxa.toml"), "--json")
    assert made.code == 6, "rows were left out: somebody must look"
    assert [(one["Ungdom"], one["Närvaro"], one["Belopp (kr)"]) for one in made.data] == [
        (plain, "6,5 timmar, 1 dag", "40,00")
    ]
    assert "1 rows of protected youths were left out" in made.err
    assert "row 4" in made.err
    assert protected not in made.out + made.err
    bare = cli(*asked)
    assert bare.code == 3
    assert "has no amount" in bare.err
    assert "--settings" in bare.err


def test_the_list_is_written_for_its_owner_only(world: World, cli: Cli, handles: tuple[str, str]) -> None:
    path = attendance(world.folder, "csv", [(handles[0], AS_OF.replace(day=1).isoformat(), "6", "nej")])
    made = world.folder / "underlag.csv"
    settings = ("--settings", str(world.folder / "taxa.toml"))
    asked = ("table", "praktik_allowance", "--input", str(path), "--as-of", str(AS_OF))
    done = cli(*asked, *settings, "--format", "csv", "--output", str(made))
    assert done.code == 0, done.err
    assert made.stat().st_mode & 0o777 == 0o600
    header, line = csv.reader(io.StringIO(made.read_text("utf-8-sig")), delimiter=";")
    assert dict(zip(header, line, strict=True))["Regel"] == "Ragunda: Matersättning efter närvaro."


def test_a_list_asked_for_in_the_other_way_says_how(world: World, cli: Cli, handles: tuple[str, str]) -> None:
    bare = cli("table", "praktik_allowance")
    assert bare.code == 2
    assert "Add --input FILE." in " ".join(bare.err.split())
    alone = cli("table", "norrkoping_social_services", "--settings", str(world.folder / "taxa.toml"))
    assert (alone.code, "Add --input" in " ".join(alone.err.split())) == (2, True)
    path = attendance(world.folder, "csv", [])
    other = cli("table", "norrkoping_social_services", "--input", str(path))
    assert other.code == 2
    assert "Leave out --input" in " ".join(other.err.split())


@pytest.mark.parametrize(
    ("name", "text", "code", "said"),
    [
        ("a.csv", "Namn;Datum\r\n", 2, "Ungdom"),
        ("b.xlsx", "no workbook", 2, "workbook"),
        ("saknas.csv", None, 2, "saknas.csv"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_plain_words(
    world: World, cli: Cli, handles: tuple[str, str], name: str, text: str | None, code: int, said: str
) -> None:
    path = world.folder / name
    if text is not None:
        path.write_text(text, encoding="utf-8")
    refused = cli("table", "praktik_allowance", "--input", str(path))
    assert refused.code == code
    assert said in refused.err
