"""The full answer: provisions, facts and texts that a coordinator and a lawyer can act on."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from kaa_bridge.domain.facts import CompulsorySchooling, Placement, Qualification, Residence, Youth
from kaa_bridge.domain.values import LifeStatus, Protection, QualificationKind, SchoolingStatus
from kaa_bridge.law import CRITERIA, LawSettings, State, decide, explain_lines
from kaa_bridge.law.explain import REMARKS
from kaa_bridge.law.finding import Why
from kaa_bridge.law.rules import age, attendance, qualifications, residence, schooling
from kaa_bridge.law.ruleset import REMARKS as ORDER
from kaa_bridge.law.texts import TEXTS
from tests.law.youths import HOME, PLAIN
from tests.rules.cases import Case, read_cases

DAY = date(2019, 9, 1)
GROUNDS = {
    ground
    for module in (age, attendance, qualifications, residence, schooling)
    for ground in vars(module).values()
    if isinstance(ground, Why)
}


def test_every_ground_has_its_text_and_no_text_is_without_a_ground() -> None:
    assert {ground.code for ground in GROUNDS} == set(TEXTS)


def test_every_remark_is_in_the_contract_and_has_words() -> None:
    said = {remark for ground in GROUNDS for remark in ground.remarks} | {"source_frozen"}
    assert said == set(REMARKS)
    assert said == set(ORDER)


def test_an_unknown_state_always_says_what_to_do() -> None:
    """A case officer is told to ask, fetch, check or investigate, or that the municipality's own choice decides."""
    for case in read_cases():
        for reason in reasons_of(case):
            if reason.state is State.UNKNOWN:
                assert re.search(
                    r"\b(Fråga|Hämta|Kontrollera|Utred|Ange|Ta reda|Be skolan|fråga|hämta)\b|utreds|antagen",
                    reason.text,
                ), reason.text


def reasons_of(case: Case) -> tuple[Any, ...]:
    return decide(
        case.youth,
        municipality=case.municipality,
        as_of=case.as_of,
        settings=case.settings,
        frozen=case.frozen,
        pointer="/youths/0",
    ).reasons


@pytest.mark.parametrize("case", read_cases()[::3], ids=str)
def test_the_fact_is_a_pointer_into_the_file_or_to_what_is_missing_in_it(case: Case) -> None:
    for reason in reasons_of(case):
        place: Any = case.document
        *parents, last = reason.fact.split("/")[1:]
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place.get(part, {})
        assert not isinstance(place, list) or int(last) < len(place), reason.fact
        assert "{" not in reason.fact
        assert "okänd dag" not in reason.text, reason.text


def test_a_reason_cites_the_wording_in_force() -> None:
    for day, in_force, act in (
        (date(2018, 6, 30), date(2015, 1, 1), "lag (2014:1002)"),
        (date(2018, 7, 1), date(2018, 7, 1), "lag (2018:749)"),
        (date(2023, 7, 2), date(2023, 7, 2), "lag (2022:1315)"),
    ):
        found = decide(PLAIN, municipality=HOME, as_of=day)
        assert [reason.criterion for reason in found.reasons] == list(CRITERIA)
        assert {(reason.provision, reason.in_force, reason.act) for reason in found.reasons} == {
            ("skollagen 29:9", in_force, act)
        }
        assert "skollagen 29:6" in found.reasons[2].see


def test_the_json_is_the_contracts_and_adds_only() -> None:
    document = json.loads(json.dumps(decide(PLAIN, municipality=HOME, as_of=DAY, pointer="/youths/4").to_json()))
    assert list(document) == [
        *("ref", "outcome", "criteria", "reasons", "remarks", "covered_since", "next_review"),
    ]
    assert document["criteria"] == dict.fromkeys(CRITERIA, "met")
    assert document["covered_since"] == "2016-06-11"
    assert document["next_review"] == "2023-05-05"
    assert document["remarks"] == []
    assert document["reasons"][0] == {
        "criterion": "under_20",
        "state": "met",
        "provision": "skollagen 29:9",
        "in_force": "2018-07-01",
        "fact": "/youths/4/birth_date",
        "text": "Har inte fyllt 20 år. Fyller 20 den 2023-05-05, och ansvaret gäller till och med dagen före.",
        "code": "younger",
        "act": "lag (2018:749)",
        "bill": "prop. 2017/18:183",
        "see": [],
    }
    assert set(document["reasons"][1]) >= {"criterion", "state", "provision", "in_force", "fact", "text"}


ATTENDS = replace(PLAIN, placements=(Placement(school_form="GY", study_path="NA", start=date(2018, 8, 20)),))


def text(youth: Youth, criterion: str, **chosen: Any) -> str:
    found = decide(youth, municipality=HOME, as_of=DAY, settings=LawSettings(**chosen))
    return next(reason.text for reason in found.reasons if reason.criterion == criterion)


def test_texts_name_what_they_are_about() -> None:
    assert text(ATTENDS, "not_in_gymnasial") == "Går i gymnasieskolan."
    assert text(PLAIN, "no_gymnasiebevis") == "Har inte gymnasiebevis från anpassad gymnasieskola."
    exam = replace(PLAIN, qualifications=(Qualification(kind=QualificationKind.IB_DIPLOMA, on=date(2019, 7, 5)),))
    assert text(exam, "no_equivalent") == "Har IB-diplom sedan 2019-07-05."
    assert text(PLAIN, "schooling_done") == "Skolplikten upphörde: sista dagen var 2016-06-10."
    computed = replace(PLAIN, compulsory_schooling=None)
    assert "senast 2019-06-30" in text(computed, "schooling_done")
    other = replace(PLAIN, residence=(replace(PLAIN.residence[0], municipality="0180"),))
    assert text(other, "home_municipality") == "Har en annan hemkommun (0180)."
    passed = CompulsorySchooling(status=SchoolingStatus.ONGOING, expected_end=date(2019, 6, 12))
    assert text(replace(PLAIN, compulsory_schooling=passed), "schooling_done") == (
        "Skolplikten väntades upphöra 2019-06-12, men ingen uppgift visar att den har gjort det. "
        "Fråga skolan om skolplikten har upphört eller förlängts (skollagen 7:13)."
    )
    arrived = replace(PLAIN, compulsory_schooling=CompulsorySchooling(status=SchoolingStatus.NEVER))
    assert text(replace(arrived, first_registered=date(2019, 8, 20)), "schooling_done") == (
        "Blev folkbokförd i Sverige första gången 2019-08-20, när skolplikt inte längre gällde."
    )
    undated = replace(PLAIN, placements=(Placement(school_form="GR", start=None, end=date(2019, 12, 20)),))
    assert text(undated, "not_in_gymnasial") == "Det är inte känt när placeringen i grundskolan började. Fråga skolan."
    unlisted = replace(undated.placements[0], school_form="FHS", equivalent=True)
    assert text(replace(PLAIN, placements=(unlisted,)), "not_in_gymnasial") == (
        "Det är inte känt när placeringen i skolformen FHS började. Fråga skolan."
    )


def test_an_unproven_protection_is_named_only_where_it_alone_leaves_the_home_open() -> None:
    unsure = replace(PLAIN, protection=Protection.UNKNOWN)
    for residence_known, code in (((), "residence_unknown"), (PLAIN.residence, "protection_unknown")):
        found = decide(replace(unsure, residence=residence_known), municipality=HOME, as_of=DAY)
        assert found.reasons[2].code == code


def test_of_three_homes_on_one_day_the_last_is_pointed_at() -> None:
    homes = tuple(Residence(municipality=code) for code in (HOME, "0180", "2361"))
    found = decide(replace(PLAIN, residence=homes), municipality=HOME, as_of=DAY)
    assert (found.reasons[2].code, found.reasons[2].fact) == ("residence_conflict", "/residence/2")


@pytest.mark.parametrize(
    ("choice", "word"), [("investigate", "utreds"), ("not_covered", "omfattas inte"), ("covered", "omfattas")]
)
def test_a_choice_of_the_municipality_is_named_in_the_reason(choice: str, word: str) -> None:
    stays = replace(PLAIN, placements=(Placement(school_form="GR", start=date(2010, 8, 20)),))
    said = text(stays, "not_in_gymnasial", still_in_compulsory_school=choice)
    assert said.endswith(f"kommunens inställning avgör (nu: {word}).")
    assert "grundskolan" in said
    waits = replace(PLAIN, placements=(Placement(school_form="GY", start=date(2019, 10, 1)),))
    assert f"(nu: {word})" in text(waits, "not_in_gymnasial", awaiting_start=choice)


def test_explain_for_a_coordinator_says_what_decided() -> None:
    assert explain_lines(decide(ATTENDS, municipality=HOME, as_of=DAY)) == [
        "Omfattas inte av kommunens aktivitetsansvar (2019-09-01).",
        "[ ] Går i gymnasieskolan.",
        "Prövas igen senast 2023-05-05.",
    ]
    covered = explain_lines(decide(PLAIN, municipality=HOME, as_of=DAY))
    assert covered[:2] == ["Omfattas av kommunens aktivitetsansvar (2019-09-01).", "Omfattas sedan 2016-06-11."]
    assert sum(line.startswith("[x] ") for line in covered) == len(CRITERIA)
    unknown = explain_lines(decide(replace(PLAIN, life_status=LifeStatus.UNKNOWN), municipality=HOME, as_of=DAY))
    assert unknown[0].startswith("Ska utredas")
    assert [line[:3] for line in unknown[1:-1]] == ["[?]"]


def test_explain_for_a_lawyer_cites_every_criterion() -> None:
    lines = explain_lines(decide(ATTENDS, municipality=HOME, as_of=DAY, pointer="/youths/0"), citations=True)
    cited = [line for line in lines if "lydelse från 2018-07-01 enligt lag (2018:749), prop. 2017/18:183" in line]
    assert len(cited) == len(CRITERIA)
    assert cited[0] == (
        "    skollagen 29:9, lydelse från 2018-07-01 enligt lag (2018:749), prop. 2017/18:183. "
        "Uppgift: /youths/0/birth_date"
    )
    assert cited[1] == (
        "    skollagen 29:9, lydelse från 2018-07-01 enligt lag (2018:749), prop. 2017/18:183; jfr skollagen 7:10, "
        "skollagen 7:12, skollagen 7:13, skollagen 7:14. Uppgift: /youths/0/compulsory_schooling/on"
    )
    assert cited[3].endswith("; jfr skollagen 17:2. Uppgift: /youths/0/placements/0")


def test_explain_ends_with_the_remarks() -> None:
    frozen = explain_lines(decide(PLAIN, municipality=HOME, as_of=DAY, frozen=True))
    assert "Obs! En källa uppdateras inte just nu. Ingen har tagits bort eller lagts till på grund av det." in frozen


def test_an_adult_without_a_next_review_gets_no_review_line() -> None:
    lines = explain_lines(decide(PLAIN, municipality=HOME, as_of=date(2026, 2, 1)))
    assert lines == ["Omfattas inte av kommunens aktivitetsansvar (2026-02-01).", "[ ] Har fyllt 20 år."]


def test_no_text_tells_where_a_protected_youth_is_registered() -> None:
    hidden = replace(PLAIN, protection=Protection.SKYDDAD_FOLKBOKFORING)
    assert HOME not in text(hidden, "home_municipality")


def test_a_decision_tells_whom_it_concerns_and_points_into_the_youth_alone() -> None:
    found = decide(PLAIN, municipality=HOME, as_of=DAY)
    assert (found.ref, found.municipality, found.as_of) == ("a-1", HOME, DAY)
    assert found.reasons[0].fact == "/birth_date"


def test_a_frozen_source_is_named_in_the_reasons_and_an_incomplete_one_is_not() -> None:
    frozen = decide(PLAIN, municipality=HOME, as_of=DAY, frozen=True)
    assert [one.code for one in frozen.reasons[3:]] == ["placements_frozen"] + ["qualifications_frozen"] * 3
    bare = replace(PLAIN, placements_complete=None, qualifications_complete=None)
    open_ended = decide(bare, municipality=HOME, as_of=DAY)
    assert [one.code for one in open_ended.reasons[3:]] == ["placements_unproven"] + ["qualifications_unproven"] * 3


def test_a_frozen_source_whose_gap_others_fill_brings_the_remark_and_changes_nothing_else() -> None:
    usual = decide(PLAIN, municipality=HOME, as_of=DAY)
    remarked = decide(PLAIN, municipality=HOME, as_of=DAY, remarked=True)
    assert remarked.remarks == ("source_frozen",)
    assert (remarked.outcome, remarked.criteria) == (usual.outcome, usual.criteria)
    assert "source_frozen" not in usual.remarks
