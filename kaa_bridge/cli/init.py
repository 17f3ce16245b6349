"""``init``: a commented configuration for the chosen systems, the state key, and where secrets go."""

from __future__ import annotations

import json
import os
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import click

from kaa_bridge.cli.output import writable
from kaa_bridge.cli.typed import typed
from kaa_bridge.config import FILE_NAME, read_settings
from kaa_bridge.errors import ConfigurationInvalid, InputRefused
from kaa_bridge.host import PluginHost, load_plugins
from kaa_bridge.routine import BUILT_IN, load_routine
from kaa_bridge.store.key import make_key_file, read_key

_KEY = "kaa-bridge.key"
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
name = {name}
routine = {routine}                # ragunda | norrkoping | ist_kommun | lekeberg | your own file.toml
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


_HOOKS = {"source": "kaa_sources", "journal": "kaa_journals"}
"""What a plugin adds by the table that its example has below ``municipality``."""


@click.command()
@click.option("--municipality", "code", required=True, metavar="CODE", help="Four-digit code, such as 2303.")
@click.option("--name", default="Kommunen", show_default=True, help="The municipality's name.")
@click.option("--sources", default="qore,oedb,ist,files", show_default=True, help="Entry-point names, comma between.")
@click.option("--journal", default="treserva", show_default=True, help="Entry-point name of the journal.")
@click.option(
    "--routine", default="ragunda", show_default=True, help="Bundled routine, or a file NAME.toml in that folder."
)
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where to write (default: here).")
def init(code: str, name: str, sources: str, journal: str, routine: str, folder: Path) -> None:
    """Write a commented kaa-bridge.toml, a state key and a folder for secrets. Nothing that exists is overwritten.

    A state key that is there is kept and used.
    """
    path, key = folder / FILE_NAME, folder / _KEY
    if not re.fullmatch(r"[0-9]{4}", code):
        raise InputRefused(
            "municipality_code", "A municipality code has four digits.", remedy="kaa-bridge init --municipality 2303"
        )
    with writable(folder):
        taken, kept = path.exists(), key.exists()
    if taken:
        raise InputRefused(
            "configuration_exists",
            f"There is a {FILE_NAME} in that folder already; it was left as it is.",
            remedy="Edit it, or give --folder.",
        )
    text = _text(code, name, [one.strip() for one in sources.split(",") if one.strip()], journal, routine, folder)
    if kept:
        read_key(f"file:{key}")
    with writable(folder):
        _write(folder, text, kept=kept)
    made = FILE_NAME if kept else f"{FILE_NAME}, {_KEY}"
    click.echo(f"Wrote {made} and the folder secrets.{f' {_KEY} was there and is kept.' if kept else ''}")
    command = typed(None if folder.resolve() == Path.cwd() else path)
    click.echo(f"Next: fill in addresses and secrets, then {command} state create --municipality {code},")
    click.echo(f"      {command} check, {command} check --connect, {command} run --dry-run")


def _write(folder: Path, text: str, *, kept: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if not kept:
        make_key_file(folder / _KEY)
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    if os.name == "posix":
        secrets.chmod(0o700)
    (folder / FILE_NAME).write_text(text, encoding="utf-8")


def _text(code: str, name: str, sources: list[str], journal: str, routine: str, folder: Path) -> str:
    """Return a configuration that can be read back as it was meant.

    Raises:
        InputRefused: a plugin that is none or another kind, a routine that cannot be used, or what the configuration
            itself refuses.
    """
    host = load_plugins()
    parts = [_part(host, one, "source") for one in sources] + [_part(host, one, "journal") for one in [journal] if one]
    try:
        needed = _plugins_of(host, routine, folder)
        allow = dict.fromkeys([*sources, *([journal] if journal else []), *needed])
        head = _HEAD.format(
            code=code, name=_quoted(name), routine=_quoted(routine), allow=", ".join(map(_quoted, allow))
        )
        text = head + "\n".join(parts)
        read_settings(folder / FILE_NAME, text)
    except ConfigurationInvalid as error:
        remedy = "Give other --sources or --journal." if error.code == "configuration_invalid" else error.remedy
        raise InputRefused(error.code, f"{error.message} Nothing was written.", remedy=remedy) from None
    return text


def _plugins_of(host: PluginHost, routine: str, folder: Path) -> list[str]:
    """Return the plugins whose conditions a routine names: without them it cannot be used."""
    predicates = {**BUILT_IN, **host.added("kaa_predicates")}
    named = {one.name for one in load_routine(routine, base_dir=str(folder), predicates=predicates).predicates}
    return [plugin.name for plugin in host.plugins if named.intersection(plugin.adds.get("kaa_predicates", ()))]


def _part(host: PluginHost, name: str, role: str) -> str:
    """Return a plugin's example of its settings, as a source or as a journal."""
    known = {plugin.name: _example(plugin.module) for plugin in host.plugins if _HOOKS[role] in plugin.adds}
    known = {one: text for one, text in known.items() if _is_of(text, role)}
    if name not in known:
        raise InputRefused(
            "plugin_unknown",
            f"No usable plugin '{name}' is a {role} (there are {', '.join(sorted(known))}); nothing was written.",
            remedy="kaa-bridge plugins list",
        )
    return known[name] or f"# {name} brings no example of its settings: write its table here by its documentation.\n"


def _example(module: str) -> str:
    """Return the example that lies in a plugin's package, empty when there is none that can be read."""
    try:
        example = files(module.partition(":")[0]) / "configuration.toml"
        return example.read_text(encoding="utf-8") if example.is_file() else ""
    except (TypeError, ValueError):  # a module that is no package, a file that is no text
        return ""


def _is_of(example: str, role: str) -> bool:
    """Tell whether an example is one of a source, or of a journal; one that says neither is taken at its word."""
    try:
        return not example or role in tomllib.loads(example).get("municipality", {})
    except tomllib.TOMLDecodeError:  # of one plugin; refused when the whole is read back, where that one was chosen
        return True


def _quoted(text: str) -> str:
    """Return a TOML string: the escapes of JSON are TOML's too, which forbids one sign more as it stands.

    Raises:
        InputRefused: the terminal gave bytes that are no text.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputRefused(
            "not_text", "--name or --routine is no UTF-8 text; nothing was written.", remedy="Give it in UTF-8."
        ) from None
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
