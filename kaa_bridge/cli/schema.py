"""``kaa-bridge schema``: the JSON Schema of a file format."""

from __future__ import annotations

import json

import click

from kaa_bridge.domain.facts_file import facts_schema


@click.group()
def schema() -> None:
    """Print the JSON Schema of a file format."""


@schema.command()
def facts() -> None:
    """Print the schema of kaa-facts/1, the input of decide and due."""
    click.echo(json.dumps(facts_schema(), ensure_ascii=False, indent=2))


@schema.command()
def routine() -> None:
    """Print the schema of kaa-routine/1, a municipality's routine (the TOML file as JSON)."""
    from kaa_bridge.routine import routine_schema

    click.echo(json.dumps(routine_schema(), ensure_ascii=False, indent=2))


@schema.command()
def scb() -> None:
    """Print the schema of kaa-scb/1, SCB's lists for a half-year (the TOML file as JSON)."""
    from kaa_bridge.report.scb.model import scb_schema

    click.echo(json.dumps(scb_schema(), ensure_ascii=False, indent=2))
