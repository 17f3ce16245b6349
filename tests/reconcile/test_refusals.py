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
        (
            (
                "--left",
                "hypergene",
            ),
            "reconcile_source",
            2,
        ),
        (("--left", "qore", "--right", "ist"), "reconcile_no_freeze", 3),
        (("--format", "xlsx"), "reconcile_output", 2),
        (("--apply", "x.xlsx"), "reconcile_apply_alone", 2),
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
