"""The form of a report: what is asked for, what the file's ending says, and what no terminal shows."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kaa_bridge.cli.output import chosen_form, write_out
from kaa_bridge.errors import InputRefused

FORMS = ("html", "pdf", "json")


@pytest.mark.parametrize(
    ("form", "name", "as_json", "chosen"),
    [
        (None, None, False, "html"),
        (None, "report.pdf", False, "pdf"),
        (None, "REPORT.PDF", False, "pdf"),
        (None, "report.json", False, "json"),
        (None, "report.txt", False, "html"),
        (None, "report", False, "html"),
        ("pdf", "report.pdf", False, "pdf"),
        ("pdf", "report.out", False, "pdf"),
        ("json", None, False, "json"),
        (None, None, True, "json"),
        ("html", None, True, "json"),
    ],
)
def test_the_ending_says_the_form_unless_it_is_asked_for(
    form: str | None, name: str | None, as_json: bool, chosen: str
) -> None:
    assert chosen_form(FORMS, form, Path(name) if name else None, as_json=as_json) == chosen


@pytest.mark.parametrize(
    ("form", "name", "as_json", "code"),
    [
        ("html", "report.pdf", False, "output_form_unclear"),
        (None, "report.pdf", True, "output_form_unclear"),
        ("pdf", None, False, "output_needed"),
        (None, "report.docx", False, "output_form_unknown"),
        (None, "report.xlsx", False, "output_form_unknown"),
    ],
)
def test_a_contradiction_and_a_form_for_files_only_are_refused(
    form: str | None, name: str | None, as_json: bool, code: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        chosen_form(FORMS, form, Path(name) if name else None, as_json=as_json)
    assert refused.value.code == code
    assert "." in refused.value.remedy


def test_a_file_is_private_and_an_unwritable_one_is_said(tmp_path: Path) -> None:
    write_out(b"report", tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == b"report"
    assert stat.S_IMODE((tmp_path / "report.html").stat().st_mode) == 0o600
    with pytest.raises(InputRefused) as refused:
        write_out(b"report", tmp_path / "missing" / "report.html")
    assert refused.value.code == "output_unwritable"
    assert str(tmp_path / "missing" / "report.html") in refused.value.message
