"""Composes case notes: plain Swedish from templates and a closed vocabulary. Pure.

A note tells the decision or the step, its grounds in our own words, dates, and the opaque reference. It holds no name,
number, address or school, and nothing that a source has written. A journal is never edited: what no longer holds is
corrected by a new note.

Each of the four takes a ``wording``: the municipality's own template for that kind of note, checked when the bridge was
made (``wording.py``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kaa_bridge.contract.journal import NoteKind
from kaa_bridge.journal.vocabulary import (
    CAUSES,
    CRITERIA,
    END_REASON_OF,
    END_REASON_OF_GROUND,
    END_REASONS,
    HEADINGS,
    NOTE_NAMES,
    OUTCOMES,
    RECIPIENTS,
    REMARKS,
    RESPONSIBLE,
    CorrectionCause,
    EndReason,
    Phrase,
    label_phrase,
    reference_phrase,
    step_phrase,
)
from kaa_bridge.law import Decision, Outcome, State
from kaa_bridge.routine import DueAction

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_MANY_LINES = re.compile(r"\n{3,}")


class Composed(Struct, frozen=True):
    """A note's heading (one line) and text (lines ended by ``\\n``), ready to be frozen in the outbox."""

    heading: str
    text: str


def compose_registered(
    decision: Decision,
    *,
    reference: str,
    as_of: date,
    source_label: str | Sequence[str],
    wording: str | None = None,
) -> Composed:
    """Compose the note that a youth is covered.

    Args:
        decision: with the outcome ``covered``.
        reference: the note's own ``KAA-…``.
        as_of: the night's local date.
        source_label: the configured label of the source or sources the decision rests on.

    Raises:
        ValueError: the outcome is another, or reference or label is not what the vocabulary accepts.
    """
    _expect(decision, Outcome.COVERED)
    return render(
        NoteKind.REGISTERED,
        reference,
        wording,
        as_of=as_of,
        sources=_labels(source_label),
        covered_since=decision.covered_since,
        criteria=[CRITERIA[name] for name, state in decision.criteria.items() if state is State.MET],
        remarks=[REMARKS[remark] for remark in decision.remarks if remark in REMARKS],
        next_review=decision.next_review,
    )


def compose_ended(
    decision: Decision,
    *,
    reference: str,
    as_of: date,
    source_label: str | Sequence[str],
    ended_on: date | None = None,
    wording: str | None = None,
) -> Composed:
    """Compose the note that a youth is no longer covered.

    Args:
        decision: with the outcome ``not_covered``; each criterion not met is a reason.
        reference: the note's own ``KAA-…``.
        as_of: the night's local date.
        source_label: the configured label of the source or sources the decision rests on.
        ended_on: the first day without coverage, where it is known.

    Raises:
        ValueError: the outcome is another, or reference or label is not what the vocabulary accepts.
    """
    _expect(decision, Outcome.NOT_COVERED)
    return render(
        NoteKind.ENDED,
        reference,
        wording,
        as_of=as_of,
        sources=_labels(source_label),
        ended_on=ended_on,
        reasons=[END_REASONS[reason] for reason in end_reasons(decision)],
    )


def compose_action_due(action: DueAction, *, reference: str, as_of: date, wording: str | None = None) -> Composed:
    """Compose the note that a step of the routine is due.

    Args:
        action: its text comes from the municipality's routine file.
        reference: the note's own ``KAA-…``.
        as_of: the night's local date.

    Raises:
        ValueError: reference or step text is not what the vocabulary accepts, or the role is unknown.
    """
    return render(
        NoteKind.ACTION_DUE,
        reference,
        wording,
        as_of=as_of,
        step=step_phrase(action.text),
        not_before=action.not_before,
        due=action.due,
        overdue=action.overdue,
        responsible=_word(RESPONSIBLE, action.responsible),
        recipient=None if action.recipient is None else _word(RECIPIENTS, action.recipient),
    )


def compose_correction(
    *,
    reference: str,
    as_of: date,
    corrected_reference: str,
    corrected_kind: NoteKind,
    corrected_on: date,
    cause: CorrectionCause,
    outcome: Outcome | None = None,
    unbroken_since: date | None = None,
    wording: str | None = None,
) -> Composed:
    """Compose the note that an earlier note no longer holds.

    Args:
        reference: the note's own ``KAA-…``.
        as_of: the night's local date.
        corrected_reference: the earlier note's ``KAA-…``.
        corrected_kind: what the earlier note was.
        corrected_on: the day the earlier note is about (its ``occurred_on``).
        cause: why it no longer holds.
        outcome: of the decision made anew; ``None`` where nothing was decided (a changed number).
        unbroken_since: first day of the coverage that the earlier note wrongly said had ended.

    Raises:
        ValueError: a reference is not what the vocabulary accepts, or the two are the same.
    """
    if corrected_reference == reference:
        raise ValueError("a note cannot correct itself")
    return render(
        NoteKind.CORRECTION,
        reference,
        wording,
        as_of=as_of,
        corrected_reference=reference_phrase(corrected_reference),
        corrected_note=NOTE_NAMES[corrected_kind],
        corrected_on=corrected_on,
        cause=CAUSES[cause],
        outcome=None if outcome is None else OUTCOMES[outcome.value],
        unbroken_since=unbroken_since,
    )


def end_reasons(decision: Decision) -> tuple[EndReason, ...]:
    """Return why a youth is not covered, in the order of the law; a death or emigration stands alone."""
    found = [
        END_REASON_OF_GROUND.get(reason.code, END_REASON_OF[reason.criterion])
        for reason in decision.reasons
        if reason.state is State.NOT_MET
    ]
    gone = [reason for reason in found if reason in (EndReason.DECEASED, EndReason.EMIGRATED)]
    return tuple(gone or found)


def _expect(decision: Decision, outcome: Outcome) -> None:
    if decision.outcome is not outcome:
        raise ValueError(f"the decision is {decision.outcome.value}, the note is for {outcome.value}")


def _word(words: dict[str, Phrase], key: str) -> Phrase:
    if key not in words:
        raise ValueError(f"there is no word for '{key}'")
    return words[key]


def _labels(given: str | Sequence[str]) -> Phrase:
    labels = [label_phrase(label) for label in ([given] if isinstance(given, str) else given)]
    if not labels:
        raise ValueError("at least one source label is needed")
    return Phrase(" och ".join([", ".join(labels[:-1]), labels[-1]]) if len(labels) > 1 else labels[0])


def _only_phrases(value: Any) -> Any:
    """Let a template print dates and phrases, nothing else: free text cannot get into a note by mistake."""
    if isinstance(value, Phrase):
        return value
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError("a note's template may print dates and phrases only")


def render(kind: NoteKind, reference: str, wording: str | None = None, **facts: Any) -> Composed:
    """Put a note's facts into its template, or into a municipality's own ``wording`` (jinja2) of that kind.

    Raises:
        ValueError: the reference is not what the vocabulary accepts.
        TypeError: the wording prints something that is neither a date nor of the closed vocabulary.
    """
    template = _templates().get_template(f"{kind.value}.j2") if wording is None else _own(wording)
    body = _tidy(template.render(facts))
    frame = _templates().get_template("frame.j2").render(body=Phrase(body), reference=reference_phrase(reference))
    return Composed(HEADINGS[kind], _tidy(frame))


def _tidy(text: str) -> str:
    return _MANY_LINES.sub("\n\n", text).strip()


@cache
def _own(wording: str) -> Template:
    return _templates().from_string(wording)


@cache
def _templates() -> Environment:
    """Return the templates; made at the first note, so that a night without notes does not import jinja2."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("kaa_bridge.journal"),
        undefined=StrictUndefined,
        finalize=_only_phrases,
        autoescape=False,  # noqa: S701 - plain text; each protocol escapes as it needs
        trim_blocks=True,
        lstrip_blocks=True,
    )
