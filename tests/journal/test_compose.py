"""Case notes as a case officer reads them, word for word."""

from __future__ import annotations

from datetime import date

import pytest

from kaa_bridge.contract import NoteKind
from kaa_bridge.journal.compose import (
    compose_action_due,
    compose_correction,
    compose_ended,
    compose_registered,
    end_reasons,
)
from kaa_bridge.journal.vocabulary import CRITERIA, END_REASON_OF, CorrectionCause, EndReason
from kaa_bridge.law import CRITERIA as LAW_CRITERIA
from kaa_bridge.law import Outcome
from kaa_bridge.routine import ClockStart, DueAction
from tests.journal.compose_support import AS_OF, REFERENCE, decided

LETTER = DueAction(
    ref="a-1",
    action="letter_1",
    not_before=date(2026, 1, 19),
    due=date(2026, 2, 16),
    overdue=False,
    clock=ClockStart("reg", date(2026, 1, 19)),
    responsible="case_officer",
    recipient="guardian",
    rule="Ragunda",
    text="Skicka brev 1 till vårdnadshavaren (ungdomen är under 18 år).",
)
FOOT = f"\n\nAnteckningen är skriven automatiskt av kaa-bridge. Referens: {REFERENCE}"


def test_registered() -> None:
    note = compose_registered(decided(), reference=REFERENCE, as_of=AS_OF, source_label=["Qore", "IST"])
    assert note.heading == "Aktivitetsansvar: ungdomen omfattas"
    assert note.text == (
        "Ungdomen omfattas av kommunens aktivitetsansvar enligt 29 kap. 9 § skollagen sedan 2026-01-16.\n"
        "\n"
        "Bedömningen är gjord 2026-02-01 efter uppgifter från Qore och IST. Ungdomen\n"
        "- har inte fyllt 20 år\n"
        "- har inte längre skolplikt\n"
        "- har kommunen som hemkommun\n"
        "- går inte i gymnasieskola, anpassad gymnasieskola eller motsvarande utbildning\n"
        "- har inte gymnasieexamen\n"
        "- har inte gymnasiebevis från anpassad gymnasieskola\n"
        "- har inte någon annan godkänd utbildning som motsvarar gymnasieskolan\n"
        "\n"
        "Om inga uppgifter ändras prövas detta nästa gång 2028-01-01." + FOOT
    )


def test_a_later_start_is_told() -> None:
    later = [{"school_form": "GY", "study_path": "NA", "from": "2026-08-19"}]
    note = compose_registered(decided(placements=later), reference=REFERENCE, as_of=AS_OF, source_label="Qore")
    assert "Ungdomen är antagen till en utbildning som börjar senare.\n" in note.text


@pytest.mark.parametrize(
    ("facts", "reasons", "sentence"),
    [
        ({"birth_date": "2006-01-31"}, [EndReason.TURNED_20], "Ungdomen har fyllt 20 år."),
        (
            {"life_status": "deceased"},
            [EndReason.DECEASED],
            "Ungdomen är avregistrerad från folkbokföringen som avliden.",
        ),
        ({"life_status": "emigrated"}, [EndReason.EMIGRATED], "som utflyttad ur landet."),
        (
            {"residence": [{"municipality": "0581", "from": "2026-01-20"}]},
            [EndReason.MOVED],
            "Ungdomen har inte längre kommunen som hemkommun.",
        ),
        (
            {"placements": [{"school_form": "GY", "study_path": "NA", "from": "2026-01-12"}]},
            [EndReason.IN_GYMNASIAL],
            "Ungdomen går i gymnasieskola, anpassad gymnasieskola eller motsvarande utbildning.",
        ),
        (
            {"qualifications": [{"kind": "gymnasieexamen", "on": "2026-01-15"}]},
            [EndReason.GYMNASIEEXAMEN],
            "Ungdomen har gymnasieexamen.",
        ),
        (
            {"compulsory_schooling": {"status": "ongoing"}, "birth_date": "2010-06-01"},
            [EndReason.SCHOOLING],
            "Ungdomen har skolplikt.",
        ),
    ],
)
def test_ended_names_its_reason(facts: dict[str, object], reasons: list[EndReason], sentence: str) -> None:
    decision = decided(**facts)
    assert list(end_reasons(decision)) == reasons
    note = compose_ended(decision, reference=REFERENCE, as_of=AS_OF, source_label="Qore", ended_on=date(2026, 1, 31))
    assert note.heading == "Aktivitetsansvar: ungdomen omfattas inte längre"
    assert note.text.startswith(
        "Ungdomen omfattas inte längre av kommunens aktivitetsansvar enligt 29 kap. 9 § skollagen från och med "
        "2026-01-31.\n\nSkäl:\n- Ungdomen "
    )
    assert sentence in note.text
    assert note.text.endswith("Bedömningen är gjord 2026-02-01 efter uppgifter från Qore." + FOOT)


def test_every_criterion_has_its_words() -> None:
    assert set(CRITERIA) == set(END_REASON_OF) == set(LAW_CRITERIA)


def test_action_with_a_window() -> None:
    note = compose_action_due(LETTER, reference=REFERENCE, as_of=AS_OF)
    assert note.heading == "Aktivitetsansvar: åtgärd att göra"
    assert note.text == (
        "Skicka brev 1 till vårdnadshavaren (ungdomen är under 18 år).\n\n"
        "Görs tidigast 2026-01-19 och senast 2026-02-16.\nAnsvarig: handläggare.\nRiktas till: vårdnadshavare." + FOOT
    )


def test_action_on_one_day_overdue_without_recipient() -> None:
    day = LETTER._replace(not_before=date(2026, 1, 20), due=date(2026, 1, 20), overdue=True, recipient=None)
    assert compose_action_due(day, reference=REFERENCE, as_of=AS_OF).text == (
        "Skicka brev 1 till vårdnadshavaren (ungdomen är under 18 år).\n\n"
        "Görs 2026-01-20.\nTiden hade gått ut när anteckningen skrevs 2026-02-01.\nAnsvarig: handläggare." + FOOT
    )


def test_action_without_end() -> None:
    text = compose_action_due(LETTER._replace(due=None), reference=REFERENCE, as_of=AS_OF).text
    assert "Görs så snart som möjligt från och med 2026-01-19.\n" in text


def test_correction_tells_what_it_corrects() -> None:
    note = compose_correction(
        reference=REFERENCE,
        as_of=AS_OF,
        corrected_reference="KAA-EARLIER",
        corrected_kind=NoteKind.REGISTERED,
        corrected_on=date(2026, 1, 19),
        cause=CorrectionCause.FACT_WITHDRAWN,
        outcome=Outcome.NOT_COVERED,
    )
    assert note.heading == "Aktivitetsansvar: rättelse av tidigare anteckning"
    assert note.text == (
        "Anteckningen med referens KAA-EARLIER från 2026-01-19 om att ungdomen omfattas av aktivitetsansvaret gäller "
        "inte längre.\n\n"
        "Uppgiften som anteckningen byggde på har tagits tillbaka av källan.\n"
        "Efter ny bedömning 2026-02-01: ungdomen omfattas inte av aktivitetsansvaret.\n\n"
        "Den tidigare anteckningen ligger kvar oförändrad; den här anteckningen rättar den." + FOOT
    )


def test_a_correction_of_an_end_tells_since_when_the_case_has_gone_on() -> None:
    note = compose_correction(
        reference=REFERENCE,
        as_of=AS_OF,
        corrected_reference="KAA-EARLIER",
        corrected_kind=NoteKind.ENDED,
        corrected_on=date(2026, 1, 30),
        cause=CorrectionCause.FACT_CHANGED,
        outcome=Outcome.COVERED,
        unbroken_since=date(2026, 1, 16),
    )
    assert note.text == (
        "Anteckningen med referens KAA-EARLIER från 2026-01-30 om att ungdomen inte längre omfattas av "
        "aktivitetsansvaret stämmer inte.\n\n"
        "Uppgiften som anteckningen byggde på har ändrats av källan.\n"
        "Efter ny bedömning 2026-02-01: ungdomen omfattas av aktivitetsansvaret, utan avbrott sedan 2026-01-16.\n\n"
        "Den tidigare anteckningen ligger kvar oförändrad; den här anteckningen rättar den." + FOOT
    )
