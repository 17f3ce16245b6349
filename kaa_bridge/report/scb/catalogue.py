"""The checks that a layout may name: a closed list, with what each asks for and what a person is told to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """A check: its parameters beside ``level``, what is wrong where it does not hold, and what to do.

    ``{column}``, ``{word}``, ``{day}`` and ``{other}`` in the texts are filled in; none of them is a person.
    """

    asks: frozenset[str]
    problem: str
    remedy: str


def _check(problem: str, remedy: str, *asks: str) -> Known:
    return Known(frozenset(asks), problem, remedy)


_RECORD = "Skriv in det i registret eller journalen; det läses nästa natt."
CHECKS: dict[str, Known] = {
    "person_number_usable": _check(
        "Personnumret saknas, är ett interimsnummer eller har fel kontrollsiffra.",
        "Lägg in personnummer eller samordningsnummer i registret; det läses nästa natt.",
    ),
    "date_in_period": _check(
        "{column} {day} ligger utanför halvåret.",
        "Rätta datumet i källan, eller rapportera raden i det halvår där den hör hemma.",
        "block",
        "field",
    ),
    "date_order": _check(
        "{column} {day} ligger före {other}.",
        "Rätta det datum som är fel i registret eller journalen; det läses nästa natt.",
        "block",
        "field",
        "earlier",
    ),
    "contact_outcome_consistent": _check(
        "Kontakten gav inget svar, men en sysselsättning är inskriven samma dag.",
        "Rätta kontaktens utfall eller sysselsättningens datum i journalen; det läses nästa natt.",
    ),
    "measure_end_has_begin": _check(
        "Åtgärden är avslutad men har ingen början på eller före slutdatumet.",
        "Skriv in när åtgärden började, eller rätta slutdatumet; det läses nästa natt.",
    ),
    "measure_over_at_end": _check(
        "Ansvaret har upphört men en påbörjad åtgärd är inte avslutad.",
        "Avsluta åtgärden i registret eller journalen; det läses nästa natt.",
    ),
    "no_double_registration": _check(
        "Samma personnummer finns på en annan ungdom i filen.",
        "Ta reda på om det är samma person (kaa-bridge explain visar skälen för båda), och rätta numret på den ena i "
        "registret.",
    ),
    "no_double_rows": _check(
        "Raden står två gånger för ungdomen.",
        "Ta bort den ena i källan. Läses kontakter från två system: läs dem bara från det ena.",
    ),
    "registered_in_time": _check(
        "Ungdomen omfattades under halvåret men registrerades först {day}.",
        "Kontrollera mot SCB:s anvisningar om ungdomen ska med i halvåret.",
    ),
    "one_spell": _check(
        "Ansvaret upphörde och började om under halvåret; registreringen är den första.",
        "Kontrollera mot SCB:s anvisningar hur två omgångar rapporteras.",
    ),
    "nobody_unsettled": _check(
        "Det går inte att avgöra om ungdomen omfattades under halvåret. Ungdomen är inte med i filen.",
        "Utred det som inte är känt (kaa-bridge explain {handle} visar vad).",
    ),
    "nobody_corrected": _check(
        "Ungdomen fanns i registret under halvåret, men det som är känt i dag visar att ansvaret inte gällde. "
        "Ungdomen är inte med i filen.",
        "Kontrollera skälen (kaa-bridge explain {handle}).",
    ),
    "nothing_outside": _check(
        "Antal kontakter och åtgärder på dagar utan ansvar, som inte är med: {count}.",
        "Kontrollera datumen i registret eller journalen.",
    ),
    "sources_read_to_the_end": _check(
        "{source} är inte läst sedan halvåret slutade, eller uppdaterades inte då: det den säger är från {day}.",
        "Kör en natt när källan uppdateras: kaa-bridge run --municipality {municipality}",
    ),
    "nothing_in_quarantine": _check(
        "Antal poster från {source} som inte kunde läsas: {count}. De ungdomarna kan saknas i filen.",
        "kaa-bridge quarantine list --municipality {municipality}",
    ),
}
"""By name, as a layout writes it."""

ALWAYS: dict[str, Known] = {
    "required": _check("{column} saknas.", _RECORD),
    "code_known": _check(
        "{column}: ordet ”{word}” har ingen kod.",
        "Lägg till ”{word}” i kodlistan [codes.{codes}] i uppställningen, med SCB:s kod.",
    ),
    "too_long": _check("{column} är längre än {width} tecken.", "Rätta koden eller bredden i uppställningen."),
    "never_registered": _check(
        "Ungdomen omfattades enligt lagen (antal dagar: {count}) men fanns aldrig i registret. "
        "Ungdomen är inte med i filen, enligt kommunens inställning.",
        "Kontrollera skälen (kaa-bridge explain {handle}).",
    ),
    "period_over": _check(
        "Halvåret är inte slut: filen går till och med {day}.", "Gör filen när halvåret är slut, efter en natt."
    ),
}
"""What is looked at whatever the layout says; all but ``never_registered`` stop the file."""
