"""A municipality's own wording, named in the configuration, is what stands in the journal."""

from __future__ import annotations

from kaa_bridge.testing.world import World
from tests.system.conftest import Cli

CHOSEN = 'note_templates = { registered = "%s" }\n'
POSTCARD = "Enligt handlingsplanen skickas ett vykort med information till folkbokföringsadressen inom en vecka."


def _choose(world: World, name: str) -> None:
    file = world.folder / "kaa-bridge.toml"
    text = file.read_text("utf-8")
    assert text.count("[[municipality]]\n") == 1
    file.write_text(text.replace("[[municipality]]\n", "[[municipality]]\n" + CHOSEN % name), "utf-8")


def test_the_journal_holds_the_chosen_wording_of_that_kind_and_no_other(world: World, night: Cli) -> None:
    _choose(world, "norrkoping_registered")
    assert night().code == 6
    notes = world.treserva.notes()
    opened = [note for note in notes if "omfattas av kommunens aktivitetsansvar" in note.text]
    assert opened
    assert all(POSTCARD in note.text and note.reference in note.text for note in opened)
    assert all(POSTCARD not in note.text for note in notes if note not in opened)


def test_a_wording_that_nobody_has_stops_before_the_night(world: World, night: Cli, cli: Cli) -> None:
    _choose(world, "mistyped")
    refused = night()
    assert refused.code == 3
    assert "note_template_unknown" in refused.err
    assert "norrkoping_registered" in refused.err
    assert not world.treserva.notes()
    assert cli("check").code == 3
