"""A report as its readers get it: the page parsed, the PDF read back, the chart as a screen reader tells it."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import pypdf
import pytest
from lxml import etree, html

from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.report.paper.chart import as_svg
from kaa_bridge.report.paper.model import Paper, Table
from kaa_bridge.report.paper.page import as_html
from kaa_bridge.report.paper.pdf import as_pdf
from tests.report.papers import EVIL, SPEC, chart, paper

SVG = "{http://www.w3.org/2000/svg}"


def read(made: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made), strict=True)


def text_of(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(made).pages).split())


def tags(made: bytes) -> list[dict[str, Any]]:
    """Return the elements of the structure tree, from the top, in reading order."""

    def below(node: Any) -> Iterator[dict[str, Any]]:
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            one = kid.get_object() if hasattr(kid, "get_object") else kid
            if isinstance(one, dict) and "/S" in one:
                yield one
                yield from below(one)

    root: Any = read(made).trailer["/Root"]
    return [*below(root["/StructTreeRoot"])]


def test_a_chart_says_in_swedish_what_it_shows_and_nothing_else() -> None:
    made = etree.fromstring(as_svg(chart()))
    assert (made.tag, made.get("role"), made.get("lang")) == (f"{SVG}svg", "img", "sv")
    title, description = made[0], made[1]
    assert made.get("aria-labelledby") == title.get("id") == "nadda-title"
    assert made.get("aria-describedby") == description.get("id") == "nadda-desc"
    assert title.text == "Nådda per halvår"
    assert description.text == 'Första: 1 200,5. Andra: 20. <i>"så"</i>'
    inside = [one for one in made.iter() if one is not made]
    assert not [one for one in inside if one.get("role") or one.get("aria-label") or one.get("aria-roledescription")]
    shown = [one.text for one in made.iter(f"{SVG}text")]
    assert {"2025 första", "Ungdomar", "1\u00a0000"} <= set(shown), "numbers are written the Swedish way"


def test_two_charts_on_a_page_share_no_id() -> None:
    page: Any = html.fromstring(as_html(paper()))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)) >= 6, "a clip of its own for each chart"


def test_a_chart_fetches_nothing() -> None:
    with pytest.raises(ValueError, match="External data url not allowed"):
        as_svg(chart(spec={**SPEC, "data": {"url": "http://127.0.0.1:9/x.json"}}))


def test_the_page_shows_every_part_and_takes_no_text_for_markup() -> None:
    page: Any = html.fromstring(as_html(paper()))
    assert page.get("lang") == "sv"
    assert [page.findtext(f".//{level}") for level in ("title", "h1", "h2", "h3")] == [
        "Rapport till nämnden", "Rapport till nämnden", "Hittade och nådda", "Tabeller",
    ]  # fmt: skip
    assert not list(page.iter("script", "link", "img", "a", "iframe", "form"))
    assert EVIL in [one.text for one in page.iter("p")]
    assert [one.text for one in page.iter("li")] == ["en punkt", "en till"]
    for table in page.iter("table"):
        assert table.findtext("caption")
        assert all(cell.get("scope") in ("row", "col") for cell in table.iter("th"))
    assert [cell.text for cell in page.xpath("//td[@class='number']")] == ["färre än 5", "20"]


def test_the_pdf_is_tagged_and_swedish_and_carries_the_reports_date() -> None:
    made = as_pdf(paper())
    found = read(made)
    root: Any = found.trailer["/Root"]
    assert root["/Lang"] == "sv-SE"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert found.metadata is not None
    assert found.metadata.title == "Rapport till nämnden"
    assert found.metadata.creation_date_raw == "D:20260201000000Z"
    kinds = [str(one["/S"]) for one in tags(made)]
    assert [kind for kind in kinds if kind.startswith("/H")] == ["/H1", "/H2", "/H3"]
    assert {"/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Figure", "/Caption"} <= set(kinds)
    told = [one["/Alt"] for one in tags(made) if "/Alt" in one]
    assert len(told) == 2
    assert all(one.startswith("Nådda per halvår. Första: 1 200,5.") for one in told)


def test_the_pdf_shows_every_part_and_takes_no_text_for_markup() -> None:
    text = text_of(as_pdf(paper()))
    for shown in (EVIL, "en punkt", "Tabeller", "färre än 5", "Trollhättan (1488)", "2025 andra", "Sida 1 av"):
        assert shown in text, shown


def test_a_broad_report_lies_down() -> None:
    box = read(as_pdf(paper(wide=True))).pages[0].mediabox
    assert box.width > box.height


def test_a_long_table_goes_on_under_its_header() -> None:
    rows = tuple((f"rad {number}", "7") for number in range(200))
    long = Paper("Lång", (), date(2026, 2, 1), [Table("Många", ("Rad", "Antal"), rows)])
    made = read(as_pdf(long))
    assert len(made.pages) > 2
    assert all("Rad Antal" in page.extract_text() for page in made.pages)


MAKE = """
import hashlib, sys
from tests.report.papers import paper
from kaa_bridge.report.paper.page import as_html
from kaa_bridge.report.paper.pdf import as_pdf
print(hashlib.sha256(as_pdf(paper()) + as_html(paper()).encode()).hexdigest())
"""


def test_the_same_report_is_the_same_bytes_in_another_process_with_another_clock_zone() -> None:
    def made(zone: str) -> bytes:
        command = [sys.executable, "-c", MAKE]
        return subprocess.run(command, capture_output=True, check=True, timeout=60, env={"TZ": zone}).stdout

    assert made("Europe/Stockholm") == made("Pacific/Auckland")
    assert as_pdf(paper()) != as_pdf(paper(date(2026, 2, 2)))


@pytest.mark.parametrize(("module", "make"), [("vl_convert", as_html), ("vl_convert", as_pdf), ("typst", as_pdf)])
def test_without_the_extra_the_error_names_the_command(monkeypatch: pytest.MonkeyPatch, module: str, make: Any) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    report = paper()
    if module == "typst":
        report = Paper(report.title, report.about, report.as_of, list(report.parts)[:3])
    with pytest.raises(ConfigurationInvalid) as caught:
        make(report)
    assert caught.value.code == "reports_extra_missing"
    assert caught.value.remedy == "pip install 'kaa-bridge[reports]'"
    assert module in caught.value.message
