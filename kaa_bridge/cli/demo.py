"""``demo``: whole nights on simulated systems over real sockets on this machine; leaves nothing running."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaa_bridge.cli.context import App, pass_app
from kaa_bridge.cli.output import writable
from kaa_bridge.cli.summary import lines
from kaa_bridge.cli.typed import typed
from kaa_bridge.errors import ExitCode, InputRefused

if TYPE_CHECKING:
    from datetime import date

    from kaa_bridge.store.engine import Store
    from kaa_bridge.sync.bridge import Bridge
    from kaa_bridge.sync.decide import Decided
    from kaa_bridge.sync.night import Plan
    from kaa_bridge.testing.world import World

_SHOWN = 12


@click.command()
@click.option("--seed", default=1, show_default=True, help="Another seed gives other people who do not exist.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where to keep everything (default: a temporary folder)."
)
@pass_app
def demo(app: App, seed: int, folder: Path | None) -> None:
    """Run three nights on simulated systems: Qore and Treserva over SOAP, OEDB and IST over REST, exams as a file.

    Ends with exit code 0 when the nights did what they should, 1 otherwise.
    """
    from kaa_bridge.testing.population import build
    from kaa_bridge.testing.world import AS_OF, World

    place = folder or Path(tempfile.mkdtemp(prefix="kaa-bridge-demo-"))
    _make(place)
    with World(place / "world", build(seed, as_of=AS_OF)) as world:
        right = _show(world, place)
    click.echo()
    click.echo(f"Everything lies in {place}")
    click.echo(f"Look around in it: {typed(world.configuration)} status --as-of {AS_OF + timedelta(days=1)}")
    click.echo(f"Nothing is left running. Next: docs/tutorial/first-night.md, or {typed()} init --municipality CODE")
    sys.exit(int(ExitCode.DONE if right else ExitCode.FAILED))


def _make(place: Path) -> None:
    """Make the folder; a demo that lies there already is left as it is."""
    with writable(place):
        try:
            (place / "world").mkdir(parents=True)
        except FileExistsError:
            raise InputRefused(
                "demo_exists",
                f"A demo lies in {place} already; it was left as it is, and none was run.",
                remedy="Name another folder with --folder, or leave it out.",
            ) from None


def _show(world: World, place: Path) -> bool:
    from kaa_bridge.store.engine import Store
    from kaa_bridge.sync.bridge import store_settings
    from kaa_bridge.testing.world import AS_OF

    app = App(config=str(world.configuration), verbosity=0, quiet=True, log_format="text")
    app.start_log()
    Store.create(store_settings(app.settings, world.population.municipality)).close()
    _head("1. The first night: everything is new")
    decided: list[Decided] = []
    first = _night(app, AS_OF, decided)
    _print(first, world)
    _head("2. Who is covered, and why (Swedish, as a coordinator reads it)")
    _decisions(app, decided, AS_OF)
    _head("3. The work list")
    _worklist(app, AS_OF, place)
    _head("4. The notes, read back from the journal")
    delivered = _notes(app, world)
    _head("5. The same night again: nothing to do")
    second = _night(app, AS_OF, [])
    _print(second, world)
    _head("6. The next night: things have happened")
    _evolve(world)
    third = _night(app, AS_OF + timedelta(days=1), [])
    _print(third, world)
    held = len(world.treserva.notes())
    return (
        delivered == first.report.plan.notes_planned > 0
        and second.report.plan.notes_planned == 0
        and held == delivered + third.report.plan.notes_planned
        and len({note.reference for note in world.treserva.notes()}) == held
    )


@contextmanager
def _opened(app: App) -> Iterator[tuple[Store, Bridge]]:
    from kaa_bridge.sync.bridge import make_bridge

    table = app.settings.configuration.municipality[0]
    with app.store(table) as store:
        bridge = make_bridge(app.settings, table, app.host)
        try:
            yield store, bridge
        finally:
            bridge.close()


def _night(app: App, day: date, decided: list[Decided]) -> Plan:
    from kaa_bridge.sync.night import run_night

    with _opened(app) as (store, bridge):
        return run_night(store, bridge, day, on_decided=decided.append)


def _decisions(app: App, decided: list[Decided], day: date) -> None:
    from kaa_bridge.cli.explain import lines as explained
    from kaa_bridge.sync.view import explain_youth

    cases = [one for one in decided if one.outcome != "not_covered"]
    with _opened(app) as (store, bridge), store.read() as connection:
        for one in _telling(cases):
            for line in explained(explain_youth(connection, bridge, one.before.id, day)):
                click.echo(f"  {line}")
            click.echo()
    click.echo(f"  {len(cases)} covered or to investigate in all, {len(decided) - len(cases)} not covered.")


def _telling(cases: list[Decided]) -> list[Decided]:
    """Pick a few cases that show different things: plain, minor, newcomer, doubt, conflict, protection."""

    def first(holds: Callable[[Decided], bool]) -> list[Decided]:
        return [one for one in cases if holds(one)][:1]

    found = [
        *first(lambda one: not one.verdict.remarks and not one.merged.conflicts),
        *first(lambda one: any(action.recipient == "guardian" for action in one.actions)),
        *first(lambda one: "newcomer" in one.verdict.remarks),
        *first(lambda one: bool(one.merged.conflicts)),
        *first(lambda one: one.outcome == "investigate"),
        *first(lambda one: one.merged.youth.protection.is_protected),
    ]
    return list({one.before.id: one for one in found}.values())


def _worklist(app: App, day: date, place: Path) -> None:
    from kaa_bridge.sync.worklist import work_list

    with _opened(app) as (store, bridge), store.read() as connection:
        made = {fmt: work_list(connection, bridge, day, fmt) for fmt in ("table", "csv", "xlsx", "json")}
    table = made.pop("table").decode()
    all_lines = table.splitlines()
    shown = all_lines[: _SHOWN * 2]
    for line in shown:
        click.echo(f"  {line}")
    click.echo(f"  … {len(all_lines) - len(shown)} more lines in the files:")
    for fmt, data in made.items():
        path = place / f"arbetslista-{day}.{fmt}"
        path.write_bytes(data)
        click.echo(f"  -> {path.name}")


def _notes(app: App, world: World) -> int:
    """Look every confirmed note up in the journal and return how many stand there exactly once."""
    from kaa_bridge.store.query import rows

    with _opened(app) as (store, bridge):
        with store.read() as connection:
            confirmed = rows(connection, "SELECT reference FROM note WHERE state = 'CONFIRMED' ORDER BY id")
        assert bridge.journal is not None
        found = [bridge.journal.find_note(str(reference)) for (reference,) in confirmed]
    once = sum(len(one.receipts) == 1 for one in found)
    click.echo(f"  {len(confirmed)} notes are confirmed; the journal has {once} of them exactly once.")
    if notes := world.treserva.notes():
        click.echo(f"  One of them, as it stands in the case file ({notes[0].reference}):")
        for line in notes[0].text.splitlines():
            click.echo(f"    | {line}".rstrip())
    return once


def _evolve(world: World) -> None:
    from kaa_bridge.testing.population import evolve
    from kaa_bridge.testing.world import AS_OF

    world.become(evolve(world.population, AS_OF + timedelta(days=1)))


def _head(text: str) -> None:
    click.echo()
    click.echo(text)
    click.echo("-" * len(text))


def _print(plan: Plan, world: World) -> None:
    """Print a night; the commands that it names use the demo's configuration, which they would not find."""
    for line in lines(plan):
        click.echo(line.replace("Next: kaa-bridge ", f"Next: {typed(world.configuration)} "))
