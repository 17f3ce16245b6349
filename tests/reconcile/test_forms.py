"""The forms as a person sees them: the spreadsheet opened, the page read, the table split."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from lxml import html

from kaa_bridge.errors import InputRefused
from kaa_bridge.reconcile.lines import cells, columns, head_lines, row_seal
from kaa_bridge.reconcile.model import Category
from kaa_bridge.reconcile.render import PDF_MOST, Format, write_restricted
from kaa_bridge.reconcile.sheet import ROWS_MOST
from tests.reconcile.reports import EVIL, ROWS, render, report

DATA = Path(__file__).parent / "data"


def test_the_spreadsheet_is_what_a_coordinator_needs(tmp_path: Path) -> None:
    made = report()
    path = tmp_path / "report.xlsx"
    path.write_bytes(render(made, "xlsx"))
    book: Any = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Att besluta", "Om jämförelsen", "Antal"]
    sheet = book["Att besluta"]
    header = [cell.value for cell in sheet[1]]
    assert header[:3] == ["Ungdom", "Läge", "Förslag"]
    assert header[-2:] == ["Beslut", "Radkod"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:M4"
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, rule.formula1, str(rule.sqref)) == ("list", '"Godkänd,Avslagen,Vänta"', "L2:L4")
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == ["U-AAAA", "U-BBBB", "U-CCCC"]
    assert sheet["D2"].value == "Ingen placering. Känd sysselsättning: arbete. Oförändrat sedan 2026-05-28."
    assert sheet["D4"].value.endswith("Ingen känd sysselsättning.")
    assert [sheet.cell(3, column).value for column in (3, 7, 8, 9, 10)] == [
        "Ny i KAA: lägg upp i OEDB",
        "2026-07-03",
        "60",
        "2026-07-10: Ring ungdomen.",
        "2026-07-09",
    ]
    assert all(sheet.cell(row, 12).value is None for row in (2, 3, 4)), "the decision is the person's"
    assert all(cell.data_type != "f" and cell.hyperlink is None for row in sheet for cell in row)
    about = {row[0].value: row[1].value for row in book["Om jämförelsen"].iter_rows(min_row=2)}
    assert about["Jämförelse"] == made.reference
    assert about["Kommun"].startswith("'="), "a text is never taken for a formula"
    counted = {row[0].value: row[1].value for row in book["Antal"].iter_rows(min_row=2)}
    assert counted["Summa"] == counted["Ungdomar i någon av dem"] == 6
    book.close()


def test_the_page_is_readable_without_eyes_and_without_script() -> None:
    page: Any = html.fromstring(render(report(), "html").decode())
    assert page.get("lang") == "sv"
    assert page.findtext(".//title").startswith("Jämförelse efter sommaren 2026")
    assert len(page.findall(".//h1")) == len(page.findall(".//main")) == 1
    for table in page.findall(".//table"):
        assert table.findtext("caption")
        assert all(cell.get("scope") in ("row", "col") for cell in table.iter("th"))
    assert not list(page.iter("script", "link", "img", "a", "iframe", "form"))
    text = page.text_content()
    assert EVIL in text, "shown as text, not as markup"
    assert "U-PROTECTED" not in text
    assert "Skyddade uppgifter" in text


def test_the_csv_holds_head_sums_and_youths_and_no_formula() -> None:
    made = report()
    lines = list(csv.reader(io.StringIO(render(made, "csv").decode("utf-8-sig")), delimiter=";"))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert [line[0] for line in lines].count("Ungdom") == 3
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]


def pdf_text(made: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(made), strict=True).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_pdf_says_what_the_page_says_and_is_tagged() -> None:
    made = render(report(), "pdf")
    assert made == render(report(), "pdf"), "the same bytes again"
    found = pypdf.PdfReader(io.BytesIO(made), strict=True)
    root: Any = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sv-SE"
    text = pdf_text(made)
    for said in (
        "Jämförelse efter sommaren 2026", report().reference, "ragunda 1 (cd28f076b4e4a414)", "2023-07-02",
        "2 poster i karantän ingår inte", "Skyddade uppgifter 1", "Summa 6", "Finns bara i OEDB: 1 ungdom",
        "U-BBBB", "Ny i KAA: lägg upp i OEDB", "2026-07-10: Ring ungdomen.", "Hittad av nattkörningen under sommaren.",
    ):  # fmt: skip
        assert said in text, said
    assert "U-PROTECTED" not in text
    assert "<script>" in text, "shown as text, not as markup"


def test_paper_leaves_out_columns_that_say_nothing() -> None:
    page: Any = html.fromstring(render(report(), "html").decode())
    headers = {table.findtext("caption"): [cell.text for cell in table.iter("th")] for table in page.iter("table")}
    only_left = headers["Finns bara i OEDB: 1 ungdom"]
    assert "Passerade tidsgränser" not in only_left
    assert "Passerade tidsgränser" in headers["Studierna upphörde under sommaren, okänt i OEDB: 1 ungdom"]


@pytest.mark.parametrize(("form", "most"), [("pdf", PDF_MOST), ("xlsx", ROWS_MOST)])
def test_a_form_that_cannot_hold_the_rows_is_refused(form: Format, most: int) -> None:
    made = report()
    made.counts.listed[Category.CONFLICT] = most - 2
    with pytest.raises(InputRefused, match="reconcile_too_long") as refused:
        render(made, form)
    assert "--format html" in refused.value.remedy


@pytest.mark.parametrize("form", ["json", "html", "table"])
def test_the_forms_are_as_they_were(form: Format) -> None:
    """The kept files are what a reader saw when they were last looked at; a change is looked at and kept anew."""
    kept = DATA / f"report.{form}"
    assert render(report(), form).decode() == kept.read_text("utf-8")


def test_the_restricted_list_holds_handles_only() -> None:
    made = report()
    stream = io.BytesIO()
    write_restricted(made, stream)
    assert json.loads(stream.getvalue()) == {
        "format": "kaa-reconcile-restricted/1",
        "reference": made.reference,
        "as_of": "2026-09-01",
        "protected": ["U-PROTECTED"],
    }
    assert all(b"U-PROTECTED" not in render(made, form) for form in ("json", "html", "csv", "table"))


def test_seals_tell_reports_and_rows_apart() -> None:
    one = report()
    assert len({row_seal(row, one) for row in ROWS}) == 3
    assert one == report()
    assert len(columns(one.head)) == len(cells(ROWS[0], one.head))
    assert all(value for _, value in head_lines(one.head))
