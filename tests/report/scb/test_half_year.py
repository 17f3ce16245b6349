"""The seeded half-year, reported exactly."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
from msgspec import structs

from kaa_bridge.config import load_settings
from kaa_bridge.domain.facts import Event
from kaa_bridge.domain.values import ContactChannel, ContactOutcome, EventKind, LifeStatus, Protection
from kaa_bridge.law import Outcome, judge
from kaa_bridge.store.engine import Store
from kaa_bridge.store.query import execute, rows
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.population import Person, build
from kaa_bridge.testing.population.ladder import contact
from kaa_bridge.testing.world import World
from tests.report.scb.half_year import SUMMER, WINTER, HalfYear
from tests.report.scb.people import official_text
from tests.system.conftest import Cli, Result

ASK = ("report", "scb", "--period", "2026H1", "--as-of", str(SUMMER))


DRAFT = "scb.UTKAST.csv"


def ask(july: World, cli: Cli, *more: str) -> Result:
    return cli(*ASK, "--layout", str(july.folder / "scb.toml"), *more)


def make(july: World, cli: Cli, *more: str) -> Result:
    return ask(july, cli, "--output", str(july.folder / "scb.csv"), *more)


def rows_of(july: World, name: str = DRAFT) -> list[list[str]]:
    with (july.folder / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream, delimiter=";"))


def configure(july: World, text: str) -> None:
    """Add a table of the municipality to the configuration."""
    path = july.configuration
    before, journal, after = path.read_text("utf-8").partition("[municipality.journal]\n")
    path.write_text(f"{before}{text}\n{journal}{after}", "utf-8")


def at_ease(july: World) -> None:
    """Let the layout only tell of what the simulated world leaves unknown on purpose."""
    path = july.folder / "scb.toml"
    text = path.read_text("utf-8").replace('check = "nobody_unsettled"', 'check = "nobody_unsettled"\nlevel = "remark"')
    loose = (
        'source = "registered_on"\nrequired = true',
        'source = "occupation_at_contact"\ncodes = "occupation"\nrequired = true',
    )
    for column in loose:
        assert column in text
        text = text.replace(column, column.replace("\nrequired = true", ""))
    path.write_text(text, "utf-8")


def final(half_year: HalfYear) -> Iterator[Person]:
    """Yield everybody as they are when the half-year is over."""
    changed = {one.person.ref: one.person for one in half_year.planted.values()}
    yield from (changed.get(person.ref, person) for person in half_year.winter)


def covered_some_day(person: Person) -> bool:
    """Tell what the law answers on each day; a death takes no earlier day away."""
    youth = structs.replace(person.youth(), life_status=LifeStatus.ALIVE)
    days = (date(2026, 1, 1) + timedelta(days=step) for step in range(181))
    return any(judge(youth, municipality="2303", as_of=day).outcome is Outcome.COVERED for day in days)


def test_every_planted_way_through_the_half_year_is_reported_as_it_was(
    july: World, cli: Cli, half_year: HalfYear
) -> None:
    make(july, cli)
    rows = rows_of(july)
    for name, one in half_year.planted.items():
        assert [row for row in rows if row[1] == one.person.number] == one.expected(), name


def test_everybody_whom_the_law_covers_on_some_day_stands_exactly_once_in_block_1(
    july: World, cli: Cli, half_year: HalfYear
) -> None:
    done = make(july, cli, "--json")
    numbers = [row[1] for row in rows_of(july) if row[0] == "1"]
    shown = [one for one in final(half_year) if one.protection is Protection.NONE]
    hidden = {half_year.planted[name].person.number for name in ("lost", "unmarked")}
    assert sorted(numbers) == sorted(one.number for one in shown if covered_some_day(one) and one.number not in hidden)
    assert done.data["people"] == done.data["rows"]["identity"] == len(numbers)


def test_who_is_protected_or_no_longer_known_is_counted_and_stands_in_the_file_only_where_the_municipality_says_so(
    july: World, cli: Cli, half_year: HalfYear
) -> None:
    hidden = [
        one for one in final(half_year) if one.protection.is_protected and one.protection is not Protection.UNKNOWN
    ]
    hidden += [half_year.planted[name].person for name in ("lost", "unmarked")]
    listed = july.folder / "restricted.json"
    done = make(july, cli, "--json", "--restricted", str(listed))
    assert done.data["protected"] == {"left_out": len(hidden), "in_file": 0}
    handles = json.loads(listed.read_text("utf-8"))["left_out"]
    assert len(handles) == len(hidden)
    assert listed.stat().st_mode & 0o777 == 0o600
    assert not [handle for handle in handles if handle in done.out + make(july, cli).out]
    assert not {one.number for one in hidden} & {row[1] for row in rows_of(july)}
    configure(july, '[municipality.scb]\nprotected = "in_file"')
    done = make(july, cli, "--json")
    assert done.data["protected"] == {"left_out": 0, "in_file": len(hidden)}
    assert not [handle for handle in handles if handle in done.out + make(july, cli).out]
    rows = {row[1]: row for row in rows_of(july) if row[0] == "1"}
    assert {one.number for one in hidden} <= set(rows)
    assert rows[half_year.planted["lost"].person.number][4] == str(WINTER), (
        "the night that put the youth on the register"
    )


def test_who_was_covered_for_days_and_on_no_register_is_left_out_where_the_municipality_says_so(
    july: World, cli: Cli, half_year: HalfYear
) -> None:
    one = half_year.planted["changes_school"].person.number
    handle = handle_of(july, cli, one)
    done = make(july, cli, "--json")
    assert ("required", handle) in {(fault["check"], fault["handle"]) for fault in done.data["findings"]}
    people = done.data["people"]
    configure(july, '[municipality.scb]\nnever_registered = "left_out"')
    done = make(july, cli, "--json")
    left = [fault for fault in done.data["findings"] if fault["check"] == "never_registered"]
    assert handle in {fault["handle"] for fault in left}
    assert done.data["people"] == people - len(left)
    assert one not in {row[1] for row in rows_of(july)}
    (told,) = [fault["problem"] for fault in left if fault["handle"] == handle]
    assert told.startswith("Ungdomen omfattades enligt lagen (antal dagar: 2) men fanns aldrig i registret.")


def test_a_ready_file_is_private_the_same_bytes_again_and_its_report_names_nobody(
    july: World, cli: Cli, half_year: HalfYear
) -> None:
    at_ease(july)
    done = make(july, cli)
    assert (done.code, done.err) == (0, "")
    made = (july.folder / "scb.csv").read_bytes()
    assert (july.folder / "scb.csv").stat().st_mode & 0o777 == 0o600
    assert not (july.folder / DRAFT).exists()
    again = make(july, cli, "--json")
    assert (july.folder / "scb.csv").read_bytes() == made
    assert again.data["ready"] is True
    told = done.out + again.out + ask(july, cli, "--preview").out
    assert not [canary for canary in half_year.winter.canaries() if canary in told]
    for known in (
        "Gäller per: 2026-09-02",
        "Qore: hämtad 2026-09-02",
        "lydelse i kraft 2023-07-02",
        "ragunda 1",
        "testet",
    ):
        assert known in done.out
    assert "scb.csv är klar att lämna till SCB. Lämna hela filen: den ersätter den förra." in done.out


def test_a_draft_replaces_no_ready_file_and_says_so_in_its_name(july: World, cli: Cli) -> None:
    at_ease(july)
    make(july, cli)
    ready = (july.folder / "scb.csv").read_bytes()
    (july.folder / "scb.toml").write_text(official_text("2026H1"), "utf-8")
    done = make(july, cli)
    assert done.code == 6
    assert "scb_checks_failed" in done.err
    assert (july.folder / "scb.csv").read_bytes() == ready
    assert (july.folder / DRAFT).exists()
    assert "Ändrat sedan filen som gällde per 2026-09-02" in make(july, cli).out, "a draft is no file to compare with"


def test_without_official_lists_nothing_is_ready_whatever_the_data(july: World, cli: Cli) -> None:
    done = cli(*ASK, "--output", str(july.folder / "scb.csv"), "--json")
    assert done.code == 3
    assert (done.data["ready"], done.data["file"]) == (False, DRAFT)
    assert done.data["layout"]["status"] == "unofficial_placeholder"
    assert "scb_lists_unofficial" in done.err
    assert "kaa-bridge report layout show" in done.err
    assert all(cell.startswith("kaa_") for cell in rows_of(july)[0])
    at_ease(july)
    path = july.folder / "scb.toml"
    official = path.read_text("utf-8")
    start, end = official.index("\n[official]\n"), official.index("\n[file]\n")
    placeholder = (official[:start] + official[end:]).replace(
        'status = "official"', 'status = "unofficial_placeholder"'
    )
    path.write_text(placeholder, "utf-8")
    done = make(july, cli, "--json")
    assert (done.code, done.data["ready"], done.data["file"]) == (3, False, DRAFT)
    assert "stop" not in {level for counts in done.data["checks"].values() for level in counts}
    assert "Besides" not in done.err


def test_a_fault_names_the_row_of_the_file_and_what_to_do(july: World, cli: Cli) -> None:
    done = make(july, cli, "--json")
    rows = rows_of(july)
    faults = [one for one in done.data["findings"] if one["check"] == "required"]
    assert faults
    for one in faults:
        row = rows[int(one["where"].removeprefix("rad ")) - 1]
        assert "" in row, one
        assert one["remedy"] == "Skriv in det i registret eller journalen; det läses nästa natt."


def test_what_changed_since_the_last_file_is_told_before_a_new_one_is_made(
    july: World, night: Cli, cli: Cli, half_year: HalfYear
) -> None:
    at_ease(july)
    assert "ingen tidigare fil" in ask(july, cli, "--preview").out
    make(july, cli)
    changes = ask(july, cli, "--preview", "--json").data["changes"]
    assert changes["was_ready"] is True
    assert not [rows for block in changes["blocks"].values() for rows in block.values() if rows["rows"]]
    busy, mover = half_year.planted["busy"].person, half_year.planted["moves"].person
    met = contact(date(2026, 6, 9), ContactChannel.PHONE, ContactOutcome.REACHED)
    stayed = replace(mover, residence=(structs.replace(mover.residence[0], end=None),))
    later = {busy.ref: replace(busy, events=(*busy.events, met)), mover.ref: stayed}
    day = SUMMER + timedelta(days=1)
    people = tuple(later.get(person.ref, person) for person in half_year.summer)
    july.become(replace(half_year.summer, people=people, as_of=day))
    night(day)
    asked = ("report", "scb", "--period", "2026H1", "--as-of", str(day), "--layout", str(july.folder / "scb.toml"))
    told = cli(*asked, "--preview", "--json").data["changes"]
    found = {
        (block, what): rows["rows"]
        for block, kinds in told["blocks"].items()
        for what, rows in kinds.items()
        if rows["rows"]
    }
    assert found == {("contacts", "new"): 1, ("responsibility_ended", "removed"): 1}
    assert told["blocks"]["contacts"]["new"]["handles"] != told["blocks"]["responsibility_ended"]["removed"]["handles"]
    text = cli(*asked, "--preview").out
    assert "Kontakter: 1 nya, 0 ändrade, 0 borttagna" in text
    assert cli(*asked, "--preview", "--json").data["changes"] == told, "a preview replaces nothing"
    assert cli(*asked, "--output", str(july.folder / "scb.csv")).code == 0
    assert "Ingenting." in cli(*asked, "--preview").out


def test_the_checks_of_the_whole_file_have_a_failing_case(july: World, cli: Cli) -> None:
    assert {"nobody_unsettled", "nobody_corrected"} <= set(make(july, cli, "--json").data["checks"])
    early = cli("report", "scb", "--period", "2026H2", "--as-of", str(SUMMER), "--preview", "--json").data["checks"]
    assert {"period_over", "sources_read_to_the_end"} <= set(early)


def test_a_draft_before_the_end_tells_nothing_of_later_days(july: World, cli: Cli) -> None:
    day = "2026-03-09"
    asked = ("report", "scb", "--period", "2026H1", "--layout", str(july.folder / "scb.toml"), "--json")
    done = cli(*asked, "--as-of", day, "--output", str(july.folder / "scb.csv"))
    assert done.data["checks"]["period_over"] == {"stop": 1}
    dated = [cell for row in rows_of(july)[5:] for cell in row if cell.startswith("2026-")]
    assert max(dated) == day, "the measure that began on the day itself is the last thing told"
    assert "period_over" in cli(*asked, "--as-of", "2026-06-30", "--preview").data["checks"], "its last day goes on"
    assert "period_over" not in cli(*asked, "--as-of", "2026-07-01", "--preview").data["checks"]


def test_records_that_could_not_be_read_stop_the_file(world: World, night: Cli, cli: Cli) -> None:
    world.become(build(1, as_of=WINTER))
    night(WINTER)
    done = cli(*ASK, "--preview")
    assert "Antal poster från Qore som inte kunde läsas: 1." in done.out
    assert "kaa-bridge quarantine list --municipality 2303" in done.out


def test_a_source_that_was_not_updated_when_the_half_year_ended_stops_the_file(
    world: World, night: Cli, cli: Cli
) -> None:
    night(date(2026, 7, 3))
    done = cli(*ASK, "--preview", "--json")
    late = [one["problem"] for one in done.data["findings"] if one["check"] == "sources_read_to_the_end"]
    assert late == [
        "OEDB är inte läst sedan halvåret slutade, eller uppdaterades inte då: det den säger är från 2026-05-31."
    ]


def test_a_source_that_was_read_on_the_last_day_has_not_told_of_it(world: World, night: Cli, cli: Cli) -> None:
    night(date(2026, 6, 30))
    late = [one["problem"] for one in cli(*ASK, "--preview", "--json").data["findings"]]
    assert any(text.startswith("Qore är inte läst sedan halvåret slutade") for text in late)


def test_a_number_on_two_youths_is_told(july: World, cli: Cli, half_year: HalfYear) -> None:
    at_ease(july)
    assert "no_double_registration" not in make(july, cli, "--json").data["checks"]
    one, other = (handle_of(july, cli, half_year.planted[name].person.number) for name in ("busy", "moves"))
    with Store.open(store_settings(load_settings(july.configuration), "2303")) as store, store.write() as connection:
        statement = "UPDATE youth SET number = (SELECT o.number FROM youth o WHERE o.handle = ?) WHERE handle = ?"
        assert execute(connection, statement, (one, other)) == 1
    done = make(july, cli, "--json")
    (double,) = [finding for finding in done.data["findings"] if finding["check"] == "no_double_registration"]
    assert done.code == 6
    assert {double["handle"]} <= {one, other}
    row = rows_of(july)[int(double["where"].removeprefix("rad ")) - 1]
    assert (row[0], row[1]) == ("1", half_year.planted["busy"].person.number)


def test_a_word_that_a_source_wrote_is_shown_on_the_restricted_list_alone(
    july: World, night: Cli, cli: Cli, half_year: HalfYear
) -> None:
    day, busy = SUMMER + timedelta(days=1), half_year.planted["busy"].person
    told = Event(kind=EventKind.MEASURE_STARTED, on=date(2026, 6, 2), measure="samtal med Mormor")
    people = tuple(replace(one, events=(*one.events, told)) if one.ref == busy.ref else one for one in half_year.summer)
    july.become(replace(half_year.summer, people=people, as_of=day))
    night(day)
    listed = july.folder / "restricted.json"
    done = make(july, cli, "--json", "--restricted", str(listed))
    (fault,) = [one for one in done.data["findings"] if one["check"] == "code_known"]
    assert "Mormor" not in done.out + done.err
    assert "[codes.measure]" in fault["remedy"]
    assert json.loads(listed.read_text("utf-8"))["words"] == ["samtal med Mormor"]


def test_a_spreadsheet_holds_the_same(july: World, cli: Cli, half_year: HalfYear) -> None:
    make(july, cli)
    numbers = [row[1] for row in rows_of(july) if row[0] == "1"]
    path = july.folder / "scb.toml"
    path.write_text(path.read_text("utf-8").replace('kind = "csv"', 'kind = "xlsx"'), "utf-8")
    done = make(july, cli)
    assert (done.code, "scb_output_ending" in done.err) == (2, True)
    ask(july, cli, "--output", str(july.folder / "scb.xlsx"))
    sheet = openpyxl.load_workbook(july.folder / "scb.UTKAST.xlsx")["1 Identitet"]
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == numbers
    again = (july.folder / "scb.UTKAST.xlsx").read_bytes()
    ask(july, cli, "--output", str(july.folder / "scb.xlsx"))
    assert (july.folder / "scb.UTKAST.xlsx").read_bytes() == again


def handle_of(july: World, cli: Cli, number: str) -> str:
    path = july.folder / "person.txt"
    path.write_text(number, encoding="ascii")
    return str(cli("explain", "--person-file", str(path), "--as-of", str(SUMMER), "--json").data["ref"])


def test_only_the_last_file_is_remembered_and_by_digests_alone(july: World, cli: Cli, half_year: HalfYear) -> None:
    at_ease(july)
    for _ in range(3):
        make(july, cli)
    with Store.open(store_settings(load_settings(july.configuration), "2303")) as store, store.read() as connection:
        assert [row[1:] for row in rows(connection, "SELECT id, period, ready FROM scb_file")] == [("2026H1", 1)]
        kept = rows(connection, "SELECT block, about, digest FROM scb_row")
    assert len(kept) == len(rows_of(july, "scb.csv")) - 5
    assert all(len(about) == len(digest) == 16 for _, about, digest in kept)
