"""``reconcile``: the report after the summer freeze, and taking it back with a person's decisions."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, one_municipality_option, pass_app
from kaa_bridge.cli.output import chosen_form, form_option, opened, output_option
from kaa_bridge.errors import InputRefused

if TYPE_CHECKING:
    from kaa_bridge.reconcile.accept import Applied
    from kaa_bridge.reconcile.model import Report
    from kaa_bridge.reconcile.sides import Question

Form = Literal["table", "csv", "xlsx", "html", "pdf", "json"]
FORMS: tuple[Form, ...] = ("table", "csv", "xlsx", "html", "pdf", "json")


@click.command()
@click.option(
    "--freeze", type=click.IntRange(2015, 2200), metavar="YEAR", help="The year of the freeze to compare after."
)
@click.option("--left", metavar="NAME", help="The source that was not updated (default: oedb).")
@click.option("--right", metavar="NAME", help="The source it is compared with (default: ist).")
@form_option(FORMS)
@output_option
@click.option("--with-names", is_flag=True, help="With name and number of the unprotected; csv or xlsx, with --output.")
@click.option(
    "--restricted", type=click.Path(path_type=Path), help="Write the handles of protected youths to this file (JSON)."
)
@click.option(
    "--apply",
    "filled",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take back the filled spreadsheet: accepted rows only.",
)
@click.option("--by", help="Who accepted the rows, with --apply; default: the logged-in user.")
@one_municipality_option
@as_of_option
@json_option
@pass_app
def reconcile(
    app: App,
    freeze: int | None,
    left: str | None,
    right: str | None,
    form: Form | None,
    output: Path | None,
    with_names: bool,
    restricted: Path | None,
    filled: Path | None,
    by: str | None,
    municipality: str | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Compare OEDB with IST (or any two sources) after the freeze of a year, youth by youth, with proposed steps."""
    if filled is not None:
        if freeze or left or right or as_of or output or restricted or with_names:
            raise InputRefused(
                "reconcile_apply_alone",
                "The spreadsheet itself says what was compared and when; nothing was applied.",
                remedy="kaa-bridge reconcile --apply FILE.xlsx [--municipality CODE] [--by NAME]",
            )
        _take_back(app, municipality, filled, by or getpass.getuser(), as_json=as_json)
        return
    chosen = chosen_form(FORMS, form, output, as_json=as_json)
    question = _question(freeze, left, right, as_of or today())
    if with_names:
        _check_names(chosen, output)
    with made_report(app, municipality, question, with_names=with_names) as report:
        _write(report, chosen, output, restricted)


def _write(report: Report, form: Form, output: Path | None, restricted: Path | None) -> None:
    from kaa_bridge.reconcile.render import write_report, write_restricted

    if restricted is not None:
        with opened(restricted, "--restricted") as stream:
            write_restricted(report, stream)
    with opened(output) as stream:
        write_report(report, form, stream)


def _question(year: int | None, left: str | None, right: str | None, as_of: date) -> Question:
    from kaa_bridge.reconcile.sides import Question

    if year is None:
        raise InputRefused(
            "reconcile_year", "Which summer? No year was given.", remedy="kaa-bridge reconcile --freeze YEAR"
        )
    return Question(year, as_of, left, right)


def _check_names(form: Form, output: Path | None) -> None:
    if output is None or form not in ("csv", "xlsx"):
        raise InputRefused(
            "reconcile_names",
            "Names stand in a file of its own only, as a spreadsheet or CSV; nothing was written.",
            remedy="Add --format xlsx --output FILE.xlsx; only its owner can read the file.",
        )


@contextmanager
def made_report(
    app: App, municipality: str | None, question: Question, *, with_names: bool = False
) -> Iterator[Report]:
    """Compare and give the sealed report; it can be read as long as the block lasts."""
    from kaa_bridge.reconcile.compare import compare
    from kaa_bridge.reconcile.lines import sealed
    from kaa_bridge.reconcile.names import name_finder
    from kaa_bridge.store.spool import Spool
    from kaa_bridge.sync.bridge import make_bridge

    table = app.one_municipality(municipality)
    with app.store(table) as store:
        bridge = make_bridge(app.settings, table, app.host)
        try:
            with store.read() as connection, Spool() as spool:
                report = sealed(compare(connection, bridge, question, spool), store.keys.note)
                names = name_finder(connection, bridge, question.as_of) if with_names else None
                yield replace(report, names=names)
        finally:
            bridge.close()


def _take_back(app: App, municipality: str | None, filled: Path, by: str, *, as_json: bool) -> None:
    """Plan the notes of the accepted rows, say what was done, and end with 6 when a row could not be used."""
    from kaa_bridge.reconcile.accept import apply_returned
    from kaa_bridge.reconcile.returned import read_returned
    from kaa_bridge.store.clock import SystemClock
    from kaa_bridge.sync.bridge import make_bridge

    table = app.one_municipality(municipality)
    returned = read_returned(filled)
    with app.store(table) as store:
        bridge = make_bridge(app.settings, table, app.host)
        try:
            with store.write() as connection:
                now = SystemClock().now()
                applied = apply_returned(connection, bridge, store.keys.note, returned, by=by, now=now)
        finally:
            bridge.close()
    if as_json:
        click.echo(json.dumps(applied.summary(), ensure_ascii=False, indent=1))
    else:
        for line in _told(applied, table.code):
            click.echo(line)
    sys.exit(int(applied.exit_code))


def _told(applied: Applied, code: str) -> Iterator[str]:
    words = ", ".join(f"{count} {word or 'no decision'}" for word, count in sorted(applied.decisions.items()))
    yield f"{applied.reference}: {words or 'no rows'}."
    yield f"{len(applied.planned)} notes planned, {len(applied.noted)} noted before, {len(applied.stale)} out of date."
    if applied.updates is None:
        yield "Nothing was changed in the sources: closing, adding and correcting is done there by hand."
    else:
        yield f"{len(applied.updates)} changes to the register planned; the other steps are done there by hand."
    for handle in applied.stale:
        yield f"  {handle}: the sources no longer say what was accepted. Next: kaa-bridge explain {handle}"
    if applied.planned or applied.updates:
        yield f"Next: kaa-bridge run --municipality {code}"
