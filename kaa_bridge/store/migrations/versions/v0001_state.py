# ruff: noqa: E501
"""The first tables of a municipality's state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    for make in (
        _make_hold,
        _make_listed_note,
        _make_meta,
        _make_run,
        _make_scb_file,
        _make_source,
        _make_youth,
        _make_alias,
        _make_decision,
        _make_digests,
        _make_finding,
        _make_note,
        _make_quarantine,
        _make_record,
        _make_scb_row,
        _make_unheard,
        _make_transition,
    ):
        make()


def downgrade() -> None:
    """Refuse: a state never goes back."""
    raise NotImplementedError("a state never goes back to an earlier table version")


def _make_hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("observed", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.String(length=20), nullable=False),
        sa.Column("released_at", sa.String(length=20), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        comment="A guard's stop: what it saw and what it allows; released by a named person with a reason.",
    )


def _make_listed_note() -> None:
    op.create_table(
        "listed_note",
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("journal", sa.String(length=60), nullable=False),
        sa.Column("journal_id", sa.Text(), nullable=False),
        sa.Column("found_at", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_listed_note")),
        comment="References the journal holds and the outbox does not know: sent after the backup this state came from.",
    )


def _make_meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
        comment="What the store is: format, municipality, recovery epoch.",
    )


def _make_run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("local_date", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.String(length=20), nullable=False),
        sa.Column("ended_at", sa.String(length=20), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        comment="One row a run. The transaction of the plan commits it, the end of sending completes it.",
    )


def _make_scb_file() -> None:
    op.create_table(
        "scb_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("layout", sa.String(length=16), nullable=False),
        sa.Column("ready", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scb_file")),
        comment="The last file to SCB of a half-year, and the last draft since: the day, and the layout's fingerprint.",
    )


def _make_source() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("pulled_on", sa.String(length=10), nullable=True),
        sa.Column("proved_on", sa.String(length=10), nullable=True),
        sa.Column("proved_count", sa.Integer(), nullable=True),
        sa.Column("reading", sa.LargeBinary(length=16), nullable=True),
        sa.Column("error_code", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("name", name=op.f("uq_source_name")),
        comment="A configured source: how far it was read, when it last proved a whole, fingerprint of how it is read.",
    )


def _make_youth() -> None:
    op.create_table(
        "youth",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.LargeBinary(length=16), nullable=False),
        sa.Column("handle", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=True),
        sa.Column("birth_date", sa.String(length=10), nullable=True),
        sa.Column("protection", sa.String(length=28), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("outcome_since", sa.String(length=10), nullable=True),
        sa.Column("criteria", sa.String(length=7), nullable=True),
        sa.Column("covered_since", sa.String(length=10), nullable=True),
        sa.Column("next_review", sa.String(length=10), nullable=True),
        sa.Column("next_action", sa.String(length=10), nullable=True),
        sa.Column("registered_on", sa.String(length=10), nullable=True),
        sa.Column("decided_on", sa.String(length=10), nullable=True),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_youth")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_youth_pseudonym")),
        comment="A person as the sources know them, and the present decision; everything here can be computed again.",
    )


def _make_alias() -> None:
    op.create_table(
        "alias",
        sa.Column("pseudonym", sa.LargeBinary(length=16), nullable=False),
        sa.Column("youth_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("presumed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["youth_id"], ["youth.id"], name=op.f("fk_alias_youth_id")),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_alias")),
        comment="Earlier numbers of a person. ``presumed`` is 1 where nothing proves it: whoever comes with it has it.",
    )
    op.create_index(op.f("ix_alias_youth_id"), "alias", ["youth_id"], unique=False)


def _make_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("youth_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("criteria", sa.String(length=7), nullable=False),
        sa.Column("covered_since", sa.String(length=10), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_decision_run_id")),
        sa.ForeignKeyConstraint(["youth_id"], ["youth.id"], name=op.f("fk_decision_youth_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        comment="Each change of decision, in order; the first one of a youth that was never covered is not kept.",
    )
    op.create_index(op.f("ix_decision_youth_id"), "decision", ["youth_id"], unique=False)


def _make_digests() -> None:
    op.create_table(
        "digests",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_digests_source_id")),
        sa.PrimaryKeyConstraint("source_id", "block", name=op.f("pk_digests")),
        comment="Digests of the raw bytes of a source's present records, 512 record ids a row. Read whole each night.",
    )


def _make_finding() -> None:
    op.create_table(
        "finding",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_finding_source_id")),
        sa.PrimaryKeyConstraint("source_id", "key", "code", "place", name=op.f("pk_finding")),
        comment="Where a present record does not fit its mapping, until it is read anew: code and place, never a value.",
    )


def _make_note() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("youth_id", sa.Integer(), nullable=False),
        sa.Column("journal", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=False),
        sa.Column("person_number", sa.String(length=12), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("planned_run", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("intent_at", sa.String(length=20), nullable=True),
        sa.Column("intent_clock", sa.String(length=80), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("journal_id", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=80), nullable=True),
        sa.Column("settled_at", sa.String(length=20), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["planned_run"], ["run.id"], name=op.f("fk_note_planned_run")),
        sa.ForeignKeyConstraint(["youth_id"], ["youth.id"], name=op.f("fk_note_youth_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("key", name=op.f("uq_note_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_note_reference")),
        comment="The outbox. Target and text are frozen when planned; a change of state is guarded by the state before.",
    )
    op.create_index("ix_note_state", "note", ["state"], unique=False)
    op.create_index(op.f("ix_note_youth_id"), "note", ["youth_id"], unique=False)


def _make_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("first_on", sa.String(length=10), nullable=False),
        sa.Column("last_on", sa.String(length=10), nullable=False),
        sa.Column("released_at", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_quarantine_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_quarantine_source_id")),
        comment="Records that could not be used: where and why, never what they said.",
    )


def _make_record() -> None:
    op.create_table(
        "record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("youth_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.String(length=10), nullable=False),
        sa.Column("changed_on", sa.String(length=10), nullable=False),
        sa.Column("gone_on", sa.String(length=10), nullable=True),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_record_source_id")),
        sa.ForeignKeyConstraint(["youth_id"], ["youth.id"], name=op.f("fk_record_youth_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("key", name=op.f("uq_record_key")),
        comment="One source's word on one person: keyed hash of source and key, and the facts it gave.",
    )
    op.create_index(op.f("ix_record_youth_id"), "record", ["youth_id"], unique=False)


def _make_scb_row() -> None:
    op.create_table(
        "scb_row",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("youth_id", sa.Integer(), nullable=False),
        sa.Column("block", sa.String(length=24), nullable=False),
        sa.Column("about", sa.LargeBinary(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["scb_file.id"], name=op.f("fk_scb_row_file_id")),
        sa.ForeignKeyConstraint(["youth_id"], ["youth.id"], name=op.f("fk_scb_row_youth_id")),
        sa.PrimaryKeyConstraint("file_id", "youth_id", "block", "about", name=op.f("pk_scb_row")),
        comment="What such a file held: keyed digests of what each row was about and of its cells, never what they said.",
    )


def _make_unheard() -> None:
    op.create_table(
        "unheard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("youth_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_unheard_source_id")),
        sa.ForeignKeyConstraint(["youth_id"], ["youth.id"], name=op.f("fk_unheard_youth_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unheard")),
        comment="Whom a record that cannot be used is about; of what it said, number and a protection at most.",
    )
    op.create_index(op.f("ix_unheard_key"), "unheard", ["key"], unique=False)
    op.create_index(op.f("ix_unheard_youth_id"), "unheard", ["youth_id"], unique=False)


def _make_transition() -> None:
    op.create_table(
        "transition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=20), nullable=False),
        sa.Column("before", sa.String(length=12), nullable=True),
        sa.Column("after", sa.String(length=12), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_transition_note_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition")),
        comment="Every change of state of every note, written with the change: the books that the outbox must agree with.",
    )
    op.create_index(op.f("ix_transition_note_id"), "transition", ["note_id"], unique=False)
