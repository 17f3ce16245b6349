"""Hostile and broken tables, made by generators: text tables as bytes, workbooks as archives rebuilt with a flaw."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import openpyxl


def text_tables() -> list[tuple[str, bytes, str]]:
    """Return name, content, and the code that reading it as UTF-8 with ``;`` must give."""
    head = b"nummer;namn\n"
    return [
        ("nul", head + b"1;a\n" * 100 + b"1;a\x00b\n", "table_invalid"),
        ("only_nul", b"\x00" * 5000, "encoding_wrong"),
        ("utf16", "nummer;namn\n1;å\n".encode("utf-16"), "encoding_wrong"),
        ("utf16_without_mark", "nummer;namn\n1;å\n".encode("utf-16-le"), "encoding_wrong"),
        ("utf32", "nummer;namn\n".encode("utf-32"), "encoding_wrong"),
        ("latin1", head + "1;Åsa\n".encode("iso-8859-1"), "encoding_wrong"),
        ("cut_character", head + "1;Å".encode()[:-1], "encoding_wrong"),
        ("byte_order_mark", b"\xef\xbb\xbf" + head, "encoding_wrong"),
        ("late_wrong_byte", head + b"1;a\n" * 300_000 + b"1;\xff\n", "encoding_wrong"),
        ("cut_in_quotes", head + b'1;"a', "file_incomplete"),
        ("cut_in_header", b'nummer;"na', "file_incomplete"),
        ("text_after_quote", head + b'1;"a"b\n', "table_invalid"),
        ("same_names", b"a;b;a\n1;2;3\n", "table_invalid"),
        ("same_names_spaced", b"a; a\n1;2\n", "table_invalid"),
        ("name_is_a_number_too", b"2;\n1;2\n", "table_invalid"),
        ("empty", b"", "file_incomplete"),
        ("blank_lines", b"\n\n\r\n", "file_incomplete"),
        ("long_line", head + b"1;" + b"x" * 2_000_000, "table_invalid"),
        ("long_cell", head + b"1;" + b"x" * 200_000 + b"\n", "table_invalid"),
        ("many_columns", b";".join(b"c%d" % n for n in range(2000)) + b"\n", "table_invalid"),
        ("endless_quote", head + b'1;"' + b"a\n" * 500_000, "table_invalid"),
    ]


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["nummer", "namn"])
    sheet.append(["200801011234", "x"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


GOOD = _workbook()
SHEET = "xl/worksheets/sheet1.xml"


def _rebuilt(change: Callable[[str, bytes], bytes | None], *more: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = change(entry.filename, old.read(entry))
            if data is not None:
                new.writestr(entry.filename, data)
        for name, data in more:
            new.writestr(name, data)
    return target.getvalue()


def _sheet(change: Callable[[bytes], bytes]) -> bytes:
    return _rebuilt(lambda name, data: change(data) if name == SHEET else data)


def _rows(xml: bytes) -> bytes:
    return _sheet(lambda data: data.split(b"<sheetData>")[0] + b"<sheetData>" + xml + b"</sheetData></worksheet>")


def _styles(data: bytes) -> bytes:
    """Ask for more styles than anyone has, each a little different so that they do not pack well."""
    head, _, tail = data.partition(b"</cellXfs>")
    return head + b"".join(b'<xf numFmtId="0" fontId="%d"/>' % (n * 7919) for n in range(80_000)) + b"</cellXfs>" + tail


def _encrypted() -> bytes:
    data = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def _lying() -> bytes:
    """Give the first part another size than it has."""
    data = bytearray(GOOD)
    place = data.find(b"PK\x01\x02")
    data[place + 24 : place + 28] = (5).to_bytes(4, "little")
    return bytes(data)


def workbooks() -> list[tuple[str, bytes, str]]:
    """Return name, content, and the code that reading it must give."""
    doctype = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    keep: Callable[[str, bytes], bytes | None] = lambda _name, data: data  # noqa: E731
    return [
        ("not_a_zip", b"nummer;namn\n", "workbook_refused"),
        ("old_xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "workbook_refused"),
        ("empty_file", b"", "workbook_refused"),
        ("cut_half", GOOD[: len(GOOD) // 2], "file_incomplete"),
        ("cut_end", GOOD[:-10], "file_incomplete"),
        ("empty_zip_start", b"PK\x03\x04" + b"\x00" * 100, "file_incomplete"),
        ("encrypted", _encrypted(), "workbook_refused"),
        ("lying_size", _lying(), "file_incomplete"),
        ("bomb_entry", _rebuilt(keep, ("xl/bomb.xml", b"<a>" + b" " * 60_000_000)), "workbook_refused"),
        ("bomb_ratio", _sheet(lambda data: data + b" " * 20_000_000), "workbook_refused"),
        ("large_styles", _rebuilt(lambda n, d: _styles(d) if n == "xl/styles.xml" else d), "workbook_refused"),
        ("many_entries", _rebuilt(keep, *((f"x/{n}", b"") for n in range(1500))), "workbook_refused"),
        ("path_entry", _rebuilt(keep, ("../../etc/evil.xml", b"<a/>")), "workbook_refused"),
        ("absolute_entry", _rebuilt(keep, ("/etc/evil.xml", b"<a/>")), "workbook_refused"),
        ("doctype_sheet", _sheet(lambda data: doctype + data.partition(b"?>")[2]), "workbook_refused"),
        (
            "doctype_workbook",
            _rebuilt(lambda n, d: doctype + b"<a/>" if n == "xl/workbook.xml" else d),
            "workbook_refused",
        ),
        ("doctype_shared", _rebuilt(keep, ("xl/sharedStrings.xml", doctype + b"<sst/>")), "workbook_refused"),
        ("utf16_sheet", _sheet(lambda data: data.decode().encode("utf-16")), "workbook_refused"),
        ("no_workbook", _rebuilt(lambda n, d: None if n == "xl/workbook.xml" else d), "workbook_refused"),
        ("no_sheet", _rebuilt(lambda n, d: None if n == SHEET else d), "workbook_refused"),
        ("broken_sheet", _sheet(lambda data: data[:-20]), "workbook_refused"),
        ("no_rows", _rows(b""), "file_incomplete"),
        ("wide_row", _rows(b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'), "table_invalid"),
        ("bad_cell", _rows(b'<row r="1"><c r="A1" t="n"><v>abc</v></c></row>'), "workbook_refused"),
        ("bad_shared_index", _rows(b'<row r="1"><c r="A1" t="s"><v>99999</v></c></row>'), "workbook_refused"),
    ]


def numbers() -> bytes:
    """Return a workbook with cells of every kind."""
    cells = b"".join(
        b'<c r="%s2"%s><v>%s</v></c>' % (column, kind, value)
        for column, kind, value in [
            (b"A", b"", b"101011234"),
            (b"B", b"", b"2.0080101E+7"),
            (b"C", b"", b"0.1"),
            (b"D", b"", b"2008010112341234"),
            (b"E", b' t="b"', b"1"),
            (b"F", b' t="str"', b"0012"),
            (b"G", b' t="e"', b"#N/A"),
            (b"H", b"", b"114.0"),
        ]
    )
    names = b"".join(b'<c r="%c1" t="str"><v>%c</v></c>' % (n, n) for n in b"ABCDEFGHI")
    return _rows(b'<row r="1">' + names + b'</row><row r="2">' + cells + b"</row>")
