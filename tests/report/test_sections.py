"""What municipal plugins count for the nämnd report: shown without small numbers, and a fault costs one section."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import product
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kaa_bridge.domain.facts import Residence, Youth
from kaa_bridge.domain.values import Protection
from kaa_bridge.host import PluginHost
from kaa_bridge.report.board import sections
from kaa_bridge.report.board.sections import Section, plugin_sections, shown

DAY = date(2026, 6, 30)


def test_small_numbers_and_small_rests_are_hidden() -> None:
    assert shown({"A": 12, "B": 3, "C": 0, "D": 28}, 30) == {"A": 12, "B": None, "C": 0, "D": None}


def test_a_part_of_the_whole_is_not_told_by_the_others() -> None:
    found = shown({"A": 13, "B": 3, "C": 14}, 30)
    assert found["B"] is None
    assert list(found.values()).count(None) >= 2


@pytest.mark.parametrize("total", [0, 3, 7, 12])
def test_no_number_from_one_to_four_is_ever_shown(total: int) -> None:
    for counts in product(range(total + 1), repeat=2):
        for count in shown(dict(zip("AB", counts, strict=True)), total).values():
            assert count is None or (not 0 < count < 5 and not 0 < total - count < 5)


def _asked(monkeypatch: pytest.MonkeyPatch, youths: Iterable[Youth], **makers: Any) -> tuple[Section, ...]:
    monkeypatch.setattr(sections, "registered", lambda *_: iter(youths))
    host = PluginHost(cast(Any, None), additions={"kaa_report_sections": makers})
    return plugin_sections(cast(Any, None), cast(Any, SimpleNamespace(host=host)), DAY)


def test_a_fault_costs_its_own_section(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Iterable[Youth], __: date) -> Mapping[str, int]:
        raise RuntimeError

    youths = [Youth(ref=f"a-{number}", protection=Protection.NONE) for number in range(6)]
    found = _asked(
        monkeypatch, youths, Fel=fails, Alla=lambda all_, _: {"alla": len(tuple(all_))}, Inget=lambda *_: {},
        Omöjligt=lambda *_: {"fler": 7},
    )  # fmt: skip
    assert found == (Section("Alla", {"alla": 6}), Section("Fel", None), Section("Omöjligt", None))


def test_norrkoping_counts_its_target_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    from kaa_plugin_norrkoping import kaa_report_sections

    def youth(number: int, municipality: str, born: date) -> Youth:
        home = Residence(municipality=municipality, start=date(2010, 1, 1))
        return Youth(ref=f"a-{number}", protection=Protection.NONE, birth_date=born, residence=(home,))

    here = [youth(number, "0581", date(2007, 1, 1)) for number in range(6)]
    found = _asked(monkeypatch, [*here, youth(9, "2303", date(2007, 1, 1))], **kaa_report_sections())
    assert found[0].counts is not None
    assert {label[0] for label in found[0].counts} == set("CDEFHIJKL")
    assert found[0].counts["L: Ungdomar 19 år"] is None, "one of seven is not counted, which the reader could tell"
    assert _asked(monkeypatch, [youth(9, "2303", date(2007, 1, 1))], **kaa_report_sections()) == ()
