"""The self-check as a document: the radar chart, then area by area what the data shows, by which evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kaa_bridge.report.audit.judge import Judged
from kaa_bridge.report.audit.radar import radar
from kaa_bridge.report.audit.texts import HOW, VERDICTS, limits, shown, verdict
from kaa_bridge.report.board.paper import public_lines
from kaa_bridge.report.board.texts import SMALL
from kaa_bridge.report.paper.model import Heading, Paper, Part, Points, Table, Text


def audit_paper(found: Sequence[Judged]) -> Paper:
    """Return the self-check of one or several municipalities, judged by the same objectives on the same day."""
    standard = found[0].standard
    names = ", ".join(one.published.basis.name for one in found)
    about = (*_about(found), ("Kontrollmål", f"{standard.name} {standard.version}"), ("Hämtade från", standard.source))
    return Paper(
        title=f"{standard.title}: {names}",
        about=about,
        as_of=found[0].published.basis.as_of,
        parts=[*_overview(found), *_areas(found), *_end(found)],
    )


def _about(found: Sequence[Judged]) -> Iterator[tuple[str, str]]:
    for one in found:
        for name, value in public_lines(one.published):
            own = len(found) > 1 and name not in ("Kommun", "Gäller per", "Lag")
            if one is found[0] or own or name == "Kommun":
                yield (f"{one.published.basis.name}, {name[0].lower()}{name[1:]}" if own else name), value


def _overview(found: Sequence[Judged]) -> Iterator[Part]:
    yield Heading("Överblick")
    yield radar(found)
    columns = ("Område", *(one.published.basis.name for one in found))
    rows = [
        (area.area.title, *(VERDICTS[one.areas[index].verdict] for one in found))
        for index, area in enumerate(found[0].areas)
    ]
    yield Table("Områdena", columns, tuple(rows))
    yield Points(HOW)


def _areas(found: Sequence[Judged]) -> Iterator[Part]:
    for index, area in enumerate(found[0].areas):
        yield Heading(area.area.title)
        for place, judged in enumerate(area.objectives):
            objective = judged.objective
            yield Heading(objective.text, level=3)
            outcomes = [one.areas[index].objectives[place].verdict for one in found]
            yield Text(" ".join(f"{_who(found, at)}: {VERDICTS[one].lower()}." for at, one in enumerate(outcomes)))
            if objective.test:
                rows = tuple(_rows(found, index, place))
                yield Table("Vad uppgifterna visar", _COLUMNS, rows, narrow=frozenset({1}))
            yield Text(f"Kan inte ses: {objective.unseen}")


_COLUMNS = ("Prov", "Fråga", "Underlag", "Gräns", "Utfall")


def _who(found: Sequence[Judged], at: int) -> str:
    return found[at].published.basis.name if len(found) > 1 else "Bedömning"


def _rows(found: Sequence[Judged], index: int, place: int) -> Iterator[tuple[str, ...]]:
    for number, test in enumerate(found[0].areas[index].objectives[place].objective.test):
        for one in found:
            judged = one.areas[index].objectives[place].tests[number]
            evidence = shown(judged) if len(found) == 1 else f"{one.published.basis.name}: {shown(judged)}"
            yield test.text, test.query, evidence, limits(test), verdict(judged)


def _end(found: Sequence[Judged]) -> Iterator[Part]:
    yield Heading("Så är siffrorna räknade")
    yield Text(
        "Frågorna i kolumnen Fråga är namngivna och räknar samma uppgifter som rapporten till nämnden. Vad nådd, "
        "erbjuden stöd och de andra orden betyder står där."
    )
    yield Text(SMALL)
    yield Text(
        "Ungdomar med skyddade personuppgifter, och de vars skydd inte är känt, ingår inte i siffrorna. Gränserna är "
        "inställningar i filen med kontrollmål; de är inte satta av revisorerna eller Skolverket."
    )
