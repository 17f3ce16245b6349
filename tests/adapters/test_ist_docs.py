"""The reference page of the adapter says what the adapter does."""

from __future__ import annotations

from pathlib import Path

from kaa_adapter_ist.dialects import DIALECTS, Paths
from kaa_adapter_ist.problems import CODES
from kaa_adapter_ist.settings import IstSettings

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "adapters" / "ist.md").read_text(encoding="utf-8")


def test_every_setting_is_documented_with_its_default() -> None:
    for name, field in IstSettings.model_fields.items():
        assert f"`{name}`" in PAGE, name
        row = next((line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")), None)
        if row and field.default is not None and name != "url":
            default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
            assert default in row.split("|")[2], row


def test_every_code_is_documented_and_no_other() -> None:
    told = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `ist_")}
    assert told == CODES | {"ist_record_unreadable"}


def test_every_dialect_and_path_is_documented() -> None:
    assert all(f"`{name}`" in PAGE for name in (*DIALECTS, *Paths.model_fields))
