"""``explain``: why one youth is covered or not, from which sources, and what is due. In Swedish, for a coordinator."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from kaa_bridge.cli.clock import as_of_option, today
from kaa_bridge.cli.context import App, json_option, one_municipality_option, pass_app
from kaa_bridge.cli.person import asked_number, find_person
from kaa_bridge.domain.values import EventKind
from kaa_bridge.errors import InputRefused
from kaa_bridge.law import departure_lines, explain_lines
from kaa_bridge.report.individual_plan import plan_gaps
from kaa_bridge.routine import COUNTED_FROM
from kaa_bridge.sync.conflict import APART, STRONGEST, Conflict

if TYPE_CHECKING:
    from kaa_bridge.sync.view import Explanation

_BY_NUMBER = "kaa-bridge explain -"
_FACTS = {
    "birth_date": "födelsedatum",
    "life_status": "personens status i folkbokföringen",
    "first_registered": "första folkbokföringen",
    "compulsory_schooling": "skolplikten",
    "residence": "hemkommunen",
    "placements": "skolplaceringen",
    "placement_start": "skolplaceringens första dag",
    "ended_as": "varför skolplaceringen slutade",
    "study_path": "studievägen",
    "equivalent": "bedömningen av utbildningen som motsvarande",
    "first_term_start": "när utbildningens första termin började",
    "protection": "skyddade personuppgifter",
}
"""What a coordinator calls the facts that sources can disagree on."""


@click.command()
@click.argument("ref", required=False)
@click.option("--person-file", metavar="FILE", help="File that holds one number, instead of a handle.")
@click.option("--citations", is_flag=True, help="With paragraphs, acts and facts, for a lawyer.")
@one_municipality_option
@as_of_option
@json_option
@pass_app
def explain(
    app: App,
    ref: str | None,
    person_file: str | None,
    citations: bool,
    municipality: str | None,
    as_of: date | None,
    as_json: bool,
) -> None:
    """Explain one youth: REF is a handle (U-…), or - for a number typed at a prompt or piped in."""
    from kaa_bridge.sync.bridge import make_bridge
    from kaa_bridge.sync.view import explain_youth

    if (ref is None) == (person_file is None):
        raise InputRefused(
            "explain_who", "explain needs a handle, - or --person-file.", remedy="kaa-bridge explain U-…"
        )
    table = app.one_municipality(municipality)
    number = asked_number(ref, person_file)
    with app.store(table) as store:
        found = find_person(store, ref, number, by_number=_BY_NUMBER)
        if not found.youths:
            raise InputRefused(
                "person_unknown",
                "Nobody in the state has that number; no source has told of the person.",
                remedy="kaa-bridge resync --person - asks the sources now.",
            )
        bridge = make_bridge(app.settings, table, app.host)
        try:
            with store.read() as connection:
                explanation = explain_youth(connection, bridge, min(found.youths), as_of or today())
        finally:
            bridge.close()
    if as_json:
        click.echo(json.dumps(as_data(explanation), ensure_ascii=False, indent=1))
        return
    for line in lines(explanation, citations=citations):
        click.echo(line)


def as_data(explanation: Explanation) -> dict[str, Any]:
    """Return the explanation as JSON data: ``kaa-explanation/1``; no fact of a protected youth but the outcome."""
    data: dict[str, Any] = {"format": "kaa-explanation/1", **explanation.decision.to_json()}
    if explanation.decided.merged.youth.protection.is_protected:
        data = {"format": "kaa-explanation/1", "ref": data["ref"], "protected": True}
        return data | {"conflicts": _conflicts(_on_protection(explanation)), "actions": _actions(explanation)}
    return data | {
        "sources": list(explanation.sources),
        "unproven": {place: list(missing) for place, missing in sorted(explanation.unproven.items())},
        "missed": list(explanation.decided.missed),
        "unheard": [{"source": source, "since": since.isoformat()} for source, since in explanation.unheard],
        "provenance": {
            place: {"source": told.source, "seen_on": told.seen_on.isoformat()}
            | ({"also": [*told.also]} if told.also else {})
            for place, told in sorted(explanation.provenance.items())
        },
        "conflicts": _conflicts(explanation.decided.merged.conflicts),
        "departures": departure_lines(explanation.decided.merged.youth, as_of=explanation.decision.as_of),
        "actions": _actions(explanation),
        "plan_gaps": list(plan_gaps(explanation.decided.merged.youth, explanation.decision.as_of)),
    }


def lines(explanation: Explanation, *, citations: bool = False) -> Iterator[str]:
    """Yield the explanation as lines of Swedish text."""
    decided = explanation.decided
    yield f"Ungdom {decided.before.handle}"
    if decided.merged.youth.protection.is_protected:
        yield "Ungdomen har skyddade uppgifter. Handlägg enligt kommunens rutin för skyddade personer; inget mer visas."
        yield from map(_disagreement, _on_protection(explanation))
        return
    yield from explain_lines(explanation.decision, citations=citations)
    yield from departure_lines(decided.merged.youth, as_of=explanation.decision.as_of)
    for name in decided.missed:
        yield f"Källan {name} läses inte längre. Utan den går det inte att avgöra om ungdomen omfattas."
    yield f"Källor: {', '.join(explanation.sources) or 'ingen'}."
    for source, first_met in explanation.unheard:
        yield f"Sedan {first_met} finns en post från {source} om den unga som inte går att läsa. Be källan rätta den."
    if citations:
        for place, told in sorted(explanation.provenance.items()):
            also = f"; även {', '.join(told.also)}" if told.also else ""
            since = "komplett senast" if place.endswith("_complete") else "oförändrat sedan"
            yield f"    {place}: {told.source}, {since} {told.seen_on}{also}"
        for place, missing in sorted(explanation.unproven.items()):
            yield f"    {place}: inte visat; fattas från {', '.join(missing) or 'alla källor'}"
    yield from _told_twice(explanation)
    yield from map(_disagreement, decided.merged.conflicts)
    yield "Att göra:" if decided.actions else "Inget att göra."
    for action in decided.actions:
        late = " FÖRSENAD" if action.overdue else ""
        yield f"  {action.not_before} - {action.due or 'tills det är gjort'}{late}: {action.text}"
        since = COUNTED_FROM.get(action.clock.event, action.clock.event)
        yield f"    Varför: {action.rule} (räknat från {since}, {action.clock.on})."
    yield from plan_gaps(decided.merged.youth, explanation.decision.as_of)


def _on_protection(explanation: Explanation) -> list[Conflict]:
    """Return the conflicts that are told of a protected youth: that one system does not know of the protection."""
    return [conflict for conflict in explanation.decided.merged.conflicts if conflict.fact == STRONGEST]


def _conflicts(conflicts: Iterable[Conflict]) -> list[dict[str, Any]]:
    return [{"fact": conflict.fact, "sources": list(conflict.sources)} for conflict in conflicts]


def _disagreement(conflict: Conflict) -> str:
    first, others = conflict.sources[0], ", ".join(conflict.sources[1:])
    if conflict.fact == APART:
        return f"Källorna är oense om skolplaceringen: {first} och {others} anger var sin för samma tid. Båda räknas."
    fact = _FACTS.get(conflict.fact, conflict.fact)
    if conflict.fact == STRONGEST:
        return f"Källorna är oense om {fact}: {first} anger det starkaste skyddet, och det gäller före {others}."
    return f"Källorna är oense om {fact}: {first} gäller före {others}."


def _told_twice(explanation: Explanation) -> Iterator[str]:
    """Say which contacts several systems have recorded: they are the same one, and count once."""
    for index, event in enumerate(explanation.decided.merged.youth.events):
        told = explanation.provenance.get(f"/events/{index}")
        if told is not None and told.also and event.kind is EventKind.CONTACT:
            systems = " och ".join((told.source, *told.also))
            yield f"Samma kontakt {event.on} finns i {systems}. Den räknas en gång."


def _actions(explanation: Explanation) -> list[dict[str, Any]]:
    return [
        {
            "action": action.action,
            "not_before": action.not_before.isoformat(),
            "due": action.due.isoformat() if action.due else None,
            "overdue": action.overdue,
            "responsible": action.responsible,
            "recipient": action.recipient,
            "clock": {"event": action.clock.event, "on": action.clock.on.isoformat()},
            "rule": action.rule,
            "text": action.text,
        }
        for action in explanation.decided.actions
    ]
