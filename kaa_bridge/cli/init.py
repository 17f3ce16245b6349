"""``init``: a commented configuration for the chosen systems, the state key, and where secrets go."""

from __future__ import annotations

import os
import re
from importlib.resources import files
from pathlib import Path

import click

from kaa_bridge.config import FILE_NAME
from kaa_bridge.errors import InputRefused

_HEAD = """\
# kaa-bridge: configuration of one or several municipalities. docs/reference/configuration.md lists every key.
# Secrets are never written here: {{ file = "…" }} (mode 0600), {{ credential = "…" }} (systemd) or {{ keyring = "…" }}.

state_dir = "state"                  # one folder for each municipality in it; keep it on an encrypted, backed-up disk

[store]
kind = "sqlcipher"                   # encrypted file (default) | sqlite | postgresql (with url)
key = {{ file = "kaa-bridge.key" }}    # keep a copy of the key in the municipality's safe: without it the state is lost

[plugins]
allow = [{allow}]

[daemon]
at = "03:30"                         # local time in Sweden

[[municipality]]
code = "{code}"
name = "{name}"
routine = "{routine}"                # ragunda | norrkoping | ist_kommun | lekeberg | your own file.toml
notes = ["registered", "ended", "correction"]   # also "action_due": a note when a step of the routine falls due
# precedence = ["ist", "qore"]       # whose word counts when sources disagree; the order below otherwise

[municipality.law]
# term_ends = [2026-06-11]           # last days of the spring terms; without them 1-30 June is unknown
# still_in_compulsory_school = "investigate"

[municipality.scb]
# layouts = ["scb-2026H1.toml"]      # SCB's own lists, one file a half-year; without them its file is a draft

[municipality.guard]
# notes_count = 25                   # more new notes than this (or 3 x the usual night) are held for a person

"""


@click.command()
@click.option("--municipality", "code", required=True, metavar="CODE", help="Four-digit code, such as 2303.")
@click.option("--name", default="Kommunen", show_default=True, help="The municipality's name.")
@click.option("--sources", default="qore,oedb,ist,files", show_default=True, help="Entry-point names, comma between.")
@click.option("--journal", default="treserva", show_default=True, help="Entry-point name of the journal.")
@click.option("--routine", default="ragunda", show_default=True, help="Bundled routine to start from.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where to write (default: here).")
def init(code: str, name: str, sources: str, journal: str, routine: str, folder: Path) -> None:
    """Write a commented kaa-bridge.toml, a state key and a folder for secrets. Nothing that exists is overwritten."""
    from kaa_bridge.host import load_plugins
    from kaa_bridge.store.key import make_key_file

    if not re.fullmatch(r"\d{4}", code):
        raise InputRefused(
            "municipality_code", "A municipality code has four digits.", remedy="kaa-bridge init --municipality 2303"
        )
    path = folder / FILE_NAME
    if path.exists():
        raise InputRefused(
            "configuration_exists",
            f"There is a {FILE_NAME} in that folder already; it was left as it is.",
            remedy="Edit it, or give --folder.",
        )
    chosen = [one for one in (*sources.split(","), journal) if one]
    modules = {plugin.name: plugin.module for plugin in load_plugins().plugins if not plugin.error}
    parts = [_part(one, modules) for one in chosen]
    head = _HEAD.format(code=code, name=name, routine=routine, allow=", ".join(f'"{one}"' for one in chosen))
    folder.mkdir(parents=True, exist_ok=True)
    make_key_file(folder / "kaa-bridge.key")
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    if os.name == "posix":
        secrets.chmod(0o700)
    path.write_text(head + "\n".join(parts), encoding="utf-8")
    click.echo(f"Wrote {path.name}, kaa-bridge.key and the folder secrets.")
    click.echo(f"Next: fill in addresses and secrets, then kaa-bridge state create --municipality {code},")
    click.echo("      kaa-bridge check, kaa-bridge check --connect, kaa-bridge run --dry-run")


def _part(name: str, modules: dict[str, str]) -> str:
    if name not in modules:
        raise InputRefused(
            "plugin_unknown",
            f"No usable plugin is called '{name}' (there are {', '.join(sorted(modules))}); nothing was written.",
            remedy="kaa-bridge plugins list",
        )
    example = files(modules[name]) / "configuration.toml"
    if not example.is_file():
        return f"# {name} brings no example of its settings; see its documentation.\n"
    return example.read_text(encoding="utf-8")
