"""The words of the nämnd report: every figure's name and definition, as a coordinator would write them."""

from __future__ import annotations

NAMES = {
    "start": "I registret när perioden började",
    "new": "Nya i registret",
    "ended": "Ansvaret upphörde",
    "end": "I registret när perioden slutade",
    "ever": "Har funnits i registret under perioden",
    "left_school": "Avbröt gymnasiestudier",
    "finished_without_exam": "Slutade gymnasiet utan examen",
    "after_compulsory": "Började inte gymnasiet efter grundskolan",
    "moved_in": "Flyttade till kommunen",
    "other_cause": "Annat eller okänt",
    "days_7": "Inom 7 dagar",
    "days_30": "8–30 dagar",
    "days_90": "31–90 dagar",
    "days_more": "Mer än 90 dagar",
    "days_unknown": "Går inte att räkna",
    "measure": "Har påbörjat en åtgärd",
    "offered": "Erbjuden stöd, ingen åtgärd påbörjad",
    "reached": "Nådd, inget erbjudande registrerat",
    "attempted": "Kontaktförsök, inte nådd",
    "untried": "Inget kontaktförsök registrerat",
    "at_reached": "Nådda",
    "at_offered": "Erbjudna stöd",
    "running": "I åtgärd när perioden slutade",
    "contacted": "Kontakt eller kontaktförsök under perioden",
    "silent": "Ingen kontakt eller försök under perioden",
    "exam": "Gymnasieexamen eller gymnasiebevis",
    "equivalent": "Motsvarande utbildning",
    "studies": "Studerar i gymnasieskolan",
    "away": "Flyttat, utvandrat eller avlidit",
    "age_work": "Fyllde 20: arbete eller praktik",
    "age_studies": "Fyllde 20: andra studier",
    "age_other": "Fyllde 20: annan sysselsättning",
    "age_unknown": "Fyllde 20: ingen eller okänd sysselsättning",
    "other_ground": "Annat",
    "form": "Avbröt gymnasiestudier, avbrottsblankett finns",
    "measures_ended": "Avslutade åtgärder",
    "reason_told": "Därav med orsak angiven",
}
"""Short names of the figures."""

DEFINITIONS = (
    (
        "I registret",
        "Ungdomar som omfattas av aktivitetsansvaret (skollagen 29 kap. 9 §) enligt nattkörningens beslut och som har "
        "tagits upp i registret. Den som ska utredas men ännu inte är upptagen räknas inte.",
    ),
    (
        "Nya i registret",
        "Togs upp i registret en natt under perioden. Den som lämnat registret och kommit tillbaka räknas en gång för "
        "varje gång. De som fanns i registret redan den första natten räknas som att de fanns där när perioden "
        "började.",
    ),
    (
        "Hur de nya hittades",
        "Vad som hände den dag då ansvaret började eller dagen före: en studieplats avslutades (utan examen om studie"
        "bevis eller gymnasieintyg finns), en folkbokföring i kommunen började, eller skolplikten upphörde.",
    ),
    (
        "Hur fort de nya hittades",
        "Dagar från den första dagen då ansvaret gällde till den natt då ungdomen togs upp, eller till källans egen "
        "registrering om den är tidigare. Går inte att räkna när källorna inte säger när ansvaret började.",
    ),
    (
        "Nådda",
        "Sedan ansvaret började finns minst en händelse av dessa slag: kontakt med utfallet nådd, första möte, tackat "
        "nej, vill ha hjälp, åtgärd påbörjad. Ett brev eller sms som bara skickats räknas som kontaktförsök.",
    ),
    (
        "Erbjudna stöd",
        "Sedan ansvaret började har ungdomen tackat nej till stöd, sagt att den vill ha hjälp, eller påbörjat en "
        "åtgärd. Ett erbjudande som inte lett till någon av dessa händelser syns inte i uppgifterna.",
    ),
    (
        "Hur långt arbetet har kommit",
        "Varje ungdom räknas en gång, i det steg som har kommit längst sedan ansvaret började. Åtgärder räknas även "
        "när de är avslutade.",
    ),
    (
        "Kontakt under perioden",
        "Minst en registrerad kontakt under perioden, oavsett kanal och utfall, eller ett första möte.",
    ),
    (
        "I åtgärd",
        "En åtgärd är påbörjad och inte avslutad den dag då perioden slutade. Räknas bland dem som då fanns i "
        "registret.",
    ),
    (
        "Avslutade åtgärder",
        "Åtgärder, inte ungdomar, med ett registrerat slut under perioden medan ungdomen fanns i registret.",
    ),
    (
        "Ansvaret upphörde",
        "Den natt då nattkörningen visste att ungdomen inte längre omfattas. Finns flera skäl samma natt räknas ett, i "
        "ordningen: examen, motsvarande utbildning, studier, flytt (även utvandring och dödsfall), 20 år. "
        "Studier är en plats i gymnasieskolan eller anpassade gymnasieskolan. Sysselsättning vid 20 år är den senast "
        "registrerade som fortfarande gällde.",
    ),
    (
        "Försenade steg",
        "Steg i kommunens rutin vars sista dag har passerat utan att det som avslutar steget är registrerat, för dem "
        "som finns i registret på rapportens dag. Räknas med det som är registrerat när rapporten görs.",
    ),
    (
        "Andelar",
        "Hela procent. Nådda och erbjudna räknas av alla som har funnits i registret under perioden (per månad: av dem "
        "som finns där när månaden slutar); i åtgärd räknas av dem som finns kvar när perioden slutar.",
    ),
)
"""What each figure counts, by which events."""

BY_HALF_YEAR = frozenset(
    {"Nya i registret", "Hur de nya hittades", "Hur fort de nya hittades", "Avslutade åtgärder", "Ansvaret upphörde"}
)
"""What is told by half-year only."""

LIMITS = (
    "Bara det som har registrerats som händelse i källorna eller journalsystemet räknas. Samtal som bara finns som "
    "löpande text syns inte.",
    "Om stödet var lämpligt, och om det var stödet som gav resultatet, kan inte ses.",
    "Den som ingen av källorna känner till finns inte med. Rapporten visar därför inte om alla i kommunen har hittats.",
    "Rapporten räknar registret som det stod natt för natt. Uppgifterna till SCB räknas efter lagens dagar och med det "
    "som är rättat sedan dess, så antalen kan skilja sig åt.",
    "Vad ungdomar gör efter att ansvaret har upphört följs inte upp här.",
)
"""What the figures do not show."""

SMALL = (
    "Antal från ett till fyra visas inte. Där ett sådant antal annars hade gått att räkna ut är också en annan uppgift "
    "utelämnad. Båda skrivs med två punkter (..)."
)
