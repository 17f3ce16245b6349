"""``kaa-bridge decide``: who is covered, from a facts file; no configuration, no network, no state."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import click
import msgspec

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.domain.facts import Youth
from kaa_bridge.domain.facts_file import read_facts
from kaa_bridge.errors import InputRefused
from kaa_bridge.law import Decision, departure_lines, explain_lines, version_on
from kaa_bridge.law import decide as decide_youth

_CODE_LENGTH = 4


@click.command()
@click.option("--facts", required=True, metavar="FILE|-", help="A kaa-facts/1 file, or - for standard input.")
@click.option("--municipality", required=True, metavar="CODE", help="Kommunkod of the municipality asked about.")
@as_of_option
@click.option("--json", "as_json", is_flag=True, help="Write kaa-decisions/1.")
@click.option("--citations", is_flag=True, help="In the text, every criterion with provision, act and fact.")
def decide(facts: str, municipality: str, as_of: date | None, as_json: bool, citations: bool) -> None:
    """Say for each youth in a facts file whether the responsibility (skollagen 29 kap. 9 §) covers them, and why."""
    if len(municipality) != _CODE_LENGTH or not (municipality.isascii() and municipality.isdigit()):
        raise click.BadParameter("a municipality code is four digits, such as 2303", param_hint="--municipality")
    day = as_of or today()
    version_on(day)
    youths = read_facts(facts_text(facts))
    decisions = (
        decide_youth(youth, municipality=municipality, as_of=day, pointer=f"/youths/{index}")
        for index, youth in enumerate(youths)
    )
    parts = _as_json(decisions, day, municipality) if as_json else _as_text(youths, decisions, citations=citations)
    for part in parts:
        click.echo(part, nl=False)


def facts_text(name: str) -> bytes:
    """Return the bytes of a facts file, or of standard input for ``-``.

    Raises:
        InputRefused: the file cannot be read.
    """
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise InputRefused(
            "facts_unreadable",
            f"The facts file cannot be read ({error.strerror}).",
            remedy="Give the path of a readable kaa-facts/1 file to --facts, or - for standard input.",
        ) from None


def _as_json(decisions: Iterable[Decision], day: date, municipality: str) -> Iterator[str]:
    """Yield ``kaa-decisions/1`` in parts: a register's decisions are a hundred megabytes of reasons."""
    head = {"format": "kaa-decisions/1", "as_of": day.isoformat(), "municipality": municipality}
    yield json.dumps(head, indent=2).removesuffix("\n}") + ',\n  "decisions": ['
    before = "\n    "
    for decision in decisions:
        text = msgspec.json.format(msgspec.json.encode(decision.to_json()), indent=2).decode()
        yield before + text.replace("\n", "\n    ")
        before = ",\n    "
    yield "]\n}\n" if before == "\n    " else "\n  ]\n}\n"


def _as_text(youths: Iterable[Youth], decisions: Iterable[Decision], *, citations: bool) -> Iterator[str]:
    before = ""
    for youth, one in zip(youths, decisions, strict=True):
        lines = [one.ref, *explain_lines(one, citations=citations), *departure_lines(youth, as_of=one.as_of)]
        yield before + "\n".join(lines) + "\n"
        before = "\n"
