"""The code words of the simulated Treserva's events. They are our example's, not the supplier's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, Occupation

KINDS: dict[EventKind, str] = {
    EventKind.REGISTERED: "INSKRIVEN",
    EventKind.ALLOCATED: "TILLDELAD",
    EventKind.CONTACT: "KONTAKT",
    EventKind.OCCUPATION: "SYSSELSATTNING",
    EventKind.DECLINED: "AVBOJT",
    EventKind.WANTS_HELP: "VILL_HA_STOD",
    EventKind.FIRST_MEETING: "FORSTA_MOTE",
    EventKind.MEASURE_STARTED: "INSATS_START",
    EventKind.MEASURE_ENDED: "INSATS_SLUT",
    EventKind.FOLLOW_UP_AGREED: "UPPFOLJNING_BOKAD",
    EventKind.WITHDRAWAL_FORM: "AVBROTTSBLANKETT",
    EventKind.MOVED_IN: "INFLYTTAD",
    EventKind.CONSIDERED_LEFT: "BEDOMD_LAMNAT",
    EventKind.LEAVING_EXCEPTION: "UNDANTAG_AVGANG",
}
CHANNELS: dict[ContactChannel, str] = {
    ContactChannel.PHONE: "TELEFON",
    ContactChannel.SMS: "SMS",
    ContactChannel.EMAIL: "EPOST",
    ContactChannel.LETTER: "BREV",
    ContactChannel.POSTCARD: "VYKORT",
    ContactChannel.HOME_VISIT: "HEMBESOK",
    ContactChannel.MEETING: "MOTE",
    ContactChannel.SOCIAL_MEDIA: "SOCIALA_MEDIER",
    ContactChannel.OTHER: "ANNAT",
}
OUTCOMES: dict[ContactOutcome, str] = {
    ContactOutcome.REACHED: "NADD",
    ContactOutcome.NO_ANSWER: "EJ_SVAR",
    ContactOutcome.RETURNED_UNKNOWN: "ATER_ADRESSAT_OKAND",
    ContactOutcome.SENT: "SKICKAT",
}
OCCUPATIONS: dict[Occupation, str] = {
    Occupation.WORK: "ARBETE",
    Occupation.INTERNSHIP: "PRAKTIK",
    Occupation.STUDIES: "STUDIER",
    Occupation.KOMVUX: "KOMVUX",
    Occupation.FOLKHOGSKOLA: "FOLKHOGSKOLA",
    Occupation.NONE: "INGEN",
    Occupation.OTHER: "ANNAN",
    Occupation.UNKNOWN: "OKAND",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedEvent:
    """One event that a case officer has recorded: plain text fields, as the journal's database would hold them.

    ``recorded_on`` is the day it was last written or changed, which is what a listing since a date goes by.
    """

    event_id: str
    person_number: str
    recorded_on: date
    fields: dict[str, str]

    def __repr__(self) -> str:
        """Show the id only."""
        return f"<SimulatedEvent {self.event_id}>"


def simulated_event(event_id: str, person_number: str, event: Event, recorded_on: date | None = None) -> SimulatedEvent:
    """Write a fact as the simulated journal holds it; a field that the event lacks is left out."""
    written = {
        "kind": KINDS[event.kind],
        "on": event.on.isoformat(),
        "channel": CHANNELS[event.channel] if event.channel else "",
        "outcome": OUTCOMES[event.outcome] if event.outcome else "",
        "purpose": event.purpose or "",
        "what": OCCUPATIONS[event.what] if event.what else "",
        "until": event.until.isoformat() if event.until else "",
        "measure": event.measure or "",
        "reason": event.reason or "",
        "agreed_for": event.agreed_for.isoformat() if event.agreed_for else "",
    }
    return SimulatedEvent(
        event_id=event_id,
        person_number=person_number,
        recorded_on=recorded_on or event.on,
        fields={name: text for name, text in written.items() if text},
    )
