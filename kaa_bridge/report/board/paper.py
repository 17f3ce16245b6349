"""The nämnd report as a document: figures of half-years or months, what they mean, and what they do not show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kaa_bridge.config import GoalTable
from kaa_bridge.report.basis import SourceState, basis_lines, source_text
from kaa_bridge.report.board import work
from kaa_bridge.report.board.drawn import Bar, bars, grouped
from kaa_bridge.report.board.goal import goal_text
from kaa_bridge.report.board.published import Published
from kaa_bridge.report.board.sections import Section
from kaa_bridge.report.board.spans import MONTHS, Span, last_whole
from kaa_bridge.report.board.texts import BY_HALF_YEAR, DEFINITIONS, LIMITS, NAMES, SMALL
from kaa_bridge.report.paper.model import Chart, Heading, Paper, Part, Points, Table, Text
from kaa_bridge.report.suppress import SHOWN_AS, is_small

_PORTRAIT = 6
"""So many periods fit on standing paper."""
NOTHING = "–"
"""A share of nothing."""
SHARES = (
    ("Nådda", "at_reached", "not_reached"),
    ("Erbjudna stöd", "at_offered", "not_offered"),
    ("I åtgärd", "running", "not_running"),
)
"""The shares that the report draws: name, the part, and the rest of the whole."""


@dataclass(frozen=True, slots=True)
class Board:
    """What a board report is made of.

    Attributes:
        spans: the periods shown, the oldest first.
        monthly: months instead of half-years; then nothing is told of how many came and left.
        goal: the municipality's own goal.
        sections: what municipal plugins count.
    """

    published: Published
    spans: tuple[Span, ...]
    monthly: bool
    goal: GoalTable | None
    sections: tuple[Section, ...] = ()

    @property
    def focus(self) -> Span:
        """The period the report speaks of first: the last whole one, else the last."""
        return last_whole(self.spans)


def board_paper(board: Board) -> Paper:
    """Return the report as a document."""
    basis = board.published.basis
    kind = "Månadsrapport" if board.monthly else "Rapport till nämnden"
    return Paper(
        title=f"{kind}: kommunens aktivitetsansvar i {basis.name}",
        about=tuple(public_lines(board.published)),
        as_of=basis.as_of,
        parts=[part for make in _CHAPTERS for part in make(board)],
        wide=len(board.spans) > _PORTRAIT,
    )


def public_lines(published: Published) -> list[tuple[str, str]]:
    """Return what the report rests on, small numbers of records in quarantine left out."""
    basis = published.basis
    nights = ("Nattkörning", f"första natten {published.began}, senaste {published.last_night}")
    shown = basis_lines(replace(basis, sources=()))
    sources = [(f"Källa: {state.label}", _public_source(state, basis.as_of)) for state in basis.sources]
    return [*shown[:2], *sources, nights, *shown[2:]]


def _public_source(state: SourceState, as_of: date) -> str:
    if not is_small(state.quarantined):
        return source_text(state, as_of)
    return f"{source_text(replace(state, quarantined=0), as_of)}; färre än fem poster i karantän ingår inte"


def cell(value: int | None) -> str:
    """Return a figure as a table shows it."""
    return SHOWN_AS if value is None else str(value)


def day_text(day: date) -> str:
    """Return a date as running Swedish text writes it."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _summary(board: Board) -> Iterator[Part]:
    published, focus = board.published, board.focus
    yield Heading("Sammanfattning")
    yield Points(tuple(_summary_lines(published, focus, monthly=board.monthly)))
    partial = [one for one in board.spans if not one.whole]
    if partial:
        parts = "; ".join(f"{one.name}: {day_text(one.first)} till {day_text(one.last)}" for one in partial)
        yield Text(f"Perioder som inte är hela: {parts}.")
    yield Text(SMALL)


def _summary_lines(published: Published, focus: Span, *, monthly: bool) -> Iterator[str]:
    stock = published.value(published.last, "end")
    if stock is not None:
        yield f"Den {day_text(published.basis.as_of)} fanns {stock} ungdomar i registret."
    if not monthly:
        new, ended = published.value(focus, "new"), published.value(focus, "ended")
        if new is not None and ended is not None:
            yield f"Under {focus.name} togs {new} upp i registret, och för {ended} upphörde ansvaret."
        if focus.key in published.medians:
            median = _days(published.medians[focus.key])
            yield f"Hälften av de nya fanns i registret inom {median} från att ansvaret började."
    for sentence, (_, part, rest) in zip(_SENTENCES, SHARES, strict=True):
        share = published.share(focus, part, rest)
        if share is not None:
            yield sentence.format(share=share, name=focus.name)
    late, rest_count = published.value(None, "late"), published.value(None, "not_late")
    if late is not None and rest_count is not None:
        yield f"{late} av {late + rest_count} ungdomar har minst ett försenat steg på rapportens dag."


_SENTENCES = (
    "{share} procent av dem som fanns i registret under {name} hade nåtts.",
    "{share} procent av dem hade erbjudits stöd.",
    "{share} procent av dem som fanns kvar när {name} slutade deltog då i en åtgärd.",
)


def _register(board: Board) -> Iterator[Part]:
    yield Heading("I registret")
    names = ("end",) if board.monthly else ("end", "new", "ended")
    found = [Bar(span.short, board.published.value(span, what), NAMES[what]) for span in board.spans for what in names]
    yield grouped("registret", "Ungdomar i registret", "Ungdomar", found)
    rows = ("end",) if board.monthly else ("start", "new", "ended", "end", "ever")
    yield _table(board, "Ungdomar i registret", [_counts(board, what) for what in rows])
    yield Text(_apart(board.published))


def _apart(published: Published) -> str:
    protected = _number(published.protected)
    told = (
        "Ungdomar med skyddade personuppgifter, och de vars skydd inte är känt, ingår inte i siffrorna. "
        f"Den {day_text(published.basis.as_of)} var de {protected} i registret."
    )
    more = _number(published.investigate)
    return f"{told} Ytterligare {more} ungdomar utan skyddade uppgifter ska utredas och är inte upptagna än."


def _number(value: int | None) -> str:
    return "färre än fem" if value is None else str(value)


def _found(board: Board) -> Iterator[Part]:
    if board.monthly:
        return
    published, focus = board.published, board.focus
    yield Heading("Hur och hur fort de nya hittades")
    if published.value(focus, "new") != 0:
        title = f"Tid från att ansvaret började till registret, {focus.name}"
        yield _bars(published, focus, "tid", title, tuple(work.DELAYS))
    yield _table(board, "Hur fort: dagar från att ansvaret började", [_counts(board, what) for what in work.DELAYS])
    medians = [(f"{published.medians[one.key]}" if one.key in published.medians else SHOWN_AS) for one in board.spans]
    yield _table(board, "Hälften hittades inom", [("Dagar (median)", *medians)])
    causes = [_counts(board, what) for what in work.CAUSES]
    yield _table(board, "Hur: vad som hände när ansvaret började", [*causes, _counts(board, "form")])


def _worked(board: Board) -> Iterator[Part]:
    published = board.published
    yield Heading("Nådda, erbjudna stöd och i åtgärd")
    shares = [
        Bar(span.short, published.share(span, part, rest), name) for span in board.spans for name, part, rest in SHARES
    ]
    yield grouped("andelar", "Andel nådda, erbjudna stöd och i åtgärd", "Procent", shares, unit=" %")
    rows = [(name, *(_share(published, span, part, rest) for span in board.spans)) for name, part, rest in SHARES]
    yield _table(board, "Andelar", rows)
    yield _table(board, "Hur långt arbetet har kommit", [_counts(board, what) for what in work.STEPS])
    more = ("at_reached", "at_offered", "running", "contacted", "silent")
    yield _table(board, "Sammanräknat", [_counts(board, what) for what in more])
    if not board.monthly:
        yield _table(board, "Avslutade åtgärder", [_counts(board, what) for what in ("measures_ended", "reason_told")])


def _goal(board: Board) -> Iterator[Part]:
    yield Heading("Kommunens eget mål")
    yield from map(Text, goal_text(board.goal, board.published, board.spans))


def _left(board: Board) -> Iterator[Part]:
    if board.monthly:
        return
    published, focus = board.published, board.focus
    yield Heading("När ansvaret upphörde")
    if published.value(focus, "ended") != 0:
        yield _bars(published, focus, "upphorde", f"Varför ansvaret upphörde, {focus.name}", work.GROUNDS)
    yield _table(board, "Varför ansvaret upphörde", [_counts(board, what) for what in work.GROUNDS])


def _late(board: Board) -> Iterator[Part]:
    published = board.published
    yield Heading("Försenade steg")
    if not published.late:
        yield Text("Inget steg var försenat på rapportens dag.")
        return
    total = ("Minst ett försenat steg", cell(published.value(None, "late")))
    found = [(text, cell(published.value(None, f"late:{step}"))) for step, text in sorted(published.late.items())]
    caption = f"Ungdomar med försenade steg den {day_text(published.basis.as_of)}"
    yield Table(caption, ("Steg i rutinen", "Ungdomar"), (total, *found), frozenset({1}))


def _added(board: Board) -> Iterator[Part]:
    for section in board.sections:
        yield Heading(section.heading)
        if section.counts is None:
            yield Text("Avsnittet kunde inte göras: det var fel i kommunens tillägg.")
            continue
        found = tuple((label, cell(count)) for label, count in section.counts.items())
        day = day_text(board.published.basis.as_of)
        yield Table(f"{section.heading}, i registret den {day}", ("Uppgift", "Ungdomar"), found, frozenset({1}))


def definitions(board: Board) -> tuple[tuple[str, str], ...]:
    """Return the definitions of the figures that the report shows."""
    return tuple(one for one in DEFINITIONS if not (board.monthly and one[0] in BY_HALF_YEAR))


def _meaning(board: Board) -> Iterator[Part]:
    yield Heading("Så är siffrorna räknade")
    yield Table("Vad varje uppgift betyder", ("Uppgift", "Så räknas den"), definitions(board), narrow=frozenset({0}))
    yield Heading("Vad siffrorna inte visar")
    began = board.published.began
    yield Points((*LIMITS, f"Tiden före den {day_text(began)}, då nattkörningen började, är inte känd."))


_CHAPTERS = (_summary, _register, _found, _worked, _goal, _left, _late, _added, _meaning)


def _table(board: Board, caption: str, rows: Sequence[tuple[str, ...]]) -> Table:
    columns = ("Uppgift", *(span.short for span in board.spans))
    return Table(caption, columns, tuple(rows), frozenset(range(1, len(columns))))


def _counts(board: Board, what: str) -> tuple[str, ...]:
    return (NAMES[what], *(cell(board.published.value(span, what)) for span in board.spans))


def _share(published: Published, span: Span, part: str, rest: str) -> str:
    share = published.share(span, part, rest)
    if share is not None:
        return f"{share} %"
    hidden = None in (published.value(span, part), published.value(span, rest))
    return SHOWN_AS if hidden else NOTHING


def _bars(published: Published, span: Span, name: str, title: str, names: Sequence[str]) -> Chart:
    return bars(name, title, "Ungdomar", [Bar(NAMES[what], published.value(span, what)) for what in names])


def _days(days: int) -> str:
    return "1 dag" if days == 1 else f"{days} dagar"
