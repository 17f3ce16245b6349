"""``report scb``: SCB's survey of a half-year as a complete file, and the layouts it is made by."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, one_municipality_option, pass_app
from kaa_bridge.cli.output import write_out
from kaa_bridge.cli.report import period_option
from kaa_bridge.errors import InputRefused
from kaa_bridge.report.period import Period

if TYPE_CHECKING:
    from kaa_bridge.report.scb.make import Question
    from kaa_bridge.report.scb.report import Report


@click.command()
@period_option
@click.option("--output", type=click.Path(path_type=Path), help="The file to write (mode 0600); a draft says so.")
@click.option("--preview", is_flag=True, help="Write no file: counts, checks, and what changed since the last file.")
@click.option("--layout", metavar="FILE", help="SCB's own lists for the half-year; goes before the configuration.")
@click.option(
    "--restricted", type=click.Path(path_type=Path), help="Write the handles of protected youths to this file (JSON)."
)
@one_municipality_option
@as_of_option
@json_option
@pass_app
def scb(
    app: App,
    period: Period,
    output: Path | None,
    preview: bool,
    layout: str | None,
    restricted: Path | None,
    municipality: str | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Write the complete half-year for SCB: five blocks, checked, and what changed since the last file.

    Person numbers stand in the file alone. It is ready for delivery only by SCB's own lists and with every check that
    stops it holding: else it is written as a draft, with exit code 3 (lists) or 6 (checks).
    """
    if preview == (output is not None):
        raise InputRefused(
            "scb_output",
            "The file holds person numbers and is never written to the terminal; nothing was made.",
            remedy="Add either --output FILE, or --preview to write none.",
        )
    from kaa_bridge.report.scb import texts
    from kaa_bridge.report.scb.deliver import require_place, why_not_ready

    if restricted is not None:
        require_place(restricted, "--restricted")
    made = _made(app, municipality, period, as_of or today(), layout, output)
    if restricted is not None:
        write_out(texts.as_restricted(made), restricted, "--restricted")
    click.echo(texts.as_json(made) if as_json else texts.as_text(made), nl=False)
    if error := why_not_ready(made):
        raise error


def _made(
    app: App, municipality: str | None, period: Period, as_of: date, layout: str | None, output: Path | None
) -> Report:
    from kaa_bridge.report.scb.deliver import make_file, preview
    from kaa_bridge.sync.bridge import make_bridge

    table = app.one_municipality(municipality)
    with app.store(table) as store:
        bridge = make_bridge(app.settings, table, app.host)
        try:
            question = _question(app, table.code, period, as_of, layout, store.keys.pseudonym)
            return preview(store, bridge, question) if output is None else make_file(store, bridge, question, output)
        finally:
            bridge.close()


def _question(app: App, code: str, period: Period, as_of: date, layout: str | None, key: bytes) -> Question:
    from kaa_bridge.report.scb.load import layout_for, read_layout
    from kaa_bridge.report.scb.make import Question

    chosen = app.settings.municipality(code).scb
    if as_of < period.first:
        raise InputRefused(
            "scb_period_ahead",
            f"{period} has not begun on {as_of}; nothing was made.",
            remedy="Name an earlier half-year, or a later day with --as-of.",
        )
    loaded = layout_for(period, chosen.layouts, app.settings.base_dir) if layout is None else read_layout(layout)
    if loaded.layout.period not in ("any", str(period)):
        raise InputRefused(
            "scb_layout_of_another_period",
            f"{loaded.name} is for {loaded.layout.period}, and {period} was asked for: SCB's lists differ between "
            "half-years. Nothing was made.",
            remedy=f"Name the layout of {period} with --layout, or --period {loaded.layout.period}.",
        )
    return Question(
        period,
        as_of,
        loaded,
        protected_in_file=chosen.protected == "in_file",
        never_registered_in_file=chosen.never_registered == "in_file",
        key=key,
    )


@click.group()
def layout() -> None:
    """Load SCB's own columns, codes and checks: show the placeholder, check a file."""


@layout.command()
def show() -> None:
    """Print the shipped placeholder, to start SCB's own from."""
    from kaa_bridge.report.scb.load import placeholder_text

    click.echo(placeholder_text().decode("utf-8"), nl=False)


@layout.command()
@click.argument("file", metavar="FILE")
@json_option
def check(file: str, as_json: bool) -> None:
    """Tell whether a layout (.toml) is usable; a refusal names line and path."""
    from kaa_bridge.report.scb.load import read_layout
    from kaa_bridge.report.scb.texts import layout_text

    found = read_layout(file)
    if as_json:
        facts = {
            "layout": found.name,
            "fingerprint": found.fingerprint,
            "period": found.layout.period,
            "status": found.layout.status,
            "columns": {block.block.value: [column.name for column in block.columns] for block in found.layout.blocks},
            "checks": [check.check for check in found.layout.checks],
        }
        click.echo(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    click.echo(f"OK  {found.layout.period}: {layout_text(found)}")
