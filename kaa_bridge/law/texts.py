"""The reasons in Swedish, for coordinators: what is known, and for *unknown* what would settle it."""

from __future__ import annotations

from datetime import date

from kaa_bridge.domain.dates import DAY
from kaa_bridge.domain.facts import Youth
from kaa_bridge.law.finding import ALWAYS, NEVER, Finding
from kaa_bridge.law.question import Question

HELD_AS = {
    "gymnasieexamen": "gymnasieexamen",
    "gymnasiebevis_anpassad": "gymnasiebevis från anpassad gymnasieskola",
    "gymnasiesarskolebevis": "gymnasiesärskolebevis",
    "ib_diploma": "IB-diplom",
    "equivalent_approved": "godkänd utbildning som motsvarar gymnasieskolan",
    "folkhogskola_behorighet": "grundläggande behörighet från folkhögskola",
}
"""What a qualification is called in running text."""

TEXTS = {
    "younger": "Har inte fyllt 20 år. Fyller 20 den {until}, och ansvaret gäller till och med dagen före.",
    "age_reached": "Har fyllt 20 år.",
    "birth_date_unknown": "Födelsedatum saknas. Hämta det från folkbokföringen.",
    "schooling_ended": "Skolplikten upphörde: sista dagen var {last_schooling}.",
    "schooling_runs": "Har skolplikt till och med {last_schooling}.",
    "schooling_ongoing": "Har skolplikt.",
    "expected_end_passed": "Skolplikten väntades upphöra {expected_end}, men ingen uppgift visar att den har gjort "
    "det. Fråga skolan om skolplikten har upphört eller förlängts (skollagen 7:13).",
    "computed_ended": "Skolplikten har upphört senast {before_since}. Dagen är beräknad från födelseåret och "
    "vårterminens slut, eftersom uppgift från skolan saknas.",
    "computed_runs": "Har skolplikt enligt beräkning från födelseåret och vårterminens slut. Uppgift från skolan "
    "saknas.",
    "term_end_unknown": "Skolplikten upphör när vårterminen slutar, men dagen är inte känd för kommunen. Ange "
    "vårterminens sista dag i inställningarna eller fråga skolan.",
    "newcomer": "Blev folkbokförd i Sverige första gången {first_registered}, när skolplikt inte längre gällde.",
    "newcomer_computed": "Blev folkbokförd i Sverige första gången {first_registered}, efter den dag då skolplikten "
    "normalt upphör. Den dagen är beräknad från födelseåret.",
    "not_yet_registered": "Blir folkbokförd i Sverige första gången {first_registered} och har inte haft "
    "skolplikt här.",
    "newcomers_outside": "Har inte fullgjort skolplikt i Sverige. Före 2018-07-01 omfattades inte den som blev "
    "folkbokförd efter skolpliktsåldern.",
    "first_registered_unknown": "Har inte haft skolplikt i Sverige, och dagen för första folkbokföringen saknas. "
    "Hämta den från folkbokföringen.",
    "not_registered": "Har inte haft skolplikt i Sverige och är inte folkbokförd här.",
    "schooling_unknown": "Det är inte känt om skolplikten har upphört. Fråga den senaste skolan, eller hämta uppgift "
    "om första folkbokföring.",
    "home": "Är folkbokförd i kommunen.",
    "home_stays": "Vistas stadigvarande i kommunen, som därför är hemkommun (skollagen 29:6).",
    "elsewhere": "Har en annan hemkommun ({other_municipality}).",
    "deceased": "Är avliden.",
    "emigrated": "Är utvandrad och har ingen hemkommun i Sverige.",
    "life_unknown": "Det är inte känt om personen lever och finns kvar i folkbokföringen. Kontrollera folkbokföringen.",
    "residence_unknown": "Det är inte känt vilken kommun som är hemkommun. Kontrollera folkbokföringen.",
    "stays_unknown": "Har skyddad folkbokföring. Hemkommun är där personen vistas stadigvarande, och det är inte känt. "
    "Utred enligt rutinen för skyddade personuppgifter.",
    "protection_unknown": "Det är inte känt om personen har skyddad folkbokföring, och då visar folkbokföringen inte "
    "säkert hemkommunen. Kontrollera skyddet i folkbokföringen.",
    "residence_conflict": "Källorna anger olika hemkommuner samma dag. Kontrollera folkbokföringen.",
    "free": "Går inte i gymnasieskola, anpassad gymnasieskola eller motsvarande utbildning.",
    "awaiting": "Är antagen till en utbildning som börjar {starts} men går ingen utbildning nu. Enligt lagens ord "
    "gäller ansvaret tills den börjar; kommunens inställning avgör (nu: {awaiting_choice}).",
    "unproven_awaiting": "Är antagen till en utbildning som börjar {starts}. Källorna visar inte säkert om den "
    "unga går någon annan utbildning nu. Kontrollera med skolan.",
    "placements_unproven": "Ingen pågående placering är känd, men källorna har inte visat att uppgifterna är "
    "fullständiga. Kontrollera i elevregistret eller med skolan om den unga går en utbildning.",
    "placements_frozen": "Ingen pågående placering är känd, men källan uppdateras inte just nu. Kontrollera med "
    "skolan, eller vänta tills källan uppdateras igen.",
    "attending": "Går i {school}.",
    "equivalent": "Går en utbildning som kommunen har bedömt motsvara gymnasieskolan.",
    "compulsory": "Går kvar i {school} efter skolplikten. Lagen nämner inte den situationen; kommunens inställning "
    "avgör (nu: {choice}).",
    "form_unknown": "Placeringen har en skolform som inte är känd ({form}). Ta reda på vilken utbildning det är och "
    "lägg till koden i mappningen.",
    "start_unknown": "Det är inte känt när placeringen i {school} började. Fråga skolan.",
    "end_unknown": "Placeringen i {school} är avslutad men slutdagen saknas. Fråga skolan.",
    "path_unknown": "Studieväg saknas för placeringen i {school}. Före 2018-07-01 avgör den om introduktionsprogram "
    "pågick. Fråga skolan.",
    "left_but_open": "Placeringen i {school} är öppen, men enligt andra uppgifter har eleven slutat. Be skolan avsluta "
    "placeringen eller bekräfta att eleven går kvar.",
    "nothing_held": "Har inte {documents}.",
    "held": "Har {held} sedan {held_on}.",
    "held_from_unknown_day": "Har {held}, men dagen saknas. Hämta datumet från betygsdokumentet.",
    "qualifications_unproven": "Inget är känt om {documents}, men källorna har inte visat att uppgifterna är "
    "fullständiga. Kontrollera betygsdokument med skolan.",
    "qualifications_frozen": "Inget är känt om {documents}, men källan uppdateras inte just nu. Kontrollera "
    "betygsdokument med skolan, eller vänta tills källan uppdateras igen.",
}
"""A sentence or two for each ground (``Why.code``)."""

FORMS = {
    "GY": "gymnasieskolan",
    "GYS": "gymnasiesärskolan",
    "GYAN": "anpassade gymnasieskolan",
    "GR": "grundskolan",
    "GRS": "grundsärskolan",
    "GRAN": "anpassade grundskolan",
    "TR": "träningsskolan",
    "SP": "specialskolan",
    "SAM": "sameskolan",
    "FKLASS": "förskoleklassen",
}
"""School forms by SS 12000 code, in the definite form."""

CHOICES = {"investigate": "utreds", "not_covered": "omfattas inte", "covered": "omfattas"}
"""What a municipality's choice is called."""

_DOCUMENTS = {
    "no_gymnasieexamen": "gymnasieexamen",
    "no_gymnasiebevis": "gymnasiebevis från anpassad gymnasieskola",
    "no_equivalent": "godkänd utbildning som motsvarar gymnasieskolan",
}


def text_of(criterion: str, finding: Finding, youth: Youth, question: Question) -> str:
    """Return the finding's reason as a coordinator reads it; no number, name or address stands in it."""
    _, since, until, why, at = finding
    words = _residence_words(youth, at) | _placement_words(youth, at) | _qualification_words(youth, at)
    schooling = youth.compulsory_schooling
    return TEXTS[why.code].format(
        **words,
        until=_iso(until),
        before_since=_iso(since - DAY if since > ALWAYS else None),
        last_schooling=_iso(schooling.on if schooling else None),
        expected_end=_iso(schooling.expected_end if schooling else None),
        first_registered=_iso(youth.first_registered),
        documents=_DOCUMENTS.get(criterion, ""),
        choice=CHOICES[question.settings.still_in_compulsory_school],
        awaiting_choice=CHOICES[question.settings.awaiting_start],
    )


def _residence_words(youth: Youth, at: int) -> dict[str, str]:
    return {"other_municipality": youth.residence[at].municipality if at < len(youth.residence) else ""}


def _placement_words(youth: Youth, at: int) -> dict[str, str]:
    if at >= len(youth.placements):
        return {"school": "", "form": "", "starts": ""}
    place = youth.placements[at]
    form = place.school_form
    return {"school": FORMS.get(form, f"skolformen {form}"), "form": form, "starts": _iso(place.start)}


def _qualification_words(youth: Youth, at: int) -> dict[str, str]:
    if at >= len(youth.qualifications):
        return {"held": "", "held_on": ""}
    held = youth.qualifications[at]
    return {"held": HELD_AS.get(held.kind, held.kind), "held_on": _iso(held.on)}


def _iso(day: date | None) -> str:
    return "okänd dag" if day is None or day in (ALWAYS, NEVER) else day.isoformat()
