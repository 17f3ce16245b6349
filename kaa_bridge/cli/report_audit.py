"""``report audit``: the self-check against an audit's control objectives, one or several municipalities."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, pass_app
from kaa_bridge.cli.output import chosen_form, form_option, output_option, write_out
from kaa_bridge.cli.present import present
from kaa_bridge.cli.report_board import FORMS, Form
from kaa_bridge.errors import ConfigurationInvalid, ExitCode, KaaError, worst

if TYPE_CHECKING:
    from kaa_bridge.config import MunicipalityTable
    from kaa_bridge.report.audit.judge import Judged


@click.command()
@form_option(FORMS)
@output_option
@click.option(
    "--municipality", "codes", multiple=True, metavar="CODE", help="May be given several times; left out: all of them."
)
@as_of_option
@json_option
@pass_app
def audit(
    app: App, form: Form | None, output: Path | None, codes: tuple[str, ...], as_of: date | None, as_json: bool
) -> None:
    """Hold the state against the control objectives of an audit: eight areas, with evidence and radar chart."""
    from kaa_bridge.report.audit.forms import render_audit

    chosen = chosen_form(FORMS, form, output, as_json=as_json)
    tables = [app.settings.municipality(code) for code in dict.fromkeys(codes)] or app.municipalities(None)
    _check_same(tables)
    found, left_out = _judged(app, tables, as_of or today())
    write_out(render_audit(found, chosen), output)
    sys.exit(int(left_out))


def _check_same(tables: list[MunicipalityTable]) -> None:
    if len({table.audit for table in tables}) > 1:
        raise ConfigurationInvalid(
            "audit_differs",
            "The municipalities are judged by different control objectives and cannot stand side by side; nothing was "
            "judged.",
            remedy="Name one with --municipality CODE, or give them the same 'audit' in kaa-bridge.toml.",
        )


def _judged(app: App, tables: list[MunicipalityTable], day: date) -> tuple[list[Judged], ExitCode]:
    """Judge each; one that cannot be is told of and left out, as long as another remains."""
    found: list[Judged] = []
    errors: list[KaaError] = []
    for table in tables:
        try:
            found.append(_one(app, table, day))
        except KaaError as error:
            errors.append(error)
    if not found:
        raise errors[0]
    for missed in errors:
        present(missed)
    return found, worst(*(missed.exit_code for missed in errors))


def _one(app: App, table: MunicipalityTable, day: date) -> Judged:
    from kaa_bridge.report.audit.make import judged

    with app.store(table) as store, store.read() as connection:
        return judged(connection, app.settings, table, app.host, day)
