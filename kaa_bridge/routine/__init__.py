"""What is due: a municipality's routine as data, and the due actions of a youth. Pure."""

from kaa_bridge.contract.predicates import Predicate, Situation
from kaa_bridge.routine.actions import ClockStart, DueAction, due_order
from kaa_bridge.routine.calendar import CalendarTask
from kaa_bridge.routine.change import next_change
from kaa_bridge.routine.clock_texts import COUNTED_FROM
from kaa_bridge.routine.compiled import Routine, calendar_tasks
from kaa_bridge.routine.due import due_actions
from kaa_bridge.routine.load import bundled_routines, bundled_text, load_routine, parse_routine
from kaa_bridge.routine.model import routine_schema
from kaa_bridge.routine.predicates import BUILT_IN

__all__ = [
    "BUILT_IN",
    "COUNTED_FROM",
    "CalendarTask",
    "ClockStart",
    "DueAction",
    "Predicate",
    "Routine",
    "Situation",
    "bundled_routines",
    "bundled_text",
    "calendar_tasks",
    "due_actions",
    "due_order",
    "load_routine",
    "next_change",
    "parse_routine",
    "routine_schema",
]
