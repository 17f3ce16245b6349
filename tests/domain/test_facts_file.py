"""The facts file is read strictly: what is not in the contract is refused at its path."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from kaa_bridge.domain.facts import EVENT_FIELDS, Absence, Event, Youth
from kaa_bridge.domain.facts_file import facts_schema, read_facts
from kaa_bridge.domain.values import AbsenceReason, EventKind, LifeStatus, Protection
from kaa_bridge.errors import InputRefused


def file_with(**facts: Any) -> str:
    return json.dumps({"format": "kaa-facts/1", "youths": [{"ref": "a-1", **facts}]})


def refusal(text: str | bytes) -> str:
    with pytest.raises(InputRefused) as refused:
        read_facts(text)
    assert refused.value.exit_code == 2
    assert refused.value.remedy
    return refused.value.message


def test_what_is_left_out_is_unknown() -> None:
    (youth,) = read_facts(file_with())
    assert youth == Youth(ref="a-1")
    assert (youth.protection, youth.life_status) == (Protection.UNKNOWN, LifeStatus.UNKNOWN)
    assert youth.placements_complete is None
    assert youth.protection.is_protected


def test_reserved_words_and_dates_are_read() -> None:
    (youth,) = read_facts(
        file_with(
            placements=[
                {"school_form": "GY", "from": "2024-08-19", "to": "2026-01-15", "first_term_start": "2024-08-19"}
            ],
            events=[{"kind": "follow_up_agreed", "on": "2026-01-20", "for": "2026-03-01"}],
            absences=[{"from": "2025-11-03", "to": None, "reason": "invalid", "last_attended": "2025-10-31"}],
        )
    )
    assert (youth.placements[0].start, youth.placements[0].end) == (date(2024, 8, 19), date(2026, 1, 15))
    assert youth.events == (Event(kind=EventKind.FOLLOW_UP_AGREED, on=date(2026, 1, 20), agreed_for=date(2026, 3, 1)),)
    assert youth.absences == (
        Absence(start=date(2025, 11, 3), reason=AbsenceReason.INVALID, last_attended=date(2025, 10, 31)),
    )


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        ({"name": "x"}, "/youths/0/name"),
        ({"guardian": {}}, "/youths/0/guardian"),
        ({"diagnosis": "x"}, "/youths/0/diagnosis"),
        ({"birth_date": "2008-02-30"}, "/youths/0/birth_date"),
        ({"birth_date": "20080101"}, "/youths/0/birth_date"),
        ({"birth_date": "2008-01-01T00:00:00"}, "/youths/0/birth_date"),
        ({"birth_date": 1199145600}, "/youths/0/birth_date"),
        ({"protection": "secret"}, "/youths/0/protection"),
        ({"life_status": "missing"}, "/youths/0/life_status"),
        ({"residence": [{"municipality": "303"}]}, "/youths/0/residence/0/municipality"),
        ({"residence": [{"municipality": "２３０３"}]}, "/youths/0/residence/0/municipality"),
        ({"residence": [{"municipality": 2303}]}, "/youths/0/residence/0/municipality"),
        ({"residence": [{"municipality": "2303", "start": "2008-01-01"}]}, "/youths/0/residence/0/start"),
        ({"residence": [{"municipality": "2303", "basis": "owns"}]}, "/youths/0/residence/0/basis"),
        ({"compulsory_schooling": {"status": "done"}}, "/youths/0/compulsory_schooling/status"),
        ({"compulsory_schooling": {"on": "2024-06-12"}}, "/youths/0/compulsory_schooling/status"),
        ({"placements": [{"from": "2024-08-19"}]}, "/youths/0/placements/0/school_form"),
        ({"placements": [{"school_form": "GY", "grade": "A"}]}, "/youths/0/placements/0/grade"),
        ({"placements": [{"school_form": "GY", "ended_as": "expelled"}]}, "/youths/0/placements/0/ended_as"),
        ({"placements": [{"school_form": "GY", "equivalent": "yes"}]}, "/youths/0/placements/0/equivalent"),
        ({"placements_complete": "true"}, "/youths/0/placements_complete"),
        ({"placements_complete": 1}, "/youths/0/placements_complete"),
        ({"qualifications": [{"kind": "slutbetyg"}]}, "/youths/0/qualifications/0/kind"),
        ({"contact_details": {"phone": "070"}}, "/youths/0/contact_details/phone"),
        ({"events": [{"kind": "contact", "on": "2026-01-01", "channel": "fax"}]}, "/youths/0/events/0/channel"),
        ({"events": [{"kind": "contact", "on": "2026-01-01", "channel": "sms"}]}, "/youths/0/events/0/outcome"),
        ({"events": [{"kind": "declined", "on": "2026-01-01", "channel": "sms"}]}, "/youths/0/events/0/channel"),
        ({"events": [{"kind": "declined", "on": "2026-01-01", "consent": True}]}, "/youths/0/events/0/consent"),
        ({"events": [{"kind": "follow_up_agreed", "on": "2026-01-01"}]}, "/youths/0/events/0/for"),
        ({"events": [{"kind": "declined"}]}, "/youths/0/events/0/on"),
        ({"absences": [{"reason": "invalid"}]}, "/youths/0/absences/0/from"),
        ({"absences": [{"from": "2026-01-01", "reason": "migraine"}]}, "/youths/0/absences/0/reason"),
        ({"ref": ""}, "/youths/0/ref"),
    ],
)
def test_what_is_not_in_the_contract_is_refused_at_its_path(facts: dict[str, Any], path: str) -> None:
    assert f" {path}:" in refusal(file_with(**facts))


def test_a_refusal_never_quotes_a_value() -> None:
    assert "hemligt-värde" not in refusal(file_with(protection="hemligt-värde"))
    assert "hemligt-värde" not in refusal(file_with(birth_date="hemligt-värde"))


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"\xff\xfe\x00", "[" * 100_000, '{"format": "kaa-facts/1", "format": "kaa-facts/1", "youths": []}'],
)
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    assert "readable as JSON" in refusal(text)


@pytest.mark.parametrize("document", [[], {}, {"format": "kaa-facts/2", "youths": []}, {"format": "kaa-facts/1"}, None])
def test_another_format_is_refused(document: object) -> None:
    assert "is refused at /" in refusal(json.dumps(document))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le"])
def test_another_encoding_than_utf_8_is_refused(encoding: str) -> None:
    assert "readable as JSON" in refusal(file_with().encode(encoding))


def test_two_youths_with_one_ref_are_refused() -> None:
    twice = {"format": "kaa-facts/1", "youths": [{"ref": "a-1"}, {"ref": "a-1"}]}
    assert "/youths/1/ref" in refusal(json.dumps(twice))


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert len(read_facts(b"\xef\xbb\xbf" + file_with().encode())) == 1


@pytest.mark.parametrize("kind", EventKind)
def test_every_kind_of_event_says_which_fields_it_may_carry(kind: EventKind) -> None:
    required, optional = EVENT_FIELDS[kind]
    assert not required & optional


def test_the_schema_names_the_fields_as_the_file_does() -> None:
    schema = facts_schema()
    assert {"from", "to"} <= set(schema["$defs"]["Placement"]["properties"])
    assert "for" in schema["$defs"]["Event"]["properties"]
    assert schema["$defs"]["Youth"]["additionalProperties"] is False
