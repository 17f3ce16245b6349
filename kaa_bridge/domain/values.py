"""Closed vocabularies of the facts: the words of contracts.md section 2, and no others.

Every vocabulary has an explicit ``unknown`` where the sources can leave us without an answer: unknown is a value of its
own and never the same as *no*.
"""

from __future__ import annotations

from enum import StrEnum


class Word(StrEnum):
    """A word of a closed vocabulary, hashed as the text it equals; ``Enum`` hashes the name, and in Python."""

    __hash__ = str.__hash__


class Protection(Word):
    """Protected identity, four-way plus unknown (Navet terms 01003 and 01020; folkbokföringslagen 16-17 §§)."""

    NONE = "none"
    SEKRETESSMARKERING = "sekretessmarkering"
    SKYDDAD_FOLKBOKFORING = "skyddad_folkbokforing"
    FINGERADE_PERSONUPPGIFTER = "fingerade_personuppgifter"
    UNKNOWN = "unknown"

    @property
    def is_protected(self) -> bool:
        """Whether the youth is handled in the protected channel: anything but a known ``none``."""
        return self is not Protection.NONE


class LifeStatus(Word):
    """Whether the person is in the population register as living in Sweden."""

    ALIVE = "alive"
    DECEASED = "deceased"
    EMIGRATED = "emigrated"
    UNKNOWN = "unknown"


class ResidenceBasis(Word):
    """Why a municipality is a home: folkbokförd there, or stays there permanently (skollagen 29 kap. 6 §)."""

    REGISTERED = "registered"
    STAYS = "stays"


class SchoolingStatus(Word):
    """Skolplikt (skollagen 7 kap. 10-16 §§): ended, ongoing, never had in Sweden, or not known."""

    ENDED = "ended"
    ONGOING = "ongoing"
    NEVER = "never"
    UNKNOWN = "unknown"


class PlacementEnd(Word):
    """Why a placement ended (gymnasieförordningen 12 kap. 3, 4 and 4 a §§ for the middle three)."""

    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    NO_SHOW = "no_show"
    ABSENT_OVER_MONTH = "absent_over_month"
    MOVED_SCHOOL = "moved_school"
    UNKNOWN = "unknown"


class AbsenceReason(Word):
    """Why a pupil is absent, as gymnasieförordningen 12 kap. 4 a § tells reasons apart; no diagnosis stands here."""

    INVALID = "invalid"
    SICKNESS = "sickness"
    LEAVE = "leave"
    UNKNOWN = "unknown"


class QualificationKind(Word):
    """Documents of upper secondary level; only some of them end the responsibility (see ``kaa_bridge.law``)."""

    GYMNASIEEXAMEN = "gymnasieexamen"
    GYMNASIEBEVIS_ANPASSAD = "gymnasiebevis_anpassad"
    GYMNASIESARSKOLEBEVIS = "gymnasiesarskolebevis"
    STUDIEBEVIS = "studiebevis"
    GYMNASIEINTYG = "gymnasieintyg"
    IB_DIPLOMA = "ib_diploma"
    EQUIVALENT_APPROVED = "equivalent_approved"
    FOLKHOGSKOLA_BEHORIGHET = "folkhogskola_behorighet"


class EventKind(Word):
    """What has happened in the municipality's work with a youth."""

    REGISTERED = "registered"
    ALLOCATED = "allocated"
    CONTACT = "contact"
    OCCUPATION = "occupation"
    DECLINED = "declined"
    WANTS_HELP = "wants_help"
    FIRST_MEETING = "first_meeting"
    MEASURE_STARTED = "measure_started"
    MEASURE_ENDED = "measure_ended"
    FOLLOW_UP_AGREED = "follow_up_agreed"
    WITHDRAWAL_FORM = "withdrawal_form"
    MOVED_IN = "moved_in"
    CONSIDERED_LEFT = "considered_left"
    LEAVING_EXCEPTION = "leaving_exception"


class ContactChannel(Word):
    """How a contact was attempted."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    POSTCARD = "postcard"
    HOME_VISIT = "home_visit"
    MEETING = "meeting"
    SOCIAL_MEDIA = "social_media"
    OTHER = "other"


class ContactOutcome(Word):
    """What came of a contact attempt."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    RETURNED_UNKNOWN = "returned_unknown"
    SENT = "sent"


class Occupation(Word):
    """What a youth is occupied with (sysselsättning): information only, it never decides coverage by itself."""

    WORK = "work"
    INTERNSHIP = "internship"
    STUDIES = "studies"
    KOMVUX = "komvux"
    FOLKHOGSKOLA = "folkhogskola"
    NONE = "none"
    OTHER = "other"
    UNKNOWN = "unknown"
