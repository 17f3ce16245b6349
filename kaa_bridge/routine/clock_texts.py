"""What a case officer calls the clocks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

COUNTED_FROM: Mapping[str, str] = MappingProxyType(
    {
        "reg": "registreringen",
        "allocated": "fördelningen till handläggare",
        "first_attempt": "det första kontaktförsöket",
        "last_attempt": "det senaste kontaktförsöket",
        "second_returned_letter": "det andra brevet som kom tillbaka",
        "reached": "den första kontakten",
        "last_contact": "den senaste kontakten",
        "contact": "kontakten då det framgick att sysselsättning saknas",
        "occupation": "uppgiften om sysselsättning",
        "declined": "dagen då ungdomen tackade nej",
        "declined_or_later_contact": "dagen då ungdomen tackade nej, eller senare kontakt",
        "wants_help": "dagen då ungdomen bad om hjälp",
        "first_meeting": "det första mötet",
        "measure_started": "dagen då insatsen började",
        "measure_ended": "dagen då insatsen upphörde",
        "moved_in": "inflyttningen",
        "end_of_studies": "studiernas eller terminens slut",
        "term_end": "terminens slut",
        "birthday_18": "18-årsdagen",
        "birthday_19": "19-årsdagen",
        "birthday_20": "20-årsdagen",
        "agreed": "den överenskomna dagen",
        "as_of": "i dag",
    }
)
"""Per clock name in an action: the end of the sentence *räknat från …*."""
