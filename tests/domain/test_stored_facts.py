"""What a state holds is read by the place of each field: what is there may not move, and new fields come last."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from kaa_bridge.domain.fact import Fact
from kaa_bridge.domain.facts import CompulsorySchooling, Event, Placement, Qualification, Residence
from kaa_bridge.domain.record import Identity, RecordFacts
from kaa_bridge.domain.stored import unpacked
from kaa_bridge.domain.values import EventKind, LifeStatus, Protection, SchoolingStatus
from kaa_bridge.errors import StateUnusable

PLACES: dict[type[Fact], list[str]] = {
    RecordFacts: [
        "number", "replaces", "identity", "birth_date", "protection", "life_status", "residence", "first_registered",
        "compulsory_schooling", "placements", "qualifications", "events", "handler",
    ],
    Identity: ["given_name", "family_name", "street", "postal_code", "locality", "email", "phone"],
    Residence: ["municipality", "start", "end", "basis"],
    CompulsorySchooling: ["status", "on", "expected_end"],
    Placement: [
        "source", "school_form", "study_path", "school_unit", "start", "end", "ended_as", "equivalent",
        "first_term_start",
    ],
    Qualification: ["kind", "on"],
    Event: [
        "kind", "on", "channel", "outcome", "purpose", "what", "until", "measure", "reason", "agreed_for", "consent",
    ],
}  # fmt: skip
"""Add a name at the end of a list; never move, rename or take away one: every state in use would be misread."""


def test_no_field_has_moved() -> None:
    for kind, names in PLACES.items():
        assert list(kind.__struct_fields__) == names, f"{kind.__name__}: new fields stand last; see above"


def test_a_field_that_came_later_is_read_as_its_default() -> None:
    stored = [
        "209001010009", [], ["Test"], "2090-01-01", "none", "alive", [["2303"]], None, ["ended", "2106-06-10"],
        [[None, "GY", "NA"]], None, [["registered", "2108-08-20"]],
    ]  # fmt: skip
    assert unpacked(msgspec.msgpack.encode(stored)) == RecordFacts(
        number="209001010009",
        identity=Identity(given_name="Test"),
        birth_date=date(2090, 1, 1),
        protection=Protection.NONE,
        life_status=LifeStatus.ALIVE,
        residence=(Residence(municipality="2303"),),
        compulsory_schooling=CompulsorySchooling(status=SchoolingStatus.ENDED, on=date(2106, 6, 10)),
        placements=(Placement(school_form="GY", study_path="NA"),),
        events=(Event(kind=EventKind.REGISTERED, on=date(2108, 8, 20)),),
    )


@pytest.mark.parametrize("stored", [b"", b"\0", b"{}", msgspec.msgpack.encode(["209001010009", 7])])
def test_facts_that_cannot_be_read_are_told_without_quoting_them(stored: bytes) -> None:
    with pytest.raises(StateUnusable, match="state_facts_unreadable") as caught:
        unpacked(stored)
    assert "2090" not in str(caught.value)
