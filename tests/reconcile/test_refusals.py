"""What is asked wrongly is refused with the next command; what is asked early says so."""

from __future__ import annotations

from kaa_bridge.testing.world import World
from tests.reconcile.summer import JULY, MAY, SEPTEMBER, Summer
from tests.system.conftest import Cli

FREEZE = ("reconcile", "--freeze", "2026")


def test_wrong_questions_are_refused(world: World, night: Cli, cli: Cli) -> None:
    never = cli(*FREEZE, "--as-of", str(SEPTEMBER))
    assert (never.code, "reconcile_never_read" in never.err) == (2, True)
    night(MAY)
    for arguments, code, status in [
        (("--left", "oedb", "--right", "oedb"), "reconcile_same", 2),
        (("--left", "hypergene"), "reconcile_source", 2),
        (("--format", "xlsx"), "output_needed", 2),
        (("--format", "pdf"), "output_needed", 2),
        (("--apply", str(world.configuration)), "reconcile_apply_alone", 2),
    ]:
        refused = cli(*FREEZE, "--as-of", str(SEPTEMBER), *arguments)
        assert (refused.code, code in refused.err) == (status, True), (arguments, refused.err)
        assert "Next:" in refused.err
        assert not refused.out
    early = cli(*FREEZE, "--as-of", str(MAY))
    assert (early.code, "reconcile_too_early" in early.err) == (2, True)
    missing = cli("reconcile", "--as-of", str(SEPTEMBER))
    assert (missing.code, "reconcile_year" in missing.err) == (2, True)


def test_a_comparison_in_the_freeze_says_so_and_any_two_sources_may_be_named(
    world: World, night: Cli, cli: Cli, summer: Summer
) -> None:
    night(MAY)
    world.become(summer.july)
    night(JULY)
    told = cli(*FREEZE, "--as-of", str(JULY))
    assert told.code == 0, told.err
    assert "Uppehållet pågår: OEDB uppdateras igen 2026-09-01." in told.out
    stale = cli(*FREEZE, "--as-of", str(SEPTEMBER))
    assert "OEDB och IST har inte hämtats sedan uppehållet slutade" in stale.out
    turned = cli(*FREEZE, "--as-of", str(JULY), "--left", "ist", "--right", "oedb", "--json").data
    assert (turned["left"]["name"], turned["right"]["name"], turned["freeze"]["of"]) == ("ist", "oedb", "OEDB")
    assert sum(turned["counts"]["categories"].values()) == turned["counts"]["union"]


def test_where_no_source_has_a_freeze_the_days_must_be_told(world: World, night: Cli, cli: Cli) -> None:
    night(MAY)
    head, *sources = world.configuration.read_text("utf-8").replace(', "oedb"]', "]").split("[[municipality.source]]")
    kept = [source for source in sources if 'adapter = "oedb"' not in source]
    world.configuration.write_text("[[municipality.source]]".join([head, *kept]), encoding="utf-8")
    asked = (*FREEZE, "--as-of", str(SEPTEMBER), "--left", "qore", "--right", "ist")
    refused = cli(*asked)
    assert (refused.code, "reconcile_no_freeze" in refused.err) == (3, True)
    assert "Give the source qore blackout" in " ".join(refused.err.split())
    told = [source.replace('adapter = "qore"', 'adapter = "qore"\nblackout = ["06-01/08-31"]') for source in kept]
    world.configuration.write_text("[[municipality.source]]".join([head, *told]), encoding="utf-8")
    assert "Qore uppdateras inte 2026-06-01 till 2026-08-31" in cli(*asked).out
