"""Prints what a night has done: sources, decisions, notes, and what needs a human, with the next command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kaa_bridge.cli.present import paragraph, wrapped
from kaa_bridge.errors import KaaError
from kaa_bridge.sync.night import Plan
from kaa_bridge.sync.removed import removed_remedy, removed_text
from kaa_bridge.sync.report import NightReport, SentCounts, SourceReport

_OUTCOMES = {"covered": "covered", "investigate": "to investigate", "not_covered": "not covered"}

_STOPPED = {
    "hold": "Sending is stopped by a person. Next, to go on: kaa-bridge outbox start --municipality {code}",
    "breaker": "Sending paused after several failures in a row; the next run goes on.",
    "breaker_day": "Sending paused too often today; the next run after midnight goes on.",
    "epoch": "The state was restored or copied: the journal is asked before anything is sent. The next run goes on.",
    "hung": "The journal's plugin did not answer within its limit and was left behind; the next run goes on.",
    "shutdown": "The run was told to stop: the note under way was finished, the others wait for the next run.",
}
"""Why sending ended before the last planned note (``SendReport.stopped``), and what comes next."""


def as_json(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON data: ``kaa-night/1``, the same bytes for the same night."""
    return {
        "format": "kaa-night/1",
        "municipality": plan.report.municipality,
        "dry_run": plan.report.dry_run,
        **plan.report.summary(),
        "notes": plan.notes,
        "exit_code": int(plan.report.exit_code),
    }


def lines(plan: Plan) -> Iterator[str]:
    """Yield the lines of one night."""
    report = plan.report
    what = "Plan (dry run: nothing was stored or sent)" if report.dry_run else "Night"
    yield f"{what} of {report.municipality}, {report.as_of}"
    yield "  Sources"
    for source in report.sources:
        yield from _source(source)
    yield f"  Decisions  {_decisions(report)}"
    yield f"  Notes      {_notes(report)}"
    if report.updates is not None:
        updates = _along(report.updates) if report.dry_run else _sent(report.updates, "confirmed by the register")
        yield f"  Updates    {', '.join(updates) or '0 waiting'}"
    if report.dry_run:
        yield from (
            f"    {note['reference']}  {note['handle']}  {note['kind']}  {note['cause']}" for note in plan.notes
        )
    yield from _attention(report)
    yield f"  Exit code  {int(report.exit_code)}"


def _source(source: SourceReport) -> Iterator[str]:
    counts = (
        f"{source.read} read: {source.new} new, {source.changed} changed, {source.unchanged} unchanged, "
        f"{source.gone} gone, {source.quarantined} quarantined"
    )
    yield f"    {source.name:<12} {source.state:<9} {counts if source.error is None else ''}".rstrip()
    if source.how and source.error is None:
        yield f"    {'':<12} {'':<9} {source.how}"
    for code, place, count in source.refused:
        yield f"    {'':<12} {'':<9} quarantined: {code} at {place} ({count} records)"
    for code, place, count in source.findings:
        yield f"    {'':<12} {'':<9} finding {code} at {place} ({count} records)"


def _decisions(report: NightReport) -> str:
    plan = report.plan
    outcomes = ", ".join(f"{plan.outcomes[key]} {word}" for key, word in _OUTCOMES.items() if plan.outcomes.get(key))
    tail = f"{plan.begun} begun, {plan.ended} ended"
    if plan.conflicts:
        tail += f", {plan.conflicts} with sources that disagree"
    return f"{plan.decided} decided{': ' if outcomes else ''}{outcomes}; {tail}"


def _notes(report: NightReport) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(report.plan.notes.items()))
    planned = f"{report.plan.notes_planned} planned" + (f" ({kinds})" if kinds else "")
    if report.dry_run:
        return ", ".join([planned, *_along(report.sent)])
    taken_back = [f"{report.plan.superseded} taken back"] if report.plan.superseded else []
    return ", ".join([planned, *_sent(report.sent, "confirmed by the journal"), *taken_back])


def _along(sent: SentCounts) -> list[str]:
    """Say what a dry run found in the outbox."""
    others = ((sent.waiting, "of earlier runs go along"), (sent.in_doubt, "in doubt"))
    return [f"{count} {word}" for count, word in others if count]


def _sent(sent: SentCounts, confirmed: str) -> list[str]:
    others = ((sent.refused, "refused"), (sent.in_doubt, "in doubt"), (sent.waiting, "waiting"))
    return [f"{sent.confirmed} {confirmed}", *(f"{count} {word}" for count, word in others if count)]


def _misfits(source: SourceReport) -> str:
    spots = ", ".join(f"{code} at {place} ({count} records)" for code, place, count in source.misfits)
    return wrapped(
        f"{source.name} sends what its mapping does not know: {spots}. What stands there is unknown, and no decision "
        "rests on it. Next: name it in the mapping, kaa-bridge mapping check FILE --sample FILE, then kaa-bridge run"
    )


def _errors(report: NightReport) -> Iterable[KaaError]:
    """Return what went wrong, each once: a journal that is down is met by its events, its notes and its listing."""
    told: dict[tuple[str, str | None], KaaError] = {}
    of_systems = [source.error for source in report.sources if source.error]
    of_systems += [error for one in report.written for error in one.errors]
    for error in [*of_systems, *([report.error] if report.error else [])]:
        told.setdefault((error.code, error.system), error)
    return told.values()


def _attention(report: NightReport) -> Iterator[str]:
    code = report.municipality
    listing = report.sent.listing
    found = [paragraph(error) for error in _errors(report)]
    if report.open_holds:
        found.append(f"{report.open_holds} hold(s) wait for a person. Next: kaa-bridge hold list --municipality {code}")
    found += [f"{removed_text(name, count)} Next: {removed_remedy(name)}" for name, count in report.removed.items()]
    if report.in_quarantine:
        found.append(
            f"{report.in_quarantine} record(s) are quarantined. Next: kaa-bridge quarantine list --municipality {code}"
        )
    found += [_misfits(source) for source in report.sources if source.misfits]
    if report.plan.uncomposed:
        found.append(
            f"{report.plan.uncomposed} note(s) were not composed: a source's label or a routine's text holds signs "
            "that do not belong in a case file. Next: correct it, then kaa-bridge resync "
            f"--municipality {code} --since DATE --apply"
        )
    stops = dict.fromkeys(one.stopped for one in report.written if one.stopped is not None)
    found += [_STOPPED.get(stop, f"Sending ended early ({stop}).").format(code=code) for stop in stops]
    if listing is not None and listing.differences:
        found.append(
            f"The journal's own listing disagrees with the outbox: {listing.missing} confirmed but not listed, "
            f"{listing.extra} listed but not ours, {listing.doubled} listed twice. "
            f"Next: kaa-bridge outbox compare --municipality {code}"
        )
    if any(one.in_doubt or one.refused for one in report.written):
        found.append(f"Notes need a look. Next: kaa-bridge outbox list --municipality {code}")
    if found:
        yield "  Attention"
    for text in found:
        yield from (f"    {line}" for line in text.splitlines())
