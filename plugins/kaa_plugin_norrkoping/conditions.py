"""The condition for a missing avbrottsblankett, read more narrowly than the common one.

Bilaga 1: "Ett studieavbrott eller ett skolbyte ska föranledas av en inkommen avbrottsblankett." A placement that was
completed is neither, so the school need not be asked about it.
"""

from __future__ import annotations

from kaa_bridge.contract import Predicate
from kaa_bridge.domain.values import PlacementEnd
from kaa_bridge.routine.predicates import form_missing, placement_ends

_COMPLETED = frozenset({PlacementEnd.COMPLETED})
BREAK_WITHOUT_FORM = Predicate(
    "norrkoping_break_without_form",
    "A gymnasial placement has ended otherwise than completed, with no `withdrawal_form` on or after its end.",
    lambda situation: form_missing(situation, leave_out=_COMPLETED),
    changes=placement_ends,
)
"""For a routine that shall not ask about completed placements: use it in place of ``withdrawal_form_missing``."""
