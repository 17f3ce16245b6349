"""What the adapter says when the server misbehaves: a code, what to do, and never a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from kaa_adapter_ist import IstSource
from kaa_bridge.contract import Page, Proof, PullRequest, SourceContext
from kaa_bridge.errors import ConfigurationInvalid, KaaError, Unreachable
from kaa_bridge.testing.population import Population, build
from kaa_bridge.testing.simulators.base import Fault
from kaa_bridge.testing.simulators.ist import ErrorShape, IstSimulator

AS_OF = date(2026, 3, 2)
Knob = Callable[[IstSimulator], None]


@pytest.fixture(scope="module")
def population() -> Population:
    return build(7, as_of=AS_OF, size=60, poisoned=False)


def source(sim: IstSimulator, **more: object) -> IstSource:
    settings = {**sim.connection(), "attempts": 1, "total_seconds": 5.0, **more}
    return IstSource(SourceContext(name="ist", municipality="2303", settings=settings))


def pull(made: IstSource, cursor: str | None = None) -> tuple[list[bytes], Proof]:
    items = list(made.pull(PullRequest(as_of=AS_OF, cursor=cursor)))
    proof = items[-1]
    assert isinstance(proof, Proof)
    return [record for item in items[:-1] if isinstance(item, Page) for record in item.records], proof


def fails(population: Population, made: IstSource, cursor: str | None = None) -> KaaError:
    with pytest.raises(KaaError) as caught:
        pull(made, cursor)
    made.close()
    error = caught.value
    assert error.system == "ist"
    assert error.remedy
    told = f"{error} {error.remedy}"
    assert not [canary for canary in population.canaries() if canary in told]
    assert "Påhittad" not in told
    assert "Vuxen" not in told
    return error


def turn(*faults: Fault, **knobs: object) -> Knob:
    def set_them(sim: IstSimulator) -> None:
        sim.faults.update(faults)
        sim.fault_from = 2  # the first request is for a token
        for name, value in knobs.items():
            assert hasattr(sim.knobs, name)
            setattr(sim.knobs, name, value)

    return set_them


@pytest.mark.parametrize(
    ("knob", "kind", "code"),
    [
        (turn(Fault.DOWN), Unreachable, "reset"),
        (turn(wrong_secret=True), ConfigurationInvalid, "token_refused"),
        (turn(ignores_filters=True), ConfigurationInvalid, "ist_filter_ignored"),
        (turn(Fault.RENAMED_FIELD), ConfigurationInvalid, "ist_filter_ignored"),
        (turn(Fault.PAGE_LOOP), Unreachable, "ist_pages_repeated"),
        (turn(repeated_token=True), Unreachable, "ist_token_repeated"),
        (turn(empty_pages=4), Unreachable, "ist_pages_empty"),
        (turn(Fault.TRUNCATED), Unreachable, "ist_pages_empty"),
        (turn(Fault.MISSING_LIST), ConfigurationInvalid, "ist_not_ss12000"),
        (turn(Fault.WRONG_PASSWORD), ConfigurationInvalid, "token_refused"),
        (turn(broken_json=True), Unreachable, "ist_truncated"),
        (turn(Fault.HALF_ANSWER), Unreachable, "truncated"),
        (turn(Fault.LOGIN_PAGE), Unreachable, "ist_html"),
        (turn(not_ss12000=True), ConfigurationInvalid, "ist_not_ss12000"),
        (turn(too_many_requests=9), Unreachable, "busy"),
        (turn(Fault.UNAVAILABLE), Unreachable, "busy"),
        (turn(too_large=True), ConfigurationInvalid, "ist_too_large"),
        (turn(forbidden=True), ConfigurationInvalid, "access_refused"),
        (turn(Fault.REDIRECT), ConfigurationInvalid, "redirected"),
        (turn(missing=frozenset({"/persons"})), ConfigurationInvalid, "ist_path_missing"),
    ],
)
def test_a_misbehaving_server_is_recognised_and_named(
    population: Population, knob: Knob, kind: type[KaaError], code: str
) -> None:
    with IstSimulator(population, page_limit=10) as sim:
        made = source(sim)
        knob(sim)
        error = fails(population, made)
    assert (type(error), error.code) == (kind, code)


@pytest.mark.parametrize("shape", list(ErrorShape))
@pytest.mark.parametrize(
    ("knob", "code"),
    [
        (turn(too_many_requests=9), "busy"),
        (turn(too_large=True), "ist_too_large"),
        (turn(forbidden=True), "access_refused"),
        (turn(missing=frozenset({"/persons"})), "ist_path_missing"),
    ],
)
def test_errors_may_have_any_shape(population: Population, knob: Knob, code: str, shape: ErrorShape) -> None:
    with IstSimulator(population) as sim:
        sim.knobs.error_shape = shape
        made = source(sim)
        knob(sim)
        assert fails(population, made).code == code


def test_a_login_page_of_the_token_service_is_told_as_such(population: Population) -> None:
    with IstSimulator(population) as sim:
        sim.faults.add(Fault.LOGIN_PAGE)
        error = fails(population, source(sim))
    assert error.code == "not_json"
    assert "login page" in error.message


def test_the_token_service_may_answer_with_a_page_too(population: Population) -> None:
    with IstSimulator(population) as sim:
        error = fails(population, source(sim, token_url=f"{sim.root}/nowhere"))
    assert error.code in {"token_refused", "token_unusable", "not_found"}


def test_a_server_that_is_not_there(population: Population) -> None:
    sim = IstSimulator(population)
    sim.start()
    sim.close()
    error = fails(population, source(sim))
    assert (type(error), error.code) == (Unreachable, "refused")


def test_pages_that_never_end_are_cut_at_the_limit(population: Population) -> None:
    with IstSimulator(population, page_limit=5) as sim:
        error = fails(population, source(sim, max_pages=6))
    assert error.code == "ist_pages_endless"
    assert "max_pages" in error.remedy


def test_a_few_empty_pages_are_tolerated(population: Population) -> None:
    with IstSimulator(population, page_limit=10) as sim:
        whole = pull(source(sim))[0]
        sim.knobs.empty_pages = 3
        records, proof = pull(source(sim))
    assert proof.whole
    assert records == whole


def test_a_slow_server_is_left_in_time(population: Population) -> None:
    with IstSimulator(population) as sim:
        sim.faults.add(Fault.SLOW)
        sim.slow_seconds = 3.0
        error = fails(population, source(sim, total_seconds=0.5))
    assert error.code == "slow"


def test_busy_servers_are_asked_again(population: Population) -> None:
    with IstSimulator(population) as sim:
        sim.knobs.too_many_requests = 1
        sim.knobs.retry_after = 1
        _, proof = pull(source(sim, attempts=3, total_seconds=20.0))
        assert 429 in {one.answer.status for one in sim.exchanges}
    assert proof.whole


def test_a_person_twice_disproves_the_whole(population: Population) -> None:
    with IstSimulator(population, page_limit=10) as sim:
        sim.faults.add(Fault.REPEATED_RECORD)
        _, proof = pull(source(sim))
    assert not proof.whole
    assert "1 persons came twice" in proof.how
    assert proof.cursor is None


def test_no_organisations_disprove_the_whole(population: Population) -> None:
    with IstSimulator(population) as sim:
        sim.register.collections["organisations"] = []
        _, proof = pull(source(sim, delta=True))
    assert not proof.whole
    assert proof.cursor is None


def test_a_vanished_enrolment_is_a_person_who_is_not_shown(population: Population) -> None:
    with IstSimulator(population) as sim:
        before, _ = pull(source(sim))
        sim.register.collections["persons"][0].pop("enrolments")
        after, proof = pull(source(sim))
    assert proof.whole
    assert len(after) == len(before) - 1


def test_an_emptied_register_is_told_as_it_is(population: Population) -> None:
    with IstSimulator(population) as sim:
        sim.faults.add(Fault.EMPTIED)
        records, proof = pull(source(sim))
    assert records == []
    assert "after 0 persons" in proof.how


def test_a_slip_of_the_server_leaves_adults_out_and_goes_on(population: Population) -> None:
    with IstSimulator(population) as sim:
        before, _ = pull(source(sim))
        adult, former_pupil = sim.persons()[-1], {**sim.persons()[-2], "enrolments": []}
        enrolled = [one for one in sim.persons() if "enrolments" in one]
        sim.register.collections["persons"] = [*enrolled, adult, former_pupil]
        sim.knobs.ignores_filters = True
        records, proof = pull(source(sim))
    assert len(records) == len(before) + 1
    assert not [record for record in records if str(adult["id"]).encode() in record[:60]]
    assert proof.whole
    assert "1 without enrolments were left out" in proof.how


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(("strays", "code"), [(2, None), (3, "ist_filter_ignored")])
def test_the_order_of_the_records_does_not_decide_whether_a_filter_is_ignored(
    population: Population, first: bool, strays: int, code: str | None
) -> None:
    with IstSimulator(population, page_limit=5) as sim:
        enrolled = [one for one in sim.persons() if "enrolments" in one]
        left = [{**one, "enrolments": []} for one in enrolled[:strays]]
        sim.register.collections["persons"] = left + enrolled[strays:] if first else enrolled[strays:] + left
        sim.knobs.ignores_filters = True
        made = source(sim)
        if code is None:
            assert pull(made)[1].whole
        else:
            assert fails(population, made).code == code


def test_an_answer_written_with_spaces_and_another_order_is_read_the_same(population: Population) -> None:
    with IstSimulator(population) as sim:
        tight, _ = pull(source(sim))
        people = [dict(reversed(one.items())) for one in sim.persons()]
        sim.register.collections["persons"] = people
        loose, proof = pull(source(sim))
    assert proof.whole
    assert len(loose) == len(tight)
    assert not set(loose) & set(tight)


def test_a_delta_that_ignores_the_time_is_named(population: Population) -> None:
    with IstSimulator(population) as sim:
        made = source(sim, delta=True)
        _, proof = pull(made)
        sim.knobs.ignores_modified = True
        error = fails(population, made, proof.cursor)
    assert error.code == "ist_filter_ignored"
    assert "delta = false" in error.remedy


def test_missing_deletions_are_named_with_the_way_out(population: Population) -> None:
    with IstSimulator(population) as sim:
        made = source(sim, delta=True)
        _, proof = pull(made)
        sim.knobs.missing = frozenset({"/deletedEntities"})
        error = fails(population, made, proof.cursor)
    assert error.code == "ist_path_missing"
    assert 'deleted_entities = ""' in error.remedy


def test_a_look_up_that_gives_others_is_refused(population: Population) -> None:
    with IstSimulator(population) as sim:
        made = source(sim)
        sim.knobs.lookup_ignores_body = True
        with pytest.raises(ConfigurationInvalid) as caught:
            made.fetch_person(population.people[0].number)
        made.close()
    assert caught.value.code == "ist_filter_ignored"


def test_a_refused_question_repeats_no_free_word_of_the_server(population: Population) -> None:
    with IstSimulator(population) as sim:
        told = {**sim.connection(), "attempts": 1, "delta": True}
        profile = {"array_style": "brackets"}
        made = IstSource(SourceContext(name="ist", municipality="2303", settings=told, profile=profile))
        _, proof = pull(made)
        error = fails(population, made, proof.cursor)
    assert error.code == "ist_question_refused"
    assert "(400)" in error.message
    assert "unknown_parameter" not in error.message


def test_a_forgotten_page_token_is_told_apart_from_a_wrong_question(population: Population) -> None:
    with IstSimulator(population, page_limit=5) as sim:
        made = source(sim)
        pages = made.pull(PullRequest(as_of=AS_OF))
        next(pages)
        sim.forget_pages()
        with pytest.raises(Unreachable) as caught:
            list(pages)
        made.close()
    assert caught.value.code == "ist_token_expired"


@pytest.mark.parametrize(
    "knob", [turn(Fault.LOGIN_PAGE), turn(forbidden=True), turn(not_ss12000=True), turn(Fault.DOWN)]
)
def test_check_fails_in_words(population: Population, knob: Knob) -> None:
    with IstSimulator(population) as sim:
        made = source(sim)
        knob(sim)
        result = made.check()
        made.close()
    assert not result.ok
    assert result.text
    assert result.remedy
