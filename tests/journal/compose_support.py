"""A youth who has left school, as facts, and the decision about them on one day."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from kaa_bridge.domain.facts_file import read_facts
from kaa_bridge.law import Decision, decide

AS_OF = date(2026, 2, 1)
REFERENCE = "KAA-MFRGGZDFMZTWQ2LKNNWG23TPOB"
_LEFT_SCHOOL: dict[str, Any] = {
    "ref": "a-1",
    "birth_date": "2008-01-01",
    "protection": "none",
    "life_status": "alive",
    "residence": [{"municipality": "2303", "from": "2008-01-01"}],
    "first_registered": "2008-01-01",
    "compulsory_schooling": {"status": "ended", "on": "2024-06-12"},
    "placements": [{"school_form": "GY", "study_path": "NA", "from": "2024-08-19", "to": "2026-01-15"}],
    "placements_complete": True,
    "qualifications": [],
    "qualifications_complete": True,
}


def decided(**changes: object) -> Decision:
    """Decide about the youth in Ragunda on ``AS_OF`` with some facts changed."""
    facts = {"format": "kaa-facts/1", "youths": [{**_LEFT_SCHOOL, **changes}]}
    (youth,) = read_facts(json.dumps(facts))
    return decide(youth, municipality="2303", as_of=AS_OF)
