"""``mapping check``: is a mapping usable, and what does it make of a sample; ``show``: a bundled one; ``reference``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import json_option
from kaa_bridge.cli.mapping_sample import DELIMITERS, ENCODINGS, SampleOptions, read_sample
from kaa_bridge.errors import ExitCode, InputRefused, RecordProblem
from kaa_bridge.mapping import PROBLEMS, MappingFile, RecordRefused, compile_mapping, load_mapping
from kaa_bridge.mapping.describe import describe
from kaa_bridge.mapping.load import bundled_text
from kaa_bridge.mapping.named import rules_of
from kaa_bridge.mapping.reference import generated


@click.group()
def mapping() -> None:
    """Validate a mapping file and see what it makes of a sample, or show a bundled one."""


@mapping.command()
@click.argument("name", metavar="NAME")
def show(name: str) -> None:
    """Print a bundled mapping, to start one's own from."""
    click.echo(bundled_text(name).decode("utf-8"), nl=False)


@mapping.command()
@click.argument("file", metavar="FILE")
@click.option("--sample", type=click.Path(path_type=Path), metavar="FILE", help="Records as the system gives them.")
@click.option(
    "--element", metavar="NAME", help="XML: the element that is one record (default: each child of the root)."
)
@click.option("--encoding", type=click.Choice(ENCODINGS), default="utf-8", show_default=True, help="Table: encoding.")
@click.option("--delimiter", type=click.Choice(DELIMITERS), default=";", show_default=True, help="Table: delimiter.")
@click.option("--by-position", is_flag=True, help="Table: the first row is data; columns are called 1, 2, 3 …")
@as_of_option
@json_option
def check(
    file: str,
    sample: Path | None,
    element: str | None,
    encoding: str,
    delimiter: str,
    by_position: bool,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Validate FILE, a bundled mapping's name or a path.

    With --sample the records of a file are read as a night would read them: which facts each gives (names and codes
    only, never a number, a name or an address), what had to be set aside, and what no rule names. Exit code 6 when a
    record was set aside.
    """
    read = load_mapping(file)
    report: dict[str, Any] = _head(read)
    if sample is not None:
        options = SampleOptions(element, encoding, delimiter, by_position)
        report["sample"] = _tried(read, sample, options, as_of or today())
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for line in _lines(report):
            click.echo(line)
    refused = any("problem" in record for record in report.get("sample", {}).get("records", []))
    sys.exit(int(ExitCode.ATTENTION if refused else ExitCode.DONE))


@mapping.command()
@click.option("--write", "page", type=click.Path(path_type=Path), metavar="FILE", help="Renew the generated parts.")
def reference(page: Path | None) -> None:
    """Print the generated parts of the reference: facts, converters, code tables, keys, codes of problems."""
    if page is None:
        click.echo("\n".join(generated().values()))
        return
    from kaa_bridge.mapping.reference import renewed

    try:
        page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")
    except OSError as error:
        raise InputRefused(
            "page_unusable", f"The page '{page.name}' was not renewed ({error.strerror}).", remedy="Give its path."
        ) from None


def _head(file: MappingFile) -> dict[str, Any]:
    bounds = file.assertions.model_dump(exclude_none=True)
    return {
        "mapping": file.name,
        "version": file.version,
        "status": file.status,
        "format": file.format,
        "facts": sorted({fact for fact, _ in rules_of(file)}),
        "assert": bounds,
        "ok": True,
    }


def _tried(file: MappingFile, sample: Path, options: SampleOptions, as_of: date) -> dict[str, Any]:
    mapper = compile_mapping(file, as_of=as_of)
    records: list[dict[str, Any]] = []
    findings: Counter[tuple[str, str, str]] = Counter()
    for number, raw in enumerate(read_sample(file, sample, options), 1):
        if isinstance(raw, RecordProblem):
            records.append({"record": number, "problem": raw.code, "at": ""})
            continue
        try:
            mapped = mapper.map(raw)
        except RecordRefused as refused:
            records.append({"record": number, "problem": refused.code, "at": refused.place, "fact": refused.fact})
            continue
        findings.update((one.code, one.place, one.fact) for one in mapped.findings)
        records.append({"record": number, "facts": describe(mapped.facts, mapped.absences)})
    given = {name for record in records for name in record.get("facts", {})}
    named = {fact.partition(".")[0] for fact, _ in rules_of(file)}
    return {
        "records": records,
        "findings": [{"code": c, "at": at, "fact": f, "count": n} for (c, at, f), n in sorted(findings.items())],
        "unnamed": dict(sorted(mapper.unnamed().items())),
        "never_given": sorted(named - given) if records else [],
    }


def _lines(report: dict[str, Any]) -> list[str]:
    status = "follows a published specification" if report["status"] == "official" else "our documented example"
    lines = [
        f"OK   mapping {report['mapping']}, version {report['version']}, format {report['format']} ({status})",
        f"     facts: {', '.join(report['facts'])}",
    ]
    if report["assert"]:
        lines.append("     counts: " + ", ".join(f"{name} {value}" for name, value in report["assert"].items()))
    sample = report.get("sample")
    if sample is None:
        return lines
    lines.append(f"Sample: {len(sample['records'])} records")
    lines += [_record_line(record) for record in sample["records"]]
    for finding in sample["findings"]:
        words = PROBLEMS[finding["code"]]
        lines.append(f"Finding: {finding['code']} at '{finding['at']}', {finding['count']} times: {words}")
    for place, count in sample["unnamed"].items():
        lines.append(f"No rule names '{place}', met {count} times: add a rule, or the path to [ignore].")
    if sample["never_given"]:
        lines.append(f"No record gave: {', '.join(sample['never_given'])}")
    return lines


def _record_line(record: dict[str, Any]) -> str:
    if "problem" in record:
        words = PROBLEMS.get(record["problem"], "the row does not fit its header")
        return f"  {record['record']}: set aside: {record['problem']} at '{record['at']}': {words}"
    told = "; ".join(f"{name}: {_told(value)}" for name, value in record["facts"].items())
    return f"  {record['record']}: {told or 'gives no fact'}"


def _told(value: Any) -> str:
    if isinstance(value, list):
        return " | ".join(_told(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(name if text.endswith("(ok)") else f"{name} {text}" for name, text in value.items())
    return str(value)
