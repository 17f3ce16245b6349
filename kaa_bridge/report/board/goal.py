"""The municipality's own goal for the share that is offered support, held against what the figures show."""

from __future__ import annotations

from kaa_bridge.config import GoalTable
from kaa_bridge.report.board.published import Published
from kaa_bridge.report.board.spans import Span


def shares(published: Published, spans: tuple[Span, ...]) -> list[tuple[Span, int]]:
    """Return the share offered support in each period in which it may be shown, in whole per cent."""
    found = ((span, published.share(span, "at_offered", "not_offered")) for span in spans)
    return [(span, share) for span, share in found if share is not None]


def goal_text(goal: GoalTable | None, published: Published, spans: tuple[Span, ...]) -> list[str]:
    """Return what the report says of the goal, as paragraphs."""
    if goal is None:
        return ["Kommunen har inte lagt in något eget mål. Det görs under [municipality.goal] i kaa-bridge.toml."]
    told = f"Målet lyder: ”{goal.text}”"
    found = shares(published, spans)
    if not found:
        return [told, "Andelen kan inte visas: antalen är för små."]
    span, share = found[-1]
    now = f"Under {span.name} hade {share} procent erbjudits stöd."
    if goal.at_least is not None:
        part, rest = published.value(span, "at_offered") or 0, published.value(span, "not_offered") or 0
        verdict = "Målet är nått." if part >= goal.at_least * (part + rest) else "Målet är inte nått."
        return [told, f"{now} Kommunens mått är minst {goal.at_least:.0%}. {verdict}".replace("%", " procent")]
    if len(found) < 2:
        return [told, f"{now} Det finns ingen tidigare period att jämföra med, så om andelen har ökat kan inte sägas."]
    before, earlier = found[-2]
    word = "ökat" if share > earlier else "minskat" if share < earlier else "varit oförändrad"
    compared = f"Under {before.name} var andelen {earlier} procent; den har alltså {word}."
    partial = "" if span.whole else " Den senare perioden är inte hel, så jämförelsen är preliminär."
    return [told, f"{now} {compared}{partial}"]
