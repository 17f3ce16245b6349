"""The law data: dated without gaps, cited, checked within a year; one broken file for each possible mistake."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest
from msgspec.structs import replace

from kaa_bridge.domain.facts import Placement
from kaa_bridge.errors import ConfigurationInvalid, InputRefused
from kaa_bridge.law import CRITERIA, LawSettings, Outcome, judge, ruleset, version_on, versions
from kaa_bridge.law.leaving_law import leaving_law
from kaa_bridge.law.parameters import AgeLaw, AttendanceLaw, HomeLaw, SchoolingLaw
from kaa_bridge.law.provisions import LawFile, combine, read_law_file
from tests.law.youths import ELSEWHERE, HOME, PLAIN

FOLDER = files("kaa_mappings") / "law"


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.toml").read_text("utf-8")


def test_the_versions_are_the_three_acts() -> None:
    assert [one.in_force for one in versions()] == [date(2015, 1, 1), date(2018, 7, 1), date(2023, 7, 2)]
    acts = [{one.provisions[name].act for name in CRITERIA} for one in versions()]
    assert acts == [{"lag (2014:1002)"}, {"lag (2018:749)"}, {"lag (2022:1315)"}]
    bills = [{one.provisions[name].bill for name in CRITERIA} for one in versions()]
    assert bills == [{"prop. 2013/14:191"}, {"prop. 2017/18:183"}, {"prop. 2021/22:162"}]


@pytest.mark.parametrize("criterion", CRITERIA)
def test_every_provision_was_checked_within_a_year(criterion: str) -> None:
    today = datetime.now(UTC).date()
    for provision in read_law_file(criterion, text_of(criterion)).provisions:
        assert today - provision.last_checked < timedelta(days=366), "read the paragraph again, then move last_checked"
        assert provision.last_checked <= today


def test_the_rules_on_leaving_were_checked_within_a_year() -> None:
    assert datetime.now(UTC).date() - leaving_law().last_checked < timedelta(days=366)


@pytest.mark.parametrize("criterion", CRITERIA)
def test_a_criterion_has_neither_gap_nor_overlap_in_time(criterion: str) -> None:
    found = read_law_file(criterion, text_of(criterion)).provisions
    assert found[0].in_force == date(2015, 1, 1)
    for earlier, later in itertools.pairwise(found):
        assert earlier.until is not None
        assert later.in_force - earlier.until == timedelta(days=1)
    assert found[-1].until is None


def test_the_version_in_force_changes_on_the_day() -> None:
    assert version_on(date(2018, 6, 30)).in_force == date(2015, 1, 1)
    assert version_on(date(2018, 7, 1)).in_force == date(2018, 7, 1)
    assert version_on(date(2023, 7, 1)).in_force == date(2018, 7, 1)
    assert version_on(date(2023, 7, 2)).in_force == date(2023, 7, 2)
    assert version_on(date.max).in_force == date(2023, 7, 2)


def test_a_day_before_the_first_version_is_refused_and_the_known_days_are_named() -> None:
    with pytest.raises(InputRefused) as refused:
        version_on(date(2014, 12, 31))
    assert refused.value.exit_code == 2
    assert refused.value.code == "date_before_law"
    assert refused.value.message == (
        "The law data cannot answer for 2014-12-31: the responsibility (skollagen 29 kap. 9 §) is known from "
        "2015-01-01 on. Versions in force from: 2015-01-01, 2018-07-01, 2023-07-02."
    )
    assert refused.value.remedy == "Ask about 2015-01-01 or a later date with --as-of."


def test_only_2018_changed_the_rules() -> None:
    first, second, third = versions()
    assert not first.same_rules(second)
    assert second.same_rules(third)
    changed = [name for name in CRITERIA if first.provisions[name].law != second.provisions[name].law]
    assert changed == ["schooling_done", "not_in_gymnasial"]


BROKEN = {
    "a gap": ("until = 2018-06-30", "until = 2018-06-29", "the period before 2018-07-01 leaves a gap or overlaps."),
    "an overlap": (
        "until = 2018-06-30",
        "until = 2018-07-01",
        "the period before 2018-07-01 leaves a gap or overlaps.",
    ),
    "an open period in the middle": (
        "until = 2018-06-30\n",
        "",
        "the period before 2018-07-01 leaves a gap or overlaps.",
    ),
    "a law that ends": (
        "in_force = 2023-07-02",
        "in_force = 2023-07-02\nuntil = 2030-01-01",
        "the last provision has an end, so later days have no law.",
    ),
    "an unknown key": (
        "age = 20",
        "age = 20\nagee = 21",
        "Object contains unknown field `agee` - at `$.provisions[0].law`.",
    ),
    "a missing citation": (
        'act = "lag (2018:749)"\n',
        "",
        "Object missing required field `act` - at `$.provisions[1]`.",
    ),
    "an unknown rule": ('rule = "age"', 'rule = "agee"', "Invalid value 'agee' - at `$.provisions[0].law.rule`."),
    "another format": ("kaa-law/1", "kaa-law/2", "Invalid enum value 'kaa-law/2' - at `$.format`."),
    "an unknown criterion": (
        'criterion = "under_20"',
        'criterion = "under_21"',
        "'under_21' is no criterion of skollagen 29:9.",
    ),
    "no TOML": ("criterion =", "criterion", "Expected '=' after a key"),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_broken_file_is_refused_and_the_place_is_named(mistake: str) -> None:
    before, after, said = BROKEN[mistake]
    text = text_of("under_20")
    assert before in text
    with pytest.raises(ConfigurationInvalid) as refused:
        read_law_file("under_20.toml", text.replace(before, after))
    assert said in refused.value.message
    assert refused.value.exit_code == 3
    assert refused.value.code == "law_data_invalid"
    assert refused.value.message.startswith("The law data is refused at under_20.toml: ")
    assert said.rstrip(".") == said or refused.value.message == f"The law data is refused at under_20.toml: {said}"
    assert refused.value.remedy == (
        "Reinstall kaa-bridge, or correct the file; docs/explanation/law.md says how a version is added."
    )


def all_files() -> list[LawFile]:
    return [read_law_file(name, text_of(name)) for name in CRITERIA]


def test_a_missing_criterion_is_refused() -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        combine(all_files()[:-2])
    assert refused.value.message == (
        "The law data is refused at no_equivalent, no_gymnasiebevis: no file holds the criterion."
    )


def test_a_criterion_that_begins_late_is_refused() -> None:
    found = all_files()
    late = [replace(one, provisions=one.provisions[1:]) for one in found[:2]]
    with pytest.raises(ConfigurationInvalid) as refused:
        combine([*late, *found[2:]])
    assert refused.value.message == (
        "The law data is refused at under_20, schooling_done: the first provision begins after 2015-01-01."
    )


def test_a_new_version_of_one_criterion_is_data_only() -> None:
    """Raising the age to 25 from a day is one entry in one file; the others go on unchanged."""
    text = text_of("under_20").replace("in_force = 2023-07-02", "in_force = 2023-07-02\nuntil = 2030-06-30")
    entry = text[text.rindex("[[provisions]]") :]
    added = (
        entry.replace("2023-07-02", "2030-07-01").replace("until = 2030-06-30\n", "").replace("age = 20", "age = 25")
    )
    found = combine([read_law_file("under_20", text + "\n" + added), *all_files()[1:]])
    assert [one.in_force.year for one in found] == [2015, 2018, 2023, 2030]
    assert found[-1].law_of("under_20", AgeLaw).age == 25
    assert found[-1].provisions["schooling_done"] is found[-2].provisions["schooling_done"]
    assert not found[-1].same_rules(found[-2])


def test_the_data_says_what_the_rules_need() -> None:
    first, second, third = versions()
    assert [one.law_of("schooling_done", SchoolingLaw).newcomers for one in versions()] == [False, True, True]
    attendance = [one.law_of("not_in_gymnasial", AttendanceLaw) for one in versions()]
    assert [one.introductory_excludes for one in attendance] == [False, True, True]
    assert {"GY", "GYS", "GYAN"} == attendance[2].excluding
    assert first.in_force < second.in_force < third.in_force


def test_a_rule_that_cannot_answer_for_its_criterion_is_refused() -> None:
    with pytest.raises(ConfigurationInvalid, match="refused at under_20: the rule 'age' cannot answer for this"):
        versions()[0].law_of("under_20", HomeLaw)


def test_the_same_question_gives_the_same_prepared_rules() -> None:
    assert ruleset("2303", date(2026, 2, 1)) is ruleset("2303", date(2026, 2, 1))


def test_judge_never_answers_with_the_rules_of_another_question() -> None:
    day, other = date(2019, 9, 1), date(2023, 5, 5)
    waits = replace(PLAIN, placements=(Placement(school_form="GY", start=date(2019, 10, 1)),))
    chosen = LawSettings(awaiting_start="not_covered")
    assert judge(waits, municipality=HOME, as_of=day).outcome is Outcome.COVERED
    assert judge(waits, municipality=HOME, as_of=day, settings=chosen).outcome is Outcome.NOT_COVERED
    assert judge(waits, municipality=HOME, as_of=day).outcome is Outcome.COVERED
    assert judge(waits, municipality=ELSEWHERE, as_of=day).outcome is Outcome.NOT_COVERED
    assert judge(waits, municipality=HOME, as_of=day).outcome is Outcome.COVERED
    assert judge(waits, municipality=HOME, as_of=day, frozen=True).outcome is Outcome.INVESTIGATE
    assert judge(waits, municipality=ELSEWHERE, as_of=day).outcome is Outcome.NOT_COVERED
    assert judge(waits, municipality=HOME, as_of=other).outcome is Outcome.NOT_COVERED
    assert judge(waits, municipality=HOME, as_of=day).outcome is Outcome.COVERED


def test_judge_asked_the_same_question_again_answers_for_the_next_youth() -> None:
    day = date(2019, 9, 1)
    attends = replace(PLAIN, placements=(Placement(school_form="GY", study_path="NA", start=date(2018, 8, 20)),))
    found = [judge(youth, municipality=HOME, as_of=day).outcome for youth in (PLAIN, attends, PLAIN)]
    assert found == [Outcome.COVERED, Outcome.NOT_COVERED, Outcome.COVERED]


def test_a_verdict_is_in_seven_letters() -> None:
    found = judge(PLAIN, municipality=HOME, as_of=date(2019, 9, 1))
    assert (found.criteria, found.covered_since, found.next_review) == ("mmmmmmm", date(2016, 6, 11), date(2023, 5, 5))
    later = judge(PLAIN, municipality=ELSEWHERE, as_of=date(2023, 5, 5), frozen=True)
    assert (later.criteria, later.covered_since, later.next_review) == ("nmnuuuu", None, None)
    frozen = judge(PLAIN, municipality=HOME, as_of=date(2018, 6, 30), frozen=True)
    assert (frozen.criteria, frozen.next_review) == ("mmmuuuu", date(2023, 5, 5))
