"""The bundled code tables: sound, sourced, and complete against the published documents where these are at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kaa_bridge.domain.values import LifeStatus, Protection
from kaa_bridge.mapping.codes import bundled_names, bundled_table, school_forms, typed_word, words_of
from kaa_bridge.mapping.fields import FIELDS
from kaa_bridge.mapping.municipalities import MUNICIPALITIES

SPECS = Path(__file__).parents[3] / "shared" / "reference" / "specs" / "ss12000"


@pytest.mark.parametrize("name", bundled_names())
def test_a_table_names_its_source_and_gives_words_of_its_fact(name: str) -> None:
    table = bundled_table(name)
    assert table is not None
    assert len(table.source) > 20
    assert table.fact in FIELDS
    words = words_of(table.fact)
    assert words is not None
    assert set(table.codes.values()) <= words
    assert all(typed_word(table.fact, word) is not None for word in table.codes.values())


def test_every_protection_table_knows_a_protected_word_and_no_table_makes_unknown_of_a_code() -> None:
    for name in bundled_names():
        table = bundled_table(name)
        assert table is not None
        if table.fact == "protection":
            assert any(Protection(word).is_protected for word in table.codes.values())
        assert LifeStatus.UNKNOWN.value not in table.codes.values()


def test_there_is_no_table_of_another_name() -> None:
    assert bundled_table("no_such") is None
    assert bundled_table("../sources/oedb") is None


@pytest.mark.skipif(not SPECS.is_dir(), reason="the published documents are not beside this checkout")
@pytest.mark.parametrize("version", ["2.0.0", "2.1.0"])
def test_the_ss12000_tables_hold_every_value_of_the_published_document(version: str) -> None:
    document = yaml.safe_load((SPECS / f"openapi_ss12000_{version}.yaml").read_text(encoding="utf-8"))
    schemas: dict[str, Any] = document["components"]["schemas"]
    properties = schemas["Person"]["properties"]
    forms = schemas.get("SchoolTypesEnum") or schemas["Code_SchoolType"]
    for name, values in (
        ("ss12000_security_marking", properties["securityMarking"]["enum"]),
        ("ss12000_person_status", properties["personStatus"]["enum"]),
        ("ss12000_school_types", forms["enum"]),
    ):
        table = bundled_table(name)
        assert table is not None
        assert set(values) <= set(table.codes)


def test_new_school_types_stand_beside_the_old_ones() -> None:
    assert {"GY", "GYS", "GYAN", "GRS", "GRAN", "VUXSARGY", "VUXGYAN"} <= school_forms()


def test_all_municipalities_are_there() -> None:
    assert len(MUNICIPALITIES) == 290
    assert {"0114", "0331", "0581", "1762", "2303", "2584"} <= MUNICIPALITIES
