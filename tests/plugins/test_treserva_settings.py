"""Module, level, profile: whatever is missing or contradicts itself stops before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kaa_bridge.contract import JournalContext, JournalLevel
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.mapping import load_mapping
from kaa_bridge.testing.simulators.treserva import SimulatedTreserva
from kaa_plugin_treserva import TreservaJournal
from tests.plugins.treserva_support import treserva

URL = "http://127.0.0.1:9/journal"
Change = Callable[[dict[str, Any]], None]


def with_profile(change: Change, **settings: Any) -> TreservaJournal:
    """Make the journal with a changed copy of the bundled profile."""
    profile = load_mapping("treserva").profile
    change(profile)
    return TreservaJournal(
        JournalContext(
            name="journal", municipality="2303", settings={"url": URL, "module": "kaa", **settings}, profile=profile
        )
    )


@pytest.mark.parametrize("module", [None, "", " ", " kaa", "x" * 61])
def test_without_a_proper_module_nothing_is_made(module: str | None) -> None:
    with SimulatedTreserva() as server:
        with pytest.raises(ConfigurationInvalid) as caught:
            treserva(server.url, module=module)
        assert server.requests == ()
    assert caught.value.code == "settings_invalid"
    assert "module" in caught.value.message


def test_no_module_setting_at_all() -> None:
    profile = load_mapping("treserva").profile
    with pytest.raises(ConfigurationInvalid, match="never sent without one"):
        TreservaJournal(JournalContext(name="journal", municipality="2303", settings={"url": URL}, profile=profile))


def test_a_module_outside_the_profile_is_refused() -> None:
    with pytest.raises(ConfigurationInvalid, match="not one of the profile's modules"):
        with_profile(lambda profile: profile.update(modules=["ifo"]))
    with_profile(lambda profile: profile.update(modules=["ifo", "kaa"])).close()


@pytest.mark.parametrize(
    "settings",
    [
        {"level": 2},
        {"level": 3},
        {"level": "1"},
        {"lateness_seconds": -1},
        {"username": "anna"},
        {"authentication": "username_token"},
        {"username": "anna", "password": "hemligt-ord", "authentication": "none"},
        {"password": "hemligt-ord"},
        {"unknown_setting": 1},
    ],
)
def test_settings_that_do_not_hold_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        treserva(URL, **settings)
    assert "hemligt-ord" not in str(caught.value)


def test_levels_that_an_installation_may_declare() -> None:
    declared: list[tuple[dict[str, Any], JournalLevel, float]] = [
        ({}, JournalLevel.LOOKUP_MAY_LAG, 300.0),
        ({"level": 0}, JournalLevel.NOTHING, 300.0),
        ({"level": 1, "lateness_seconds": 20}, JournalLevel.LOOKUP_MAY_LAG, 20.0),
        ({"level": 2, "lateness_seconds": 20}, JournalLevel.AUTHORITATIVE_LOOKUP, 20.0),
    ]
    for settings, level, lateness in declared:
        journal = treserva(URL, **settings)
        assert (journal.describe().level, journal.describe().lateness_seconds) == (level, lateness)
        journal.close()


def test_a_profile_without_look_up_listing_and_events_says_so() -> None:
    def poorer(profile: dict[str, Any]) -> None:
        for name in ("find", "listing", "events"):
            del profile[name]

    journal = with_profile(poorer)
    described = journal.describe()
    journal.close()
    assert described.level is JournalLevel.NOTHING
    assert not described.reads_events
    assert not described.lists_notes
    with pytest.raises(ConfigurationInvalid, match=r"no \[profile.find\]"):
        with_profile(poorer, level=2, lateness_seconds=5)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda p: p.update(extra=1), "profile.extra"),
        (lambda p: p.pop("create"), "profile.create"),
        (lambda p: p.pop("wsdl"), "profile.wsdl"),
        (lambda p: p["create"].pop("reference"), "profile.create.reference"),
        (lambda p: p["create"].update(status=None, stored=["OK"]), "status and stored"),
        (lambda p: p["create"].update(journal_id="a[["), "profile.create.journal_id"),
        (lambda p: p["create"]["request"].update(Modul="kaa"), "create.request does not use {module}"),
        (lambda p: p["create"]["request"].update(ExternReferens="x"), "create.request does not use {reference}"),
        (lambda p: p["create"]["request"].update(Text="{name}"), "'{name}' is not known"),
        (lambda p: p["find"]["request"].update(ExternReferens="x"), "find.request does not use {reference}"),
        (lambda p: p["listing"]["request"].update(FranDatum="x"), "listing.request does not use {first}"),
        (lambda p: p["events"]["request"].update(FranDatum="x"), "events.request does not use {since}"),
        (lambda p: p["kinds"].pop("ended"), "kinds names every kind"),
        (lambda p: p["kinds"].update(closed="X"), "profile.kinds"),
        (lambda p: p.update(refusals=["a b"]), "profile.refusals"),
        (lambda p: p["find"].update(paging={"style": "page", "size": 5}), "find.paging"),
    ],
)
def test_a_profile_that_does_not_hold_is_refused_by_name(change: Change, place: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        with_profile(change)
    assert caught.value.code == "profile_invalid"
    assert place in caught.value.message


def test_an_empty_profile_is_refused() -> None:
    context = JournalContext(name="journal", municipality="2303", settings={"url": URL, "module": "kaa"})
    with pytest.raises(ConfigurationInvalid, match="profile"):
        TreservaJournal(context)


def test_a_missing_wsdl_shows_in_check_and_nothing_leaves() -> None:
    journal = with_profile(lambda profile: profile.update(wsdl="nowhere/journal.wsdl"))
    result = journal.check()
    journal.close()
    assert not result.ok
    assert "WSDL" in result.text
