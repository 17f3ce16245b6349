"""The closed vocabulary of the case notes: every Swedish word a note can hold, beside its templates and dates.

Nothing that a source has written as free text can become a ``Phrase``: the phrases are the constants below, plus the
opaque reference, the label that the municipality's own configuration gives a source, and the step text of its routine
file, each checked character by character.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from kaa_bridge.contract.journal import NoteKind

_REFERENCE = re.compile(r"KAA-[0-9A-Za-z][0-9A-Za-z_-]{3,59}")
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LONGEST_LABEL = 60
_LONGEST_STEP = 600


class Phrase(str):
    """Text that may be printed in a note; made by this module and, out of such texts, by ``compose``."""

    __slots__ = ()


class EndReason(StrEnum):
    """Why a youth is no longer covered (the criteria of skollagen 29 kap. 9 §, the residence one split by cause)."""

    TURNED_20 = "turned_20"
    DECEASED = "deceased"
    EMIGRATED = "emigrated"
    MOVED = "moved"
    SCHOOLING = "schooling"
    STILL_IN_SCHOOL = "still_in_school"
    IN_GYMNASIAL = "in_gymnasial"
    GYMNASIEEXAMEN = "gymnasieexamen"
    GYMNASIEBEVIS = "gymnasiebevis"
    EQUIVALENT = "equivalent"


class CorrectionCause(StrEnum):
    """Why an earlier note no longer holds."""

    FACT_WITHDRAWN = "fact_withdrawn"
    FACT_CHANGED = "fact_changed"
    NUMBER_CHANGED = "number_changed"


HEADINGS: dict[NoteKind, Phrase] = {
    NoteKind.REGISTERED: Phrase("Aktivitetsansvar: ungdomen omfattas"),
    NoteKind.ENDED: Phrase("Aktivitetsansvar: ungdomen omfattas inte längre"),
    NoteKind.ACTION_DUE: Phrase("Aktivitetsansvar: åtgärd att göra"),
    NoteKind.CORRECTION: Phrase("Aktivitetsansvar: rättelse av tidigare anteckning"),
}

CRITERIA: dict[str, Phrase] = {
    "under_20": Phrase("har inte fyllt 20 år"),
    "schooling_done": Phrase("har inte längre skolplikt"),
    "home_municipality": Phrase("har kommunen som hemkommun"),
    "not_in_gymnasial": Phrase("går inte i gymnasieskola, anpassad gymnasieskola eller motsvarande utbildning"),
    "no_gymnasieexamen": Phrase("har inte gymnasieexamen"),
    "no_gymnasiebevis": Phrase("har inte gymnasiebevis från anpassad gymnasieskola"),
    "no_equivalent": Phrase("har inte någon annan godkänd utbildning som motsvarar gymnasieskolan"),
}
"""What a met criterion says, in the order a note lists them."""

REMARKS: dict[str, Phrase] = {
    "awaiting_start": Phrase("Ungdomen är antagen till en utbildning som börjar senare."),
    "schooling_end_computed": Phrase(
        "Dagen då skolplikten upphörde är beräknad efter födelseår; ingen källa har lämnat den."
    ),
    "newcomer": Phrase("Ungdomen är nyanländ och folkbokfördes i Sverige efter det normala slutet på skolplikten."),
    "source_frozen": Phrase("En av källorna uppdateras inte under sommaren; uppgifterna kan vara äldre än vanligt."),
    "still_in_compulsory_school": Phrase("Ungdomen går kvar i grundskolan fast skolplikten har upphört."),
}
"""What a remark of the decision says; a remark without an entry is not printed."""

END_REASONS: dict[EndReason, Phrase] = {
    EndReason.TURNED_20: Phrase("Ungdomen har fyllt 20 år."),
    EndReason.DECEASED: Phrase("Ungdomen är avregistrerad från folkbokföringen som avliden."),
    EndReason.EMIGRATED: Phrase("Ungdomen är avregistrerad från folkbokföringen som utflyttad ur landet."),
    EndReason.MOVED: Phrase("Ungdomen har inte längre kommunen som hemkommun."),
    EndReason.SCHOOLING: Phrase("Ungdomen har skolplikt."),
    EndReason.STILL_IN_SCHOOL: Phrase("Ungdomen går kvar i en obligatorisk skolform efter skolplikten."),
    EndReason.IN_GYMNASIAL: Phrase(
        "Ungdomen går i gymnasieskola, anpassad gymnasieskola eller motsvarande utbildning."
    ),
    EndReason.GYMNASIEEXAMEN: Phrase("Ungdomen har gymnasieexamen."),
    EndReason.GYMNASIEBEVIS: Phrase("Ungdomen har gymnasiebevis från anpassad gymnasieskola."),
    EndReason.EQUIVALENT: Phrase("Ungdomen har en godkänd utbildning som motsvarar gymnasieskolan."),
}

END_REASON_OF: dict[str, EndReason] = {
    "under_20": EndReason.TURNED_20,
    "schooling_done": EndReason.SCHOOLING,
    "home_municipality": EndReason.MOVED,
    "not_in_gymnasial": EndReason.IN_GYMNASIAL,
    "no_gymnasieexamen": EndReason.GYMNASIEEXAMEN,
    "no_gymnasiebevis": EndReason.GYMNASIEBEVIS,
    "no_equivalent": EndReason.EQUIVALENT,
}
"""What a criterion that is not met means for the note, unless the ground says more."""

END_REASON_OF_GROUND: dict[str, EndReason] = {
    "deceased": EndReason.DECEASED,
    "emigrated": EndReason.EMIGRATED,
    "compulsory": EndReason.STILL_IN_SCHOOL,
}
"""Grounds (``Reason.code``) that say more than their criterion."""

NOTE_NAMES: dict[NoteKind, Phrase] = {
    NoteKind.REGISTERED: Phrase("att ungdomen omfattas av aktivitetsansvaret"),
    NoteKind.ENDED: Phrase("att ungdomen inte längre omfattas av aktivitetsansvaret"),
    NoteKind.ACTION_DUE: Phrase("en åtgärd att göra"),
    NoteKind.CORRECTION: Phrase("en rättelse"),
}

CAUSES: dict[CorrectionCause, Phrase] = {
    CorrectionCause.FACT_WITHDRAWN: Phrase("Uppgiften som anteckningen byggde på har tagits tillbaka av källan."),
    CorrectionCause.FACT_CHANGED: Phrase("Uppgiften som anteckningen byggde på har ändrats av källan."),
    CorrectionCause.NUMBER_CHANGED: Phrase("Anteckningen skrevs under ett personnummer som har bytts eller rättats."),
}

OUTCOMES: dict[str, Phrase] = {
    "covered": Phrase("ungdomen omfattas av aktivitetsansvaret"),
    "not_covered": Phrase("ungdomen omfattas inte av aktivitetsansvaret"),
    "investigate": Phrase("det behöver utredas om ungdomen omfattas av aktivitetsansvaret"),
}

RESPONSIBLE: dict[str, Phrase] = {
    "coordinator": Phrase("samordnare"),
    "case_officer": Phrase("handläggare"),
    "manager": Phrase("chef"),
}

RECIPIENTS: dict[str, Phrase] = {
    "youth": Phrase("ungdomen"),
    "guardian": Phrase("vårdnadshavare"),
    "school": Phrase("skolan"),
    "skatteverket": Phrase("Skatteverket"),
}


def reference_phrase(reference: str) -> Phrase:
    """Return the opaque external reference as a phrase.

    Raises:
        ValueError: it does not have the form ``KAA-…``.
    """
    if not _REFERENCE.fullmatch(reference):
        raise ValueError("a note reference has the form KAA- and letters or digits")
    return Phrase(reference)


def label_phrase(label: str) -> Phrase:
    """Return the configured label of a source (one printable line, at most 60 characters) as a phrase.

    Raises:
        ValueError: it is empty, too long or holds control, format or unassigned characters.
    """
    return _line(label, _LONGEST_LABEL, "source label")


def step_phrase(text: str) -> Phrase:
    """Return a step text of a routine file (one printable line, at most 600 characters) as a phrase.

    Raises:
        ValueError: it is empty, too long or holds control, format or unassigned characters.
    """
    return _line(text, _LONGEST_STEP, "step text")


def _line(text: str, longest: int, what: str) -> Phrase:
    odd = any(unicodedata.category(char) in _UNPRINTABLE for char in text)
    if not text.strip() or len(text) > longest or odd:
        raise ValueError(f"a {what} is one printable line of at most {longest} characters")
    return Phrase(text.strip())
