"""``check``: configuration, mappings, routines, law data and state; with ``--connect`` one call to each system."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from kaa_bridge.cli.context import App, json_option, pass_app
from kaa_bridge.config import MunicipalityTable, SendTable
from kaa_bridge.contract import CheckResult, JournalDescription
from kaa_bridge.errors import ConfigurationInvalid, ExitCode, KaaError, Unreachable, worst

if TYPE_CHECKING:
    from kaa_bridge.sync.bridge import Systems


@dataclass(frozen=True, slots=True)
class Line:
    """One checked thing."""

    what: str
    ok: bool
    text: str
    remedy: str = ""
    exit_code: ExitCode = ExitCode.DONE


@click.command()
@click.option("--connect", is_flag=True, help="Also make one harmless call to each system.")
@json_option
@pass_app
def check(app: App, connect: bool, as_json: bool) -> None:
    """Validate everything that can be validated before a night: one OK or FAIL line each, with what to do."""
    found = list(_lines(app, connect=connect))
    if as_json:
        shown = [{"what": one.what, "ok": one.ok, "text": one.text, "remedy": one.remedy} for one in found]
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        for one in found:
            click.echo(f"{'OK  ' if one.ok else 'FAIL'} {one.what}: {one.text}")
            if not one.ok and one.remedy:
                click.echo(f"     Next: {one.remedy}")
    sys.exit(int(worst(*(one.exit_code for one in found))))


def _lines(app: App, *, connect: bool) -> Iterator[Line]:
    yield _tried("configuration", partial(_configuration, app))
    yield _tried("law", _law)
    try:
        settings = app.settings
    except KaaError:
        return
    for plugin in app.host.plugins:
        if plugin.error:
            text, code = plugin.error, ExitCode.UNREACHABLE
            yield Line(f"plugin {plugin.name}", ok=False, text=text, remedy="kaa-bridge plugins list", exit_code=code)
    for table in settings.configuration.municipality:
        yield from _municipality(app, table, connect=connect)


def _municipality(app: App, table: MunicipalityTable, *, connect: bool) -> Iterator[Line]:
    from kaa_bridge.sync.bridge import Systems

    yield _tried(f"{table.code} state", partial(_state, app, table))
    yield from _removed(app, table)
    yield _tried(f"{table.code} routine", partial(_routine, app, table))
    if table.note_templates:
        yield _tried(f"{table.code} note templates", partial(_templates, app, table))
    for path in table.scb.layouts:
        yield _tried(f"{table.code} scb", partial(_layout, app, path))
    systems = Systems()
    try:
        systems.open(app.host, table, app.settings.base_dir)
        for name, broken in systems.broken.items():
            yield _failed(f"{table.code} {name}", broken)
        yield from _systems(table, systems, connect=connect)
    finally:
        systems.close()


def _removed(app: App, table: MunicipalityTable) -> Iterator[Line]:
    from kaa_bridge.sync.removed import removed_remedy, removed_sources, removed_text

    try:
        with app.store(table) as store, store.read() as connection:
            removed = removed_sources(connection, table)
    except KaaError:  # the state's own line has said it
        return
    for name, count in removed.items():
        what, text, code = f"{table.code} {name}", removed_text(name, count), ExitCode.ATTENTION
        yield Line(what, ok=False, text=text, remedy=removed_remedy(name), exit_code=code)


def _systems(table: MunicipalityTable, systems: Systems, *, connect: bool) -> Iterator[Line]:
    for feed in systems.feeds:
        if feed.source is not None:
            text = f"mapping {feed.mapping.name} ({feed.mapping.status})"
            yield Line(f"{table.code} {feed.name}", ok=True, text=text)
            if connect:
                yield _tried(f"{table.code} {feed.name} connection", partial(_call, feed.name, feed.source.check))
    for written, settings in ((systems.journal, table.journal), (systems.updates, table.updates)):
        if written is None or settings is None:
            continue
        described = written.describe()
        yield _tried(f"{table.code} {described.name}", partial(_journal, described, settings.send))
        if connect:
            called = partial(_call, described.name, written.check)
            yield _tried(f"{table.code} {described.name} connection", called)


def _configuration(app: App) -> str:
    return f"{app.settings.path.name}, {len(app.settings.configuration.municipality)} municipalities"


def _law() -> str:
    from kaa_bridge.law import versions

    (provision, *_) = versions()[-1].provisions.values()
    return f"{provision.provision}, {len(versions())} versions, the last in force from {versions()[-1].in_force}"


def _routine(app: App, table: MunicipalityTable) -> str:
    from kaa_bridge.sync.bridge import routine_of

    routine = routine_of(app.settings, table, app.host)
    return f"{routine.name}, version {routine.version}"


def _templates(app: App, table: MunicipalityTable) -> str:
    from kaa_bridge.sync.bridge import wordings_of

    wordings_of(table, app.host)
    return ", ".join(sorted(table.note_templates.values()))


def _layout(app: App, path: str) -> str:
    from kaa_bridge.report.scb.load import read_layout

    found = read_layout(path, app.settings.base_dir)
    return f"{found.name} for {found.layout.period} ({found.layout.status})"


def _state(app: App, table: MunicipalityTable) -> str:
    with app.store(table) as store:
        return f"{store.settings.kind.value}, opens and is of this version"


def _journal(described: JournalDescription, send: SendTable) -> str:
    from kaa_bridge.sync.bridge import send_settings

    send_settings(send).check(described)
    promise = {
        0: "at most once, every doubt goes to a person",
        1: "at most once by itself, an absent note goes to a person",
        2: "exactly once by look-up",
        3: "exactly once by the journal itself",
    }[int(described.level)]
    return f"level {int(described.level)}: {promise}"


def _call(name: str, function: Callable[[], CheckResult]) -> str:
    from kaa_bridge.host import call_limited

    result = call_limited(function, seconds=120.0, system=name)
    if not result.ok:
        kind = ConfigurationInvalid if result.configuration else Unreachable
        raise kind(result.code or "check_failed", result.text, remedy=result.remedy, system=name)
    return result.text


def _tried(what: str, function: Callable[[], str]) -> Line:
    try:
        return Line(what, ok=True, text=function())
    except KaaError as error:
        return _failed(what, error)


def _failed(what: str, error: KaaError) -> Line:
    return Line(what, ok=False, text=f"{error.code}: {error.message}", remedy=error.remedy, exit_code=error.exit_code)
