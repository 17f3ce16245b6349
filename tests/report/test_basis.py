"""The head that every report carries: the day, the sources with their age, the law and the routine."""

from __future__ import annotations

from datetime import date

from kaa_bridge.report.basis import Basis, SourceState, basis_lines

BASIS = Basis(
    municipality="2303",
    name="Ragunda",
    as_of=date(2026, 7, 9),
    sources=(
        SourceState("qore", "Qore", "2026-07-09", "2026-07-09"),
        SourceState("oedb", "OEDB", "2026-07-08", None, 2),
        SourceState("ist", "IST", None, None),
    ),
    law="2023-07-02",
    routine="ragunda 1",
    fingerprint="cd28f076b4e4a414",
)


def test_says_how_old_each_word_is_and_what_is_left_out() -> None:
    assert basis_lines(BASIS) == [
        ("Kommun", "Ragunda (2303)"),
        ("Gäller per", "2026-07-09"),
        ("Källa: Qore", "hämtad 2026-07-09; senast bevisat hel 2026-07-09"),
        (
            "Källa: OEDB",
            "hämtad 2026-07-08, 1 dag före rapportens dag; aldrig bevisat hel; 2 poster i karantän ingår inte",
        ),
        ("Källa: IST", "aldrig hämtad; aldrig bevisat hel"),
        ("Lag", "skollagen 29 kap. 9 §, lydelse i kraft 2023-07-02"),
        ("Rutin", "ragunda 1 (cd28f076b4e4a414)"),
    ]


def test_machines_read_the_same() -> None:
    told = BASIS.to_json()
    assert told["as_of"] == "2026-07-09"
    assert told["sources"][1] == {
        "name": "oedb", "label": "OEDB", "pulled_on": "2026-07-08", "proved_on": None, "quarantined": 2,
    }  # fmt: skip
