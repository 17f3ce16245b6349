"""``questionnaire``: the form for the first talk, with the questions that the municipality has filled in."""

from __future__ import annotations

import json
from importlib.resources import files

import click

from kaa_bridge.cli.context import json_option


@click.command()
@click.argument("file", required=False)
@click.option("--template", is_flag=True, help="Print the file with its seven empty slots, to fill in.")
@json_option
def questionnaire(file: str | None, template: bool, as_json: bool) -> None:
    """Print the form of FILE (default: the bundled one); tell on stderr which questions are not filled in.

    With --json, ``empty`` lists their numbers.
    """
    from kaa_bridge.report.questionnaire import form, load_questionnaire

    if template:
        path = files("kaa_mappings") / "forms" / "seven_questions.toml"
        click.echo(path.read_text("utf-8"), nl=False)
        return
    found = load_questionnaire(file)
    if as_json:
        shown = {**found.model_dump(exclude={"format"}), "empty": found.empty}
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
        return
    click.echo(form(found), nl=False)
    if found.empty:
        numbers = ", ".join(map(str, found.empty))
        click.echo(f"Not filled in: {numbers}. Next: kaa-bridge questionnaire --template > FILE", err=True)
