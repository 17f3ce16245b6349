"""What a column can be filled with: a closed list of our words, dates and numbers; codes come from the layout."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kaa_bridge.domain.values import ContactChannel, ContactOutcome
from kaa_bridge.report.scb.reasons import CameBy, EndedBy
from kaa_bridge.report.scb.school import Occupied


class BlockKind(StrEnum):
    """The five blocks of the survey."""

    IDENTITY = "identity"
    CONTACTS = "contacts"
    MEASURE_BEGINS = "measure_begins"
    MEASURE_ENDED = "measure_ended"
    RESPONSIBILITY_ENDED = "responsibility_ended"


BLOCKS = {
    BlockKind.IDENTITY: "Identitet och registrering",
    BlockKind.CONTACTS: "Kontakter",
    BlockKind.MEASURE_BEGINS: "Åtgärd börjar",
    BlockKind.MEASURE_ENDED: "Åtgärd avslutad",
    BlockKind.RESPONSIBILITY_ENDED: "Ansvaret har upphört",
}
"""What the blocks are called to people."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can stand in a column.

    Attributes:
        kind: ``date``, ``word`` (needs a code list) or ``text`` (as it is).
        blocks: the blocks in whose rows it is known.
        label: Swedish, for those who read what is missing.
        meaning: for the reference.
        words: the words that can come where the vocabulary is closed; a code list may hold no other.
    """

    kind: str
    blocks: frozenset[BlockKind]
    label: str
    meaning: str
    words: frozenset[str] = frozenset()


def _words(kind: type[StrEnum]) -> frozenset[str]:
    return frozenset(member.value for member in kind)


_ALL = frozenset(BlockKind)
_IDENTITY, _CONTACTS, _BEGINS, _ENDED, _OVER = (frozenset({kind}) for kind in BlockKind)
_OCCUPIED = _words(Occupied)

FIELDS: dict[str, Field] = {
    "person_number": Field("text", _ALL, "Personnummer", "Personnummer or samordningsnummer, in `file.number_format`."),
    "municipality": Field("text", _ALL, "Kommun", "The reporting municipality's code, four digits."),
    "period": Field("text", _ALL, "Period", "The half-year: `2026H1`."),
    "block": Field("text", _ALL, "Block", "The block's number, 1 to 5."),
    "registered_on": Field(
        "date", _ALL, "Registreringsdatum", "The source's own registration in the spell, else the night that opened it."
    ),
    "covered_since": Field("date", _ALL, "Omfattas sedan", "First day of the responsibility."),
    "registration_reason": Field(
        "word", _IDENTITY, "Orsak till registrering", "Why the youth came on the register.", _words(CameBy)
    ),
    "occupation_at_registration": Field(
        "word", _IDENTITY, "Sysselsättning vid registrering", "Occupation on the day of registration.", _OCCUPIED
    ),
    "contact_on": Field("date", _CONTACTS, "Kontaktdatum", "The day of the contact."),
    "contact_channel": Field("word", _CONTACTS, "Kontaktsätt", "How contact was made.", _words(ContactChannel)),
    "contact_outcome": Field("word", _CONTACTS, "Utfall av kontakt", "What came of it.", _words(ContactOutcome)),
    "occupation_at_contact": Field(
        "word", _CONTACTS, "Sysselsättning vid kontakt", "Occupation on the day of the contact.", _OCCUPIED
    ),
    "measure": Field("word", _BEGINS | _ENDED, "Åtgärd", "The measure, in the words of the source."),
    "measure_started_on": Field("date", _BEGINS | _ENDED, "Åtgärdens startdatum", "The day the measure began."),
    "occupation_before_measure": Field(
        "word", _BEGINS, "Sysselsättning före åtgärd", "Occupation on the day before it began.", _OCCUPIED
    ),
    "measure_ended_on": Field("date", _ENDED, "Åtgärdens slutdatum", "The day the measure ended."),
    "measure_end_reason": Field("word", _ENDED, "Orsak till avslutad åtgärd", "Why it ended, in the source's words."),
    "occupation_after_measure": Field(
        "word",
        _ENDED,
        "Sysselsättning efter åtgärd",
        "The first that began or was recorded after it.",
        _OCCUPIED,
    ),
    "ended_on": Field("date", _OVER, "Avregistreringsdatum", "First day without responsibility, as the birthday is."),
    "end_reason": Field("word", _OVER, "Orsak till att ansvaret upphört", "Why it ended.", _words(EndedBy)),
}
"""Every source of a column, by the name that a layout uses."""
