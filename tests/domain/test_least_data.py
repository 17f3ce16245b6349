"""The model can hold what förordning (2006:39) 4 § lists, and what skollagen 29:9 needs to know; nothing else.

A new field has to be entered here, with the point of the paragraph that allows it: that is the moment to ask.
"""

from __future__ import annotations

from typing import get_args, get_type_hints

from kaa_bridge.domain import facts
from kaa_bridge.domain.fact import Fact
from kaa_bridge.domain.record import Identity, RecordFacts

NAME_AND_CONTACT = "4 § 1: name, personnummer or samordningsnummer, address, e-mail, telephone"
OCCUPATION = "4 § 2: earlier, present and future occupation"
MEASURES = "4 § 3: measures: content, begin, end, reason for ending"
COVERAGE = "29:9, 29:6 skollagen: needed to know whether the youth is covered, and how to handle the record"

ALLOWED = {
    "Identity": {
        "given_name": NAME_AND_CONTACT, "family_name": NAME_AND_CONTACT, "street": NAME_AND_CONTACT,
        "postal_code": NAME_AND_CONTACT, "locality": NAME_AND_CONTACT, "email": NAME_AND_CONTACT,
        "phone": NAME_AND_CONTACT,
    },
    "RecordFacts": {
        "number": NAME_AND_CONTACT, "replaces": NAME_AND_CONTACT, "identity": NAME_AND_CONTACT,
        "birth_date": COVERAGE, "protection": COVERAGE, "life_status": COVERAGE, "residence": COVERAGE,
        "first_registered": COVERAGE, "compulsory_schooling": COVERAGE, "placements": OCCUPATION,
        "qualifications": COVERAGE, "events": MEASURES, "handler": COVERAGE,
    },
}  # fmt: skip
NEVER = {"guardian", "parent", "sibling", "diagnosis", "health", "religion", "citizenship", "ethnic", "grade",
         "comment",
         "note", "text", "free_text", "income", "migration"}  # fmt: skip


def test_identity_and_record_hold_what_the_list_allows() -> None:
    for model in (Identity, RecordFacts):
        assert set(model.__struct_fields__) == set(ALLOWED[model.__name__])


def test_no_fact_has_a_field_for_what_may_not_be_kept() -> None:
    models = [value for value in vars(facts).values() if isinstance(value, type) and issubclass(value, Fact)]
    assert len(models) >= 7
    every: list[type[Fact]] = [*models, Identity, RecordFacts]
    for model in every:
        for name in model.__struct_fields__:
            assert not any(word in name for word in NEVER), f"{model} {name}"


def test_no_field_takes_just_anything() -> None:
    for model in (Identity, RecordFacts):
        for name, kind in get_type_hints(model).items():
            assert dict not in (kind, *get_args(kind)), f"{model.__name__}.{name} could hold anything"
