"""What the references of an enrolment add to it, and what is no reference."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from kaa_adapter_ist import IstSource
from kaa_bridge.contract import Page, PullRequest, SourceContext
from kaa_bridge.testing.population import Population, build
from kaa_bridge.testing.simulators.ist import IstSimulator

AS_OF = date(2026, 3, 2)


@pytest.fixture(scope="module")
def population() -> Population:
    return build(7, as_of=AS_OF, size=60)


def pulled(sim: IstSimulator) -> tuple[IstSource, list[bytes]]:
    made = IstSource(SourceContext(name="ist", municipality="2303", settings=sim.connection()))
    items = list(made.pull(PullRequest(as_of=AS_OF)))
    return made, [record for page in items if isinstance(page, Page) for record in page.records]


def test_a_programme_means_what_the_latest_reading_of_the_list_told(population: Population) -> None:
    with IstSimulator(population) as sim:
        made, records = pulled(sim)
        record = next(one for one in records if "_programmeCode" in made.parse(one)["enrolments"][0])
        before = made.parse(record)["enrolments"][0]["_programmeCode"]
        for programme in sim.register.collections["programmes"]:
            programme["code"] += "X"
        made.context()
        after = made.parse(record)["enrolments"][0]["_programmeCode"]
        made.close()
    assert after == before + "X"


@pytest.mark.parametrize("reference", [None, "text", [], {}, {"id": None}, {"id": 7}, {"id": ["a"]}, {"id": "nobody"}])
def test_what_is_no_reference_adds_nothing(population: Population, reference: object) -> None:
    with IstSimulator(population) as sim:
        made, _ = pulled(sim)
        enrolment = {"enroledAt": reference, "programme": reference}
        read = made.parse(msgspec.json.encode({"enrolments": [enrolment, "text"]}))
        made.close()
    assert read == {"enrolments": [enrolment, "text"]}
