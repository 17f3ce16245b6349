"""The praktik plugin: the rules as their documents tell them, and attendance that cannot be used."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from kaa_bridge.contract import HandedFile, HandedRow
from kaa_bridge.errors import ConfigurationInvalid, InputRefused
from kaa_bridge.host import load_plugins
from kaa_plugin_praktik import praktik_allowance
from kaa_plugin_praktik.rates import load_rates
from kaa_plugin_praktik.table import HEADER

PLUGIN = EntryPoint(name="praktik", value="kaa_plugin_praktik", group="kaa_bridge")
AS_OF = date(2026, 6, 30)
RAGUNDA: dict[str, Any] = {
    "format": "kaa-praktik/1",
    "rule": [
        {
            "municipality": "2303",
            "name": "Ragunda",
            "unit": "day",
            "excludes": ["CSN"],
            "text": "Matersättning.",
            "source": "Test",
            "amount": [{"kronor": "40"}, {"kronor": "45.50", "from": date(2026, 5, 1)}],
        }
    ],
}


def handed(*rows: tuple[str, ...], columns: tuple[str, ...] = ("Ungdom", "Datum", "Timmar"), **more: Any) -> HandedFile:
    named = [HandedRow(number, row[0], dict(zip(columns, row, strict=True))) for number, row in enumerate(rows, 2)]
    given = {"settings": None, "municipality": "1488", "as_of": AS_OF, **more}
    return HandedFile(columns=columns, rows=named, **given)


def lines(file: HandedFile) -> list[dict[str, str]]:
    header, *rows = praktik_allowance(file)
    assert tuple(header) == HEADER
    return [dict(zip(header, row, strict=True)) for row in rows]


def may(hours: str, days: int) -> list[tuple[str, ...]]:
    """Return so many of May 2026's working days (four weeks and a Friday, less the 1st and the 14th) attended."""
    found = [day for day in range(1, 30) if date(2026, 5, day).weekday() < 5 and day not in (1, 14)]
    return [("U-A", f"2026-05-{day:02}", hours) for day in found[:days]]


def test_the_plugin_adds_its_table() -> None:
    (status,) = load_plugins(found=[PLUGIN]).plugins
    assert (status.error, status.adds) == ("", {"kaa_file_tables": ("praktik_allowance",)})


@pytest.mark.parametrize(
    ("hours", "days", "kronor", "share"),
    [
        ("6", 19, "1050,00", "114 av 114 timmar (19 arbetsdagar, 30 timmar i veckan) är 100 %"),
        ("3", 19, "525,00", "57 av 114 timmar (19 arbetsdagar, 30 timmar i veckan) är 50 %"),
        ("8", 19, "1050,00", "152 av 114 timmar (19 arbetsdagar, 30 timmar i veckan) är 100 %"),
        ("4,5", 1, "41,45", "4,5 av 114 timmar (19 arbetsdagar, 30 timmar i veckan) är 3,95 %"),
    ],
)
def test_trollhattan_pays_full_time_and_less_in_proportion(hours: str, days: int, kronor: str, share: str) -> None:
    (line,) = lines(handed(*may(hours, days)))
    assert (line["Månad"], line["Belopp (kr)"], line["Läge"]) == ("2026-05", kronor, "Underlag")
    assert line["Uträkning"] == f"{share} av 1050,00 kr."
    assert "Heltid är 30 timmar i veckan" in line["Regel"]
    assert "1 050 kr" in line["Källa"]


def test_ragunda_pays_for_each_day_the_amount_that_holds_in_the_month() -> None:
    columns = ("Ungdom", "Datum", "Timmar", "CSN")
    rows = [
        ("U-A", "2026-04-29", "6", "nej"),
        ("U-A", "2026-05-04", "6", "Nej"),
        ("U-A", "2026-05-05", "0", "nej"),
        ("U-A", "2026-05-06", "2,5", "nej"),
    ]
    april, later = lines(handed(*rows, columns=columns, municipality="2303", settings=RAGUNDA))
    assert (april["Månad"], april["Belopp (kr)"], april["Uträkning"]) == ("2026-04", "40,00", "1 dag à 40,00 kr.")
    assert (later["Belopp (kr)"], later["Närvaro"]) == ("91,00", "8,5 timmar, 2 dagar")


def test_csn_or_a_revocation_is_no_allowance_and_an_empty_cell_is_not_no() -> None:
    columns = ("Ungdom", "Datum", "Timmar", "CSN", "Återkallad")
    rows = [
        ("U-A", "2026-05-04", "6", "ja", ""),
        ("U-B", "2026-05-04", "6", "nej", "ja"),
        ("U-C", "2026-05-04", "6", "", ""),
    ]
    found = lines(handed(*rows, columns=columns, municipality="2303", settings=RAGUNDA))
    assert [(one["Ungdom"], one["Läge"], one["Belopp (kr)"], one["Uträkning"]) for one in found] == [
        ("U-A", "Ingen ersättning", "0,00", "CSN: ja."),
        ("U-B", "Ingen ersättning", "0,00", "Återkallad: ja."),
        ("U-C", "Utred", "", "Rad 4: CSN är varken ja eller nej."),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (("U-A", "2026-05-04", "sex"), "Rad 3: timmarna går inte att läsa."),
        (("U-A", "2026-05-04", "25"), "Rad 3: timmarna går inte att läsa."),
        (("U-A", "2026-05-04", "-1"), "Rad 3: timmarna går inte att läsa."),
        (("U-A", "2026-05-05", "6"), "Rad 3: dagen står redan."),
    ],
)
def test_a_row_that_cannot_be_read_leaves_its_month_to_a_person(row: tuple[str, ...], why: str) -> None:
    (line,) = lines(handed(("U-A", "2026-05-05", "6"), row))
    assert (line["Läge"], line["Belopp (kr)"], line["Uträkning"]) == ("Utred", "", why)


@pytest.mark.parametrize("day", ["4 maj", "2026-07-01", "2026-02-30", ""])
def test_a_day_that_is_none_yet_stands_on_a_line_of_its_own(day: str) -> None:
    found = lines(handed(("U-A", day, "6"), ("U-B", "2026-05-04", "6")))
    assert [(one["Ungdom"], one["Läge"]) for one in found] == [("U-A", "Utred"), ("U-B", "Underlag")]


@pytest.mark.parametrize("columns", [("Ungdom", "Datum"), ("Ungdom", "Datum", "Timmar", "Diagnos")])
def test_columns_that_are_missing_or_not_asked_for_are_refused(columns: tuple[str, ...]) -> None:
    with pytest.raises(InputRefused, match="praktik_columns"):
        praktik_allowance(handed(columns=columns))


def test_what_ragundas_document_does_not_tell_is_not_invented() -> None:
    rule = next(one for one in load_rates(None).rule if one.municipality == "2303")
    assert rule.amount == []
    with pytest.raises(ConfigurationInvalid, match="has no amount") as refused:
        praktik_allowance(handed(municipality="2303"))
    assert "--settings" in refused.value.remedy


def test_a_municipality_without_a_rule_and_a_misspelt_table_are_told() -> None:
    with pytest.raises(ConfigurationInvalid, match="no rule for the municipality 0581"):
        praktik_allowance(handed(municipality="0581"))
    with pytest.raises(ConfigurationInvalid, match=r"rule\.0\.amount\.0\.kronor"):
        load_rates({**RAGUNDA, "rule": [{**RAGUNDA["rule"][0], "amount": [{"kronor": "40 kr"}]}]})


def test_an_amount_holds_from_its_day() -> None:
    rule = load_rates(RAGUNDA).rule_of("2303")
    assert [rule.kronor_on(date(2026, month, 1)) for month in (4, 5)] == [Decimal(40), Decimal("45.50")]
