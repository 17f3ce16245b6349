"""The tables of one municipality's state.

One store holds one municipality, so no table has a municipality column. Dates are ISO text (they compare as dates and
cost nothing to convert), times are UTC ISO text to the second. Keys are integers in arrival order; a person's number is
never a key: the pseudonym is a keyed hash of it, and the handle is what people and logs may see.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

IsoDate = String(10)
IsoTime = String(20)
Code = String(80)

meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    comment="What the store is: format, municipality, recovery epoch.",
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("local_date", IsoDate, nullable=False),
    Column("started_at", IsoTime, nullable=False),
    Column("ended_at", IsoTime),
    Column("exit_code", Integer),
    Column("summary", Text),
    comment="One row a run. The transaction of the plan commits it, the end of sending completes it.",
)

source = Table(
    "source",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False),
    Column("cursor", Text),
    Column("pulled_on", IsoDate),
    Column("proved_on", IsoDate),
    Column("proved_count", Integer),
    Column("reading", LargeBinary(16)),
    Column("error_code", Code),
    UniqueConstraint("name"),
    comment="A configured source: how far it was read, when it last proved a whole, fingerprint of how it is read.",
)

youth = Table(
    "youth",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pseudonym", LargeBinary(16), nullable=False),
    Column("handle", String(16), nullable=False),
    Column("number", String(12)),
    Column("birth_date", IsoDate),
    Column("protection", String(28)),
    Column("outcome", String(12)),
    Column("outcome_since", IsoDate),
    Column("criteria", String(7)),
    Column("covered_since", IsoDate),
    Column("next_review", IsoDate),
    Column("next_action", IsoDate),
    Column("registered_on", IsoDate),
    Column("decided_on", IsoDate),
    Column("conflicts", Integer, nullable=False, default=0),
    UniqueConstraint("pseudonym"),
    comment="A person as the sources know them, and the present decision; everything here can be computed again.",
)

alias = Table(
    "alias",
    metadata,
    Column("pseudonym", LargeBinary(16), primary_key=True),
    Column("youth_id", Integer, ForeignKey("youth.id"), nullable=False, index=True),
    Column("since", IsoDate, nullable=False),
    Column("presumed", Integer, nullable=False),
    comment="Earlier numbers of a person. ``presumed`` is 1 where nothing proves it: whoever comes with it has it.",
)

record = Table(
    "record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Integer, ForeignKey("source.id"), nullable=False),
    Column("key", LargeBinary(16), nullable=False),
    Column("youth_id", Integer, ForeignKey("youth.id"), nullable=False, index=True),
    Column("first_on", IsoDate, nullable=False),
    Column("changed_on", IsoDate, nullable=False),
    Column("gone_on", IsoDate),
    Column("facts", LargeBinary, nullable=False),
    UniqueConstraint("key"),
    comment="One source's word on one person: keyed hash of source and key, and the facts it gave.",
)

digests = Table(
    "digests",
    metadata,
    Column("source_id", Integer, ForeignKey("source.id"), primary_key=True),
    Column("block", Integer, primary_key=True),
    Column("digests", LargeBinary, nullable=False),
    comment="Digests of the raw bytes of a source's present records, 512 record ids a row. Read whole each night.",
)

decision = Table(
    "decision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("youth_id", Integer, ForeignKey("youth.id"), nullable=False, index=True),
    Column("run_id", Integer, ForeignKey("run.id"), nullable=False),
    Column("as_of", IsoDate, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("criteria", String(7), nullable=False),
    Column("covered_since", IsoDate),
    Column("remarks", Text, nullable=False, default=""),
    comment="Each change of decision, in order; the first one of a youth that was never covered is not kept.",
)

note = Table(
    "note",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", LargeBinary(16), nullable=False),
    Column("reference", String(32), nullable=False),
    Column("youth_id", Integer, ForeignKey("youth.id"), nullable=False, index=True),
    Column("journal", String(60), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("cause", String(120), nullable=False),
    Column("person_number", String(12), nullable=False),
    Column("heading", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("occurred_on", IsoDate, nullable=False),
    Column("state", String(12), nullable=False),
    Column("planned_run", Integer, ForeignKey("run.id"), nullable=False),
    Column("planned_at", IsoTime, nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("intent_at", IsoTime),
    Column("intent_clock", String(80)),
    Column("fence", Integer),
    Column("epoch", Integer, nullable=False, default=0),
    Column("journal_id", Text),
    Column("code", Code),
    Column("settled_at", IsoTime),
    Column("resolved_by", Text),
    UniqueConstraint("key"),
    UniqueConstraint("reference"),
    comment="The outbox. Target and text are frozen when planned; a change of state is guarded by the state before.",
)
Index("ix_note_state", note.c.state)

transition = Table(
    "transition",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("note_id", Integer, ForeignKey("note.id"), nullable=False, index=True),
    Column("at", IsoTime, nullable=False),
    Column("before", String(12)),
    Column("after", String(12), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("code", Code),
    Column("actor", Text),
    comment="Every change of state of every note, written with the change: the books that the outbox must agree with.",
)

listed_note = Table(
    "listed_note",
    metadata,
    Column("reference", String(32), primary_key=True),
    Column("journal", String(60), nullable=False),
    Column("journal_id", Text, nullable=False),
    Column("found_at", IsoTime, nullable=False),
    comment="References the journal holds and the outbox does not know: sent after the backup this state came from.",
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Integer, ForeignKey("source.id"), nullable=False),
    Column("key", LargeBinary(16), nullable=False),
    Column("digest", LargeBinary(16), nullable=False),
    Column("code", Code, nullable=False),
    Column("place", Text, nullable=False),
    Column("first_on", IsoDate, nullable=False),
    Column("last_on", IsoDate, nullable=False),
    Column("released_at", IsoTime),
    UniqueConstraint("source_id", "key"),
    comment="Records that could not be used: where and why, never what they said.",
)

unheard = Table(
    "unheard",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", Integer, ForeignKey("source.id"), nullable=False),
    Column("key", LargeBinary(16), nullable=False, index=True),
    Column("youth_id", Integer, ForeignKey("youth.id"), nullable=False, index=True),
    Column("since", IsoDate, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    comment="Whom a record that cannot be used is about; of what it said, number and a protection at most.",
)

hold = Table(
    "hold",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("subject", String(60), nullable=False),
    Column("observed", Integer, nullable=False),
    Column("allowed", Integer, nullable=False),
    Column("made_on", IsoDate, nullable=False),
    Column("made_at", IsoTime, nullable=False),
    Column("released_at", IsoTime),
    Column("released_by", Text),
    Column("reason", Text),
    Column("closed_at", IsoTime),
    comment="A guard's stop: what it saw and what it allows; released by a named person with a reason.",
)

finding = Table(
    "finding",
    metadata,
    Column("source_id", Integer, ForeignKey("source.id"), primary_key=True),
    Column("key", LargeBinary(16), primary_key=True),
    Column("code", Code, primary_key=True),
    Column("place", Text, primary_key=True),
    comment="Where a present record does not fit its mapping, until it is read anew: code and place, never a value.",
)

scb_file = Table(
    "scb_file",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("period", String(6), nullable=False),
    Column("as_of", IsoDate, nullable=False),
    Column("layout", String(16), nullable=False),
    Column("ready", Integer, nullable=False),
    comment="The last file to SCB of a half-year, and the last draft since: the day, and the layout's fingerprint.",
)

scb_row = Table(
    "scb_row",
    metadata,
    Column("file_id", Integer, ForeignKey("scb_file.id"), primary_key=True),
    Column("youth_id", Integer, ForeignKey("youth.id"), primary_key=True),
    Column("block", String(24), primary_key=True),
    Column("about", LargeBinary(16), primary_key=True),
    Column("digest", LargeBinary(16), nullable=False),
    comment="What such a file held: keyed digests of what each row was about and of its cells, never what they said.",
)
