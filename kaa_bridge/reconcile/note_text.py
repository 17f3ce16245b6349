"""The note of an accepted row: plain Swedish from a template and a closed vocabulary; no word of a source in it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from kaa_bridge.contract.journal import NoteKind
from kaa_bridge.journal.compose import Composed
from kaa_bridge.journal.vocabulary import HEADINGS, Phrase, label_phrase, reference_phrase
from kaa_bridge.reconcile.model import Category, Head, Row, Step

if TYPE_CHECKING:
    from jinja2 import Template

KINDS = {
    Step.CLOSE: NoteKind.ENDED,
    Step.OPEN: NoteKind.REGISTERED,
    Step.CORRECT: NoteKind.ACTION_DUE,
    Step.INVESTIGATE: NoteKind.ACTION_DUE,
}
"""Which kind of note an accepted step becomes."""

REASONS: dict[Category, Phrase] = {
    Category.DECEASED: Phrase("Ungdomen är avliden."),
    Category.EMIGRATED: Phrase("Ungdomen är utflyttad ur landet."),
    Category.MOVED: Phrase("Ungdomen har en annan hemkommun."),
    Category.EXAM_FOUND: Phrase("Ungdomen har en examen eller ett bevis som gör att aktivitetsansvaret inte gäller."),
    Category.STILL_IN_SCHOOL: Phrase(
        "Ungdomen går kvar i grundskola, anpassad grundskola eller anpassad gymnasieskola."
    ),
    Category.ATTENDS_ELSEWHERE: Phrase("Ungdomen går i gymnasieskola eller motsvarande utbildning."),
    Category.ENDED_IN_FREEZE: Phrase("Ungdomens studier upphörde under sommaren."),
    Category.NUMBER_CHANGED: Phrase("Källorna har olika personnummer för ungdomen."),
    Category.CONFLICT: Phrase("Källornas uppgifter om ungdomen går inte ihop."),
    Category.ONLY_LEFT: Phrase("Ungdomen finns bara i den ena källan, som inte visar någon placering."),
    Category.ONLY_RIGHT: Phrase("Ungdomen finns bara i den ena källan och har ingen känd placering."),
}
"""Why, in a note; categories without a step are missing."""


def compose_accepted(row: Row, head: Head, *, reference: str, written: bool = False) -> Composed:
    """Compose the note of an accepted row; ``written``: the step is carried out in the left source too.

    Raises:
        ValueError: the reference or a source's label is not what the vocabulary accepts.
    """
    text = _template().render(
        step=row.step.value,
        reason=REASONS[row.category],
        written=written,
        left=label_phrase(head.left.label),
        right=label_phrase(head.right.label),
        frozen=label_phrase(head.frozen.label),
        as_of=head.as_of,
        first_day=row.lost.first_day if row.lost else head.as_of,
        freeze_first=head.freeze.first,
        freeze_last=head.freeze.last,
        reference=reference_phrase(reference),
    )
    return Composed(HEADINGS[KINDS[row.step]], text.strip())


def _only_phrases(value: Any) -> Any:
    if isinstance(value, Phrase):
        return value
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError("a note's template may print dates and phrases only")


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("kaa_bridge.reconcile"),
        undefined=StrictUndefined,
        finalize=_only_phrases,
        autoescape=False,  # noqa: S701 - plain text; each protocol escapes as it needs
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("note.j2")
