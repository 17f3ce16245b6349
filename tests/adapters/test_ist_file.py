"""A pupil register tells the same of each pupil as a file as it does over SS 12000, and as a workbook."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kaa_adapter_ist import IstSource
from kaa_bridge.contract import Page, PullRequest, Source, SourceContext
from kaa_bridge.domain.record import RecordFacts
from kaa_bridge.mapping import compile_mapping, load_mapping
from kaa_bridge.testing.population import Population, build
from kaa_bridge.testing.simulators.ist import IstSimulator
from kaa_bridge.testing.simulators.ist_file import write_pupils
from tests.adapters.test_files_conformance import files_source

AS_OF = date(2026, 3, 2)


@pytest.fixture(scope="module")
def population() -> Population:
    return build(3, as_of=AS_OF, size=120, poisoned=False)


def told(source: Source, mapping: str) -> dict[str, RecordFacts]:
    mapper = compile_mapping(load_mapping(mapping), as_of=AS_OF)
    pages = [item for item in source.pull(PullRequest(as_of=AS_OF)) if isinstance(item, Page)]
    found = [mapper.map(source.parse(record)).facts for page in pages for record in page.records]
    assert not mapper.unnamed()
    return {str(facts.number): facts for facts in found}


@pytest.mark.parametrize("workbook", [False, True])
def test_it_tells_what_ss_12000_tells(population: Population, tmp_path: Path, workbook: bool) -> None:
    path = write_pupils(population, tmp_path, workbook=workbook)
    from_file = told(files_source(tmp_path, "ist_file", f"elever_*{path.suffix}"), "ist_file")
    with IstSimulator(population) as sim:
        made = IstSource(SourceContext(name="ist", municipality="2303", settings=sim.connection()))
        over_rest = told(made, "ist_ss12000")
        made.close()
    assert len(over_rest) > 100
    assert over_rest.keys() <= from_file.keys(), "SS 12000 is asked for pupils with an enrolment only"
    for number, facts in over_rest.items():
        other = from_file[number]
        for name in ("birth_date", "protection", "life_status", "residence", "placements", "identity"):
            assert getattr(other, name) == getattr(facts, name), name
