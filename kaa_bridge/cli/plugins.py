"""``plugins``: what is loaded, from where, what failed, and a scaffold for a new one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from kaa_bridge.cli.context import App, json_option, pass_app
from kaa_bridge.cli.output import writable
from kaa_bridge.errors import ConfigurationInvalid, ExitCode


@click.group()
def plugins() -> None:
    """Show plugins, or start a new one."""


@plugins.command("list")
@json_option
@pass_app
def list_plugins(app: App, as_json: bool) -> None:
    """List each installed plugin with its version, origin, what it adds, and its error if it has one.

    Ends with exit code 4 when an allowed plugin could not be loaded.
    """
    from kaa_bridge.host import load_plugins

    try:
        allow = app.settings.configuration.plugins.allow
    except ConfigurationInvalid as error:
        if app.config is not None or error.code != "configuration_missing":
            raise
        allow = None
    found = load_plugins(allow=allow).plugins
    if as_json:
        click.echo(json.dumps([one.as_dict() for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            adds = "; ".join(f"{hook.removeprefix('kaa_')}: {', '.join(names)}" for hook, names in one.adds.items())
            state = one.error or (adds if one.allowed else "not in plugins.allow")
            click.echo(f"{one.name:<16} {one.distribution} {one.version}  {one.module}  {state}")
    sys.exit(int(ExitCode.UNREACHABLE if any(one.error for one in found) else ExitCode.DONE))


@plugins.command()
@click.argument("kind", type=click.Choice(["source", "journal"]))
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where it shall be written.")
def new(kind: str, name: str, folder: Path) -> None:
    """Write a new plugin whose conformance tests pass."""
    from kaa_bridge.testing.scaffold import write_scaffold

    with writable(folder):
        made = write_scaffold(kind, name, folder)
    click.echo(f"Wrote {made}. Next: pip install -e '{made}[test]' && pytest {made}")
