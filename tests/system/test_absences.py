"""A nightly list of absences: a departure comes in, and of a pupil who only risks leaving nothing is kept anywhere."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from kaa_bridge.config import load_settings
from kaa_bridge.store.engine import Store
from kaa_bridge.store.query import rows
from kaa_bridge.sync.bridge import store_settings
from kaa_bridge.testing.simulators.base import Answer, SeenRequest, SourceSimulator
from kaa_bridge.testing.simulators.credentials import USER
from kaa_bridge.testing.world import AS_OF, World
from tests.system.conftest import Cli, Result
from tests.system.test_trouble import source

FEED = """
[[municipality.source]]
name = "absences"
adapter = "files"
mapping = "{mapping}"
label = "frånvarolistan"
tells = []
[municipality.source.connection]
folder = "absences"
pattern = "*.csv"
"""
COLUMNS = "Personnummer;FranvarandeFran;FranvarandeTill;Orsak;SenastISkolan;ForstaTerminensStart;RektorUndantag"
LEFT = date(2026, 2, 8)
"""The first day on which an absence from 7 January has lasted more than a month."""


@pytest.fixture
def pupil(world: World) -> str:
    """Somebody who attends a national programme in every source."""
    with world.configuration.open("a", encoding="utf-8") as stream:
        stream.write(FEED.format(mapping="absences_file"))
    return world.population.by_story("national_attending").number


def deliver(world: World, *absences: str) -> None:
    """Write the list as the school's system would: every absence that goes on, counted in the last row."""
    folder = world.folder / "absences"
    folder.mkdir(exist_ok=True)
    lines = [COLUMNS, *absences, f"ANTAL;{len(absences)}"]
    (folder / "franvaro.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def stored(world: World) -> tuple[int, int, list[bytes]]:
    """Return how many records of the list the state has, how many youths, and what they tell."""
    settings = load_settings(world.configuration)
    with Store.open(store_settings(settings, world.population.municipality)) as store, store.read() as connection:
        source_id = rows(connection, "SELECT id FROM source WHERE name = 'absences'")[0][0]
        told = rows(
            connection, "SELECT facts FROM record WHERE source_id = ?",
            (source_id,),
        )  # fmt: skip
        youths = rows(connection, "SELECT count(*) FROM youth")[0][0]
        return len(told), youths, [bytes(facts) for (facts,) in told]


def explained(world: World, cli: Cli, number: str, day: date) -> dict[str, object]:
    path = world.folder / "person.txt"
    path.write_text(number, encoding="ascii")
    told: dict[str, object] = cli("explain", "--person-file", str(path), "--as-of", str(day), "--json").data
    return told


def test_of_a_pupil_at_risk_nothing_is_kept(world: World, pupil: str, night: Cli, cli: Cli) -> None:
    stranger = "20090101TF01"
    deliver(world)
    night()
    _, youths, _ = stored(world)
    deliver(
        world,
        f"{pupil};2026-01-07;;OGILTIG;2025-12-19;;",
        f"{world.population.by_story('im_attending').number};2025-09-01;;SJUK;2025-08-29;;",
        f"{stranger};2026-01-07;;OGILTIG;;;",
    )
    for day in (AS_OF + timedelta(days=1), LEFT - timedelta(days=1)):
        read = source(night(day), "absences")
        assert (read["read"], read["new"], read["quarantined"]) == (3, 0, 0)
        assert read["findings"] == [["absence_forgotten", "absences", 3]]
        assert stored(world) == (0, youths, []), "no row, no youth"
        assert explained(world, cli, pupil, day)["outcome"] == "not_covered"


def test_a_departure_comes_in_the_night_the_month_has_passed(world: World, pupil: str, night: Cli, cli: Cli) -> None:
    deliver(world, f"{pupil};2026-01-07;;OGILTIG;2025-12-19;;NEJ")
    night(LEFT - timedelta(days=1))
    assert source(night(LEFT), "absences")["new"] == 1
    told = explained(world, cli, pupil, LEFT)
    assert told["outcome"] == "investigate", "the school has not ended the placement: a person asks"
    cited = "gymnasieförordningen 12:4 a, senast i skolan 2025-12-19"
    assert told["departures"] == [f"Räknas som att ha slutat {LEFT} ({cited})."]
    count, _, (facts,) = stored(world)
    assert count == 1
    assert b"2026-02-08" in facts
    assert "gymnasieförordningen 12:4 a, senast i skolan 2025-12-19".encode() in facts
    assert b"2026-01-07" not in facts, "the absence itself is not kept"


@pytest.mark.parametrize("corrected", ["SJUK;2025-12-19;;", "OGILTIG;2025-12-19;;JA"])
def test_a_correction_takes_the_departure_back(world: World, pupil: str, night: Cli, cli: Cli, corrected: str) -> None:
    deliver(world, f"{pupil};2026-01-07;;OGILTIG;2025-12-19;;")
    night(LEFT)
    deliver(world, f"{pupil};2026-01-07;;{corrected}")
    after = LEFT + timedelta(days=1)
    assert source(night(after), "absences")["gone"] == 1
    assert explained(world, cli, pupil, after)["outcome"] == "not_covered"
    _, _, (facts,) = stored(world)
    assert b"considered_left" not in facts


def test_who_never_came_in_the_first_term_has_left_after_three_days(
    world: World, pupil: str, night: Cli, cli: Cli
) -> None:
    deliver(world, f"{pupil};2026-01-30;;OGILTIG;;2026-01-30;")
    night(AS_OF)
    assert stored(world)[0] == 0
    night(AS_OF + timedelta(days=1))
    _, _, (facts,) = stored(world)
    assert "gymnasieförordningen 12:3".encode() in facts
    assert b"2026-02-03" in facts


def test_an_unreadable_row_is_set_aside_and_the_others_are_read(world: World, pupil: str, night: Cli) -> None:
    deliver(world, f"{pupil};i vintras;;OGILTIG;;;", f"{pupil};2026-01-01;;OGILTIG;;;")
    read = source(night(LEFT), "absences")
    assert (read["new"], read["quarantined"]) == (1, 1)


def test_a_list_of_news_only_is_refused(world: World, pupil: str, night: Cli) -> None:
    own = world.folder / "absences_in_part.toml"
    bundled = Path("mappings/kaa_mappings/sources/absences_file.toml").read_text(encoding="utf-8")
    text = bundled.replace('name = "absences_file"', 'name = "absences_in_part"')
    own.write_text(text.replace("[profile]", "[profile]\npartial = true"), encoding="utf-8")
    configured = world.configuration.read_text(encoding="utf-8")
    world.configuration.write_text(configured.replace('"absences_file"', '"absences_in_part.toml"'), encoding="utf-8")
    deliver(world, f"{pupil};2026-01-07;;OGILTIG;;;")
    ran: Result = night(LEFT)
    refused = source(ran, "absences")
    assert (ran.code, refused["state"], refused["how"]) == (3, "failed", "absences_in_part")


REST_MAPPING = """
[mapping]
name = "absences_rest"
version = "1"
status = "profile"
format = "json"

[profile.search]
path = "franvaro"
query = { sida = "{page}", antal = "{size}" }
records = "elever"
[profile.search.paging]
style = "page"
size = 50
total = "totalt"

[record]
key = "nr"

[facts]
number = { path = "nr", required = true }

[[facts.absences]]
each = "perioder"
start = "fran"
end = "till"
reason = { path = "orsak", codes = { O = "invalid", S = "sickness" } }
"""
REST_FEED = """
[[municipality.source]]
name = "absences"
adapter = "oedb"
mapping = "absences_rest.toml"
tells = []
[municipality.source.connection]
url = "{url}"
username = "{user}"
password = {{ file = "password" }}
"""


class Attendance(SourceSimulator):
    """A school's attendance system: one page of pupils with their periods of absence."""

    def __init__(self, pupils: list[dict[str, object]]) -> None:
        """Hold the pupils."""
        super().__init__()
        self.pupils = pupils

    def answer(self, request: SeenRequest) -> Answer:
        """Answer every request with everybody."""
        page = {"totalt": len(self.pupils), "elever": self.pupils}
        return Answer(200, json.dumps(page).encode(), "application/json")


def test_a_rest_interface_is_read_by_a_mapping_of_its_own(world: World, night: Cli, cli: Cli) -> None:
    number, other = (world.population.by_story(name).number for name in ("national_attending", "im_attending"))
    sick = {"fran": "2025-10-01", "till": "2025-12-01", "orsak": "S"}
    gone = {"fran": "2026-01-07", "till": None, "orsak": "O"}
    (world.folder / "absences_rest.toml").write_text(REST_MAPPING, encoding="utf-8")
    with Attendance([{"nr": number, "perioder": [sick, gone]}, {"nr": other, "perioder": [sick]}]) as system:
        with world.configuration.open("a", encoding="utf-8") as stream:
            stream.write(REST_FEED.format(url=f"{system.url}/api", user=USER))
        read = source(night(LEFT), "absences")
        assert (read["state"], read["read"], read["new"]) == ("ok", 2, 1)
        assert explained(world, cli, number, LEFT)["outcome"] == "investigate"
        assert stored(world)[0] == 1, "of who was only ill nothing is kept"
        assert {request.path for request in system.requests} == {"/api/franvaro"}
