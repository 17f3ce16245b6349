"""``questionnaire``: the form for the first talk, with the questions that the municipality has filled in."""

from __future__ import annotations

from importlib.resources import files

import click


@click.command()
@click.argument("file", required=False)
@click.option("--template", is_flag=True, help="Print the file with its seven empty slots, to fill in.")
def questionnaire(file: str | None, template: bool) -> None:
    """Print the form of FILE (default: the bundled one); tell on stderr which questions are not filled in."""
    from kaa_bridge.report.questionnaire import form, load_questionnaire

    if template:
        path = files("kaa_mappings") / "forms" / "seven_questions.toml"
        click.echo(path.read_text("utf-8"), nl=False)
        return
    found = load_questionnaire(file)
    click.echo(form(found), nl=False)
    if found.empty:
        numbers = ", ".join(map(str, found.empty))
        click.echo(f"Not filled in: {numbers}. Next: kaa-bridge questionnaire --template > FILE", err=True)
