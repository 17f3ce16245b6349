"""Times of the send protocol, refused where they cannot keep its promise."""

from __future__ import annotations

from dataclasses import dataclass

from kaa_bridge.contract.journal import JournalDescription
from kaa_bridge.errors import ConfigurationInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSettings:
    """How notes are sent; seconds.

    Attributes:
        deadline_seconds: after the intent, how long the first byte may still leave (monotonic clock).
        request_seconds: longest time one request may take as a whole.
        settle_seconds: how long a doubt rests before the journal is asked; longer than deadline, request and the
            journal's declared lateness together, or a late note is taken for absent and written twice.
        parallel: notes sent at once, and so the most that are undecided after a crash. Above 1 the journal plugin must
            allow ``create_note`` from several threads.
        breaker_failures: consecutive failures after which sending pauses.
        breaker_seconds: how long it pauses.
        breaker_openings: pauses in one day after which sending waits for the next day.
        alone: this journal is the only one that the outbox writes to; only then its listing can end a recovery epoch.
    """

    deadline_seconds: float = 5.0
    request_seconds: float = 60.0
    settle_seconds: float = 900.0
    parallel: int = 1
    breaker_failures: int = 5
    breaker_seconds: float = 1800.0
    breaker_openings: int = 3
    alone: bool = True

    def check(self, journal: JournalDescription) -> None:
        """Refuse a settle time that a late note can outlive.

        Raises:
            ConfigurationInvalid: with the smallest settle time that holds.
        """
        longest = self.deadline_seconds + self.request_seconds + journal.lateness_seconds
        if self.settle_seconds <= longest:
            raise ConfigurationInvalid(
                "settle_too_short",
                f"A note to {journal.name} may be stored up to {longest:g} s after its intent, but doubts are asked "
                f"after {self.settle_seconds:g} s: a late note would be taken for absent and written twice. Nothing "
                "was sent.",
                remedy=f"Set [municipality.journal.send] settle_seconds above {longest:g}.",
                system=journal.name,
            )
        if not 1 <= self.parallel <= 32 or min(self.deadline_seconds, self.request_seconds) <= 0:
            raise ConfigurationInvalid(
                "send_settings",
                "Parallel sends are 1 to 32, and times are above zero.",
                remedy="Correct [municipality.journal.send].",
                system=journal.name,
            )
