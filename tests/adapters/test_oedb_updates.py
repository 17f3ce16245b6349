"""OEDB that takes changes: two shapes by two profiles, through the journal conformance; what a profile refuses."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from kaa_bridge.contract import CaseNote, Journal, JournalLevel, NoteKind
from kaa_bridge.errors import ConfigurationInvalid, NoteRefused
from kaa_bridge.mapping import load_mapping
from kaa_bridge.reconcile.model import Step
from kaa_bridge.testing.conformance import JournalConformance
from kaa_bridge.testing.simulators.journal_server import JournalServer
from kaa_bridge.testing.simulators.oedb_updates import SimulatedOedbUpdates
from tests.adapters.oedb_updates_support import updates
from tests.reconcile.test_classify import STEPS

NUMBER = "209001010009"


class TestOedbUpdates(JournalConformance):
    """The first shape; its reasons are left out, since the kit sends headings of its own."""

    refusal: ClassVar[tuple[str, str]] = ("UNGDOM_SAKNAS", "UNGDOM_SAKNAS")

    def start(self, folder: Path) -> JournalServer:
        return SimulatedOedbUpdates()

    def make(self, url: str) -> Journal:
        return updates(url, "oedb", reasons={})

    def test_level_is_one(self, journal: Journal) -> None:
        assert journal.describe().level is JournalLevel.LOOKUP_MAY_LAG


class TestOedbUpdatesDeclaredAuthoritative(TestOedbUpdates):
    def make(self, url: str) -> Journal:
        return updates(url, "oedb", reasons={}, level=2, lateness_seconds=2.0)

    def test_level_is_one(self, journal: Journal) -> None:
        assert journal.describe().level is JournalLevel.AUTHORITATIVE_LOOKUP


class TestOtherOedbUpdates(JournalConformance):
    refusal: ClassVar[tuple[str, str]] = ("NO_SUCH_CASE", "NO_SUCH_CASE")

    def start(self, folder: Path) -> JournalServer:
        return SimulatedOedbUpdates(other_shape=True)

    def make(self, url: str) -> Journal:
        return updates(url, "oedb_other")

    def test_level_is_nothing(self, journal: Journal) -> None:
        assert journal.describe().level is JournalLevel.NOTHING


def change(kind: NoteKind, heading: str = "moved") -> CaseNote:
    return CaseNote(
        reference="KAA-CHANGE", person_number=NUMBER, kind=kind, heading=heading, text="Därför.",
        occurred_on=date(2026, 9, 1),
    )  # fmt: skip


@pytest.mark.parametrize(("mapping", "other"), [("oedb", False), ("oedb_other", True)])
def test_a_step_is_what_its_kind_says_with_the_registers_own_reason(mapping: str, other: bool) -> None:
    with SimulatedOedbUpdates(other_shape=other) as server, closing(updates(server.url, mapping)) as made:
        made.create_note(change(NoteKind.ENDED), deadline=time.monotonic() + 5)
        made.create_note(change(NoteKind.REGISTERED, "only_right"), deadline=time.monotonic() + 5)
        told = [(one.kind, one.heading, one.person_number, one.occurred_on) for one in server.notes()]
    day = date(2026, 9, 1)
    reasons = ("moved", "only_right") if other else ("FLYTTAD", "NY")
    assert told == [("close", reasons[0], NUMBER, day), ("open", reasons[1], NUMBER, day)]


@pytest.mark.parametrize(
    ("changed", "note", "code"),
    [
        ({"open": None}, change(NoteKind.REGISTERED), "step_not_described"),
        ({}, change(NoteKind.ACTION_DUE), "step_not_described"),
        ({}, change(NoteKind.ENDED, "conflict"), "reason_unknown"),
    ],
)
def test_what_the_profile_does_not_describe_never_leaves(changed: dict[str, Any], note: CaseNote, code: str) -> None:
    with SimulatedOedbUpdates() as server, closing(updates(server.url, "oedb", **changed)) as made:
        with pytest.raises(NoteRefused) as refused:
            made.create_note(note, deadline=time.monotonic() + 5)
        assert (refused.value.code, code in made.describe().refusals) == (code, True)
        assert server.requests == ()
        assert note.kind not in made.describe().kinds or code == "reason_unknown"


def test_the_bundled_reasons_are_those_of_every_step_that_can_be_accepted() -> None:
    reasons = load_mapping("oedb").profile["updates"]["reasons"]
    assert set(reasons) == {category.value for category, steps in STEPS.items() if steps & {Step.CLOSE, Step.OPEN}}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"close": None, "open": None}, "neither close nor open"),
        ({"close": {"path": "x/{number}", "body": {}}}, "close.path"),
        ({"close": {"path": "x", "body": {"a": "{number}"}}}, "does not use {reference"),
        ({"close": {"path": "x", "body": {"a": "{reference} {number} {name}"}}}, "'{name}' is not known"),
        ({"find": None, "level": 1}, "needs find"),
        ({"level": 2}, "needs lateness_seconds"),
        ({"receipt": {"id": "a", "reference": "b", "status": "c"}}, "status and stored"),
        ({"retries": 3}, "retries"),
    ],
)
def test_a_profile_that_cannot_keep_its_promise_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="profile") as refused:
        updates("http://127.0.0.1:9/", "oedb", **changed)
    assert why in refused.value.message


def test_a_mapping_without_updates_says_what_to_write() -> None:
    from kaa_adapter_oedb.updates import OedbUpdates
    from kaa_bridge.contract import JournalContext

    profile = {name: value for name, value in load_mapping("oedb").profile.items() if name != "updates"}
    context = JournalContext(
        name="oedb-updates", municipality="2303", settings={"url": "http://127.0.0.1:9/"}, profile=profile
    )
    with pytest.raises(ConfigurationInvalid, match="updates_not_described"):
        OedbUpdates(context)
