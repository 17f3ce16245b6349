"""The words of the self-check."""

from __future__ import annotations

from kaa_bridge.report.audit.judge import JudgedTest, Verdict
from kaa_bridge.report.audit.model import Test
from kaa_bridge.report.suppress import SHOWN_AS

VERDICTS = {
    Verdict.FULFILLED: "Uppfyllt",
    Verdict.PARTLY: "Delvis uppfyllt",
    Verdict.NOT: "Inte uppfyllt",
    Verdict.UNSEEN: "Kan inte ses i uppgifterna",
}
WHY = {"nothing": "Det finns inget att räkna.", "few": "För få för att visas."}
HOW = (
    "Ett kontrollmål är uppfyllt när alla dess prov är det, inte uppfyllt när inget prov är ens delvis uppfyllt, och "
    "annars delvis uppfyllt. Ett område läses av sina kontrollmål på samma sätt.",
    "Det som inte kan ses räknas inte med, och ett område där inget kan ses har ingen punkt i diagrammet.",
    "Självgranskningen ersätter inte en revision. Den visar vad uppgifterna visar, och inget annat.",
)


def shown(judged: JudgedTest) -> str:
    """Return what a test found, with its numbers."""
    if judged.fact is not None:
        return "Ja" if judged.fact else "Nej"
    count = judged.count
    assert count is not None
    if judged.why == "nothing":
        return f"Inget att räkna, {count.period}"
    numbers = f"{number(count.part)} av {number(count.whole)}"
    share = f" ({judged.share}\u00a0%)" if judged.share is not None else ""
    return f"{numbers}{share}, {count.period}"


def number(value: int | None) -> str:
    """Return a number as the report shows it."""
    return SHOWN_AS if value is None else str(value)


def limits(test: Test) -> str:
    """Return from which share a test is fulfilled, and from which partly so."""
    if test.fulfilled is None or test.partly is None:
        return "ja"
    return f"uppfyllt från {test.fulfilled:.0%}, delvis från {test.partly:.0%}".replace("%", "\u00a0%")


def verdict(judged: JudgedTest) -> str:
    """Return a test's outcome, and why there is none."""
    told = VERDICTS[judged.verdict]
    return f"{told}. {WHY[judged.why]}" if judged.why else told
