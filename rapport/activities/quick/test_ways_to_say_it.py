"""Many ways in which people say a day and an hour, English and German; what is none stays in the words."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from rapport.activities.quick.plain_words import read
from rapport.ui.days import clock_of

NOW = datetime(2026, 5, 12, 9, 42, tzinfo=UTC)  # a Tuesday
# What is said | what is left | when it is due; 00:00 is some time that day.
SAID = """
Ingrid anrufen halb drei|Ingrid anrufen|2026-05-12 14:30
Ingrid anrufen um halb drei|Ingrid anrufen|2026-05-12 14:30
Morgen um halb drei Ingrid anrufen|Ingrid anrufen|2026-05-13 14:30
Morgen halb 3 Termin mit Jonas|Termin mit Jonas|2026-05-13 14:30
Termin Freitag halb neun|Termin|2026-05-15 08:30
Termin Freitag halb neun abends|Termin|2026-05-15 20:30
Treffen viertel nach drei|Treffen|2026-05-12 15:15
Treffen morgen um viertel vor neun|Treffen|2026-05-13 08:45
Treffen drei viertel vier|Treffen|2026-05-12 15:45
Treffen am Montag dreiviertel vier|Treffen|2026-05-18 15:45
Treffen morgen um viertel vier|Treffen|2026-05-13 15:15
Treffen um fünf nach halb drei|Treffen|2026-05-12 14:35
Treffen morgen zehn vor drei|Treffen|2026-05-13 14:50
Treffen um zwanzig nach neun|Treffen|2026-05-13 09:20
mittags Ingrid anrufen|Ingrid anrufen|2026-05-12 12:00
Morgen Mittag Ingrid anrufen|Ingrid anrufen|2026-05-13 12:00
Morgen früh Angebot|Angebot|2026-05-13 09:00
morgen früh um 7 Angebot|Angebot|2026-05-13 07:00
heute Abend Jonas anrufen|Jonas anrufen|2026-05-12 19:00
heute Abend um 8 Jonas anrufen|Jonas anrufen|2026-05-12 20:00
heute Morgen Bericht|Bericht|2026-05-12 09:00
heute Nachmittag Bericht|Bericht|2026-05-12 15:00
heute Nachmittag um 3 Bericht|Bericht|2026-05-12 15:00
am Abend Jonas anrufen|Jonas anrufen|2026-05-12 19:00
am Morgen Jonas anrufen|Jonas anrufen|2026-05-13 09:00
Angebot in zwei Wochen|Angebot|2026-05-26 00:00
Call frıday|Call|2026-05-15 00:00
Termin am DİENSTAG|Termin|2026-05-19 00:00
Bericht mitte ſeptember|Bericht|2026-09-15 00:00
Call Ada at ſeven|Call Ada|2026-05-13 07:00
Call Ada tomorrow fıve past eight|Call Ada|2026-05-13 08:05
TREFFEN MORGEN ZEHN NACH NEUN|TREFFEN|2026-05-13 09:10
Angebot in 14 Tagen|Angebot|2026-05-26 00:00
Angebot in vierzehn Tagen|Angebot|2026-05-26 00:00
In einer halben Stunde Jonas anrufen|Jonas anrufen|2026-05-12 10:12
In anderthalb Stunden los|los|2026-05-12 11:12
In 20 Minuten Jonas anrufen|Jonas anrufen|2026-05-12 10:02
Vertrag in einem Jahr prüfen|Vertrag prüfen|2027-05-12 00:00
Ende der Woche Bericht|Bericht|2026-05-15 00:00
Bericht bis Ende der Woche|Bericht|2026-05-15 00:00
Bericht Ende nächster Woche|Bericht|2026-05-22 00:00
Anfang nächster Woche Jonas anrufen|Jonas anrufen|2026-05-18 00:00
Mitte nächster Woche nachfassen|nachfassen|2026-05-20 00:00
Mitte der Woche nachfassen|nachfassen|2026-05-13 00:00
Ende des Monats abrechnen|abrechnen|2026-05-31 00:00
Zum Monatsende abrechnen|abrechnen|2026-05-31 00:00
Ende nächsten Monats abrechnen|abrechnen|2026-06-30 00:00
Anfang Juni Angebot|Angebot|2026-06-01 00:00
Mitte Juni Angebot|Angebot|2026-06-15 00:00
Bis Ende Juni Angebot|Angebot|2026-06-30 00:00
Ende des Quartals berichten|berichten|2026-06-30 00:00
Jahresende Inventur|Inventur|2026-12-31 00:00
nächsten Dienstag Jonas treffen|Jonas treffen|2026-05-19 00:00
nächsten Freitag um 9 Uhr Jonas treffen|Jonas treffen|2026-05-15 09:00
Übermorgen um 9 Jonas anrufen|Jonas anrufen|2026-05-14 09:00
Jonas anrufen übermorgen um neun|Jonas anrufen|2026-05-14 09:00
Freitag in einer Woche nachfassen|nachfassen|2026-05-22 00:00
Montag in zwei Wochen nachfassen|nachfassen|2026-06-01 00:00
morgen in einer Woche nachfassen|nachfassen|2026-05-20 00:00
nächste Woche Freitag nachfassen|nachfassen|2026-05-22 00:00
nächste Woche am Mittwoch um 10 nachfassen|nachfassen|2026-05-20 10:00
Freitag nächster Woche nachfassen|nachfassen|2026-05-22 00:00
übernächste Woche nachfassen|nachfassen|2026-05-25 00:00
übernächsten Montag nachfassen|nachfassen|2026-05-25 00:00
Am Wochenende lesen|lesen|2026-05-16 00:00
Nach dem Wochenende nachfassen|nachfassen|2026-05-18 00:00
KW 23 Messe planen|Messe planen|2026-06-01 00:00
In KW 21 Messe planen|Messe planen|2026-05-18 00:00
Am 15. Miete zahlen|Miete zahlen|2026-05-15 00:00
Zum 1. Miete zahlen|Miete zahlen|2026-06-01 00:00
Am 1. Juni Miete zahlen|Miete zahlen|2026-06-01 00:00
Miete zahlen am 1.6.|Miete zahlen|2026-06-01 00:00
Angebot bis 17 Uhr schicken|Angebot schicken|2026-05-12 17:00
Um 3 Uhr Jonas anrufen|Jonas anrufen|2026-05-12 15:00
3 Uhr nachmittags Jonas anrufen|Jonas anrufen|2026-05-12 15:00
3 Uhr morgens Server tauschen|Server tauschen|2026-05-13 03:00
8 Uhr abends Jonas anrufen|Jonas anrufen|2026-05-12 20:00
Jonas anrufen um drei|Jonas anrufen|2026-05-12 15:00
Morgen von 2 bis 4 Workshop|Workshop|2026-05-13 14:00
Donnerstag 9.30 Termin|Termin|2026-05-14 09:30
Freitagabend um 8 Essen|Essen|2026-05-15 20:00
Am Donnerstag nachmittags Besuch|Besuch|2026-05-14 15:00
Mittags am Freitag Besuch|Besuch|2026-05-15 12:00
Diesen Freitag Besuch|Besuch|2026-05-15 00:00
Nächstes Jahr Vertrag prüfen|Vertrag prüfen|2027-01-01 00:00
Zug 6:12 Uhr|Zug|2026-05-13 06:12
Call Ingrid half past two|Call Ingrid|2026-05-12 14:30
Call Ingrid at half past two|Call Ingrid|2026-05-12 14:30
Call Ingrid tomorrow at half past 2|Call Ingrid|2026-05-13 14:30
Call Ingrid at quarter to five|Call Ingrid|2026-05-12 16:45
Call Ingrid a quarter past three|Call Ingrid|2026-05-12 15:15
Call Ingrid tomorrow at ten past nine|Call Ingrid|2026-05-13 09:10
Call Ingrid at noon|Call Ingrid|2026-05-12 12:00
Lunch with Elif tomorrow at noon|Lunch with Elif|2026-05-13 12:00
Call Ingrid noon|Call Ingrid|2026-05-12 12:00
Call Ingrid tonight|Call Ingrid|2026-05-12 19:00
Call Ingrid tonight at 8|Call Ingrid|2026-05-12 20:00
Call Ingrid tonight 8:30|Call Ingrid|2026-05-12 20:30
Report end of the month|Report|2026-05-31 00:00
Report by the end of the month|Report|2026-05-31 00:00
Report by end of week|Report|2026-05-15 00:00
Report by EOD|Report|2026-05-12 00:00
Report end of next week|Report|2026-05-22 00:00
Report early next week|Report|2026-05-18 00:00
Report by mid June|Report|2026-06-15 00:00
Report end of June|Report|2026-06-30 00:00
Report at the beginning of next month|Report|2026-06-01 00:00
Report end of the quarter|Report|2026-06-30 00:00
Report year-end|Report|2026-12-31 00:00
Follow up in a fortnight|Follow up|2026-05-26 00:00
Follow up a week from Friday|Follow up|2026-05-22 00:00
Follow up two weeks from today|Follow up|2026-05-26 00:00
Follow up a week from now|Follow up|2026-05-19 00:00
Follow up Friday week|Follow up|2026-05-22 00:00
Follow up Friday next week|Follow up|2026-05-22 00:00
Follow up next week on Friday|Follow up|2026-05-22 00:00
Follow up the week after next|Follow up|2026-05-25 00:00
Follow up next Tuesday 9am|Follow up|2026-05-19 09:00
Follow up next Tuesday at 9|Follow up|2026-05-19 09:00
Follow up this Friday afternoon|Follow up|2026-05-15 15:00
Follow up this afternoon|Follow up|2026-05-12 15:00
Follow up this evening at 7|Follow up|2026-05-12 19:00
Follow up tomorrow evening at 7|Follow up|2026-05-13 19:00
Follow up in the morning|Follow up|2026-05-13 09:00
Follow up first thing tomorrow|Follow up|2026-05-13 09:00
Follow up tomorrow first thing|Follow up|2026-05-13 09:00
Follow up at 8 in the evening|Follow up|2026-05-12 20:00
Follow up at 3|Follow up|2026-05-12 15:00
Follow up at 3:30|Follow up|2026-05-12 15:30
Follow up tomorrow 3pm|Follow up|2026-05-13 15:00
Follow up tomorrow at three|Follow up|2026-05-13 15:00
Follow up at three o'clock|Follow up|2026-05-12 15:00
Swap servers 03:00|Swap servers|2026-05-13 03:00
Follow up by 5pm|Follow up|2026-05-12 17:00
Send by Friday noon|Send|2026-05-15 12:00
Send on the 15th|Send|2026-05-15 00:00
Send on the 3rd of June|Send|2026-06-03 00:00
Send June 3|Send|2026-06-03 00:00
Send the day after tomorrow|Send|2026-05-14 00:00
Follow up in half an hour|Follow up|2026-05-12 10:12
Follow up in an hour and a half|Follow up|2026-05-12 11:12
Follow up in a year|Follow up|2027-05-12 00:00
Follow up in 3 days' time|Follow up|2026-05-15 00:00
Follow up after the weekend|Follow up|2026-05-18 00:00
Read this weekend|Read|2026-05-16 00:00
Follow up tomorrow 2-4pm|Follow up|2026-05-13 14:00
Slides for Friday|Slides|2026-05-15 00:00
At 4 call Ingrid|call Ingrid|2026-05-12 16:00
Um 9 Ingrid anrufen|Ingrid anrufen|2026-05-13 09:00
Termin am Freitag, den 29. Mai um 10|Termin|2026-05-29 10:00
Termin Fr. 29.5. 10 Uhr|Termin|2026-05-29 10:00
Meeting Friday, May 29th 3pm|Meeting|2026-05-29 15:00
Rechnung vom 3.6. morgen prüfen|Rechnung vom 3.6. prüfen|2026-05-13 00:00
Morgen 14 Uhr 30 Jonas|Jonas|2026-05-13 14:30
Jonas Fr 14 Uhr anrufen|Jonas anrufen|2026-05-15 14:00
Bis morgen Mittag Angebot|Angebot|2026-05-13 12:00
Bis heute Abend Angebot|Angebot|2026-05-12 19:00
Morgen Vormittag Angebot|Angebot|2026-05-13 09:00
Angebot morgen um halb zehn Uhr|Angebot|2026-05-13 09:30
Angebot morgen gegen 3|Angebot|2026-05-13 15:00
Workshop morgen 14-16 Uhr|Workshop|2026-05-13 14:00
Workshop tomorrow from 2 to 4|Workshop|2026-05-13 14:00
Workshop tomorrow 9am to 11am|Workshop|2026-05-13 09:00
Workshop tomorrow 11-1pm|Workshop|2026-05-13 11:00
Call Ingrid at 5 about the offer|Call Ingrid about the offer|2026-05-12 17:00
Call Ingrid tomorrow by 10|Call Ingrid|2026-05-13 10:00
Dentist 12:30pm|Dentist|2026-05-12 12:30
Dentist 12am|Dentist|2026-05-13 00:00
Angebot bis spätestens Freitag|Angebot|2026-05-15 00:00
Angebot spätestens am Freitag um 12|Angebot|2026-05-15 12:00
Termin Montag neun Uhr dreißig|Termin|2026-05-18 09:30
Call on Monday at nine thirty|Call|2026-05-18 09:30
Call tomorrow @ 3pm|Call|2026-05-13 15:00
Call Tues 3pm|Call|2026-05-19 15:00
Call Thurs 3pm|Call|2026-05-14 15:00
Call at midday|Call|2026-05-12 12:00
Report by COB Friday|Report by COB|2026-05-15 00:00
Report end of day|Report|2026-05-12 00:00
Party Friday 13th|Party|2026-11-13 00:00
Party Mittwoch, den 13.|Party|2026-05-13 00:00
Report the 20th of May|Report|2026-05-20 00:00
Lieferung zwischen 10 und 12 Uhr|Lieferung|2026-05-12 10:00
Anfang kommender Woche Termin|Termin|2026-05-18 00:00
"""
NO_DAY = """
Treffen Mittwoch oder Donnerstag 10 Uhr
Urlaub von Montag bis Freitag
Nachfassen in 3-4 Tagen
Follow up in a few days
Call yesterday's leads
Prepare tomorrow's meeting
Friday's minutes to all
Montag-Runde vorbereiten
Report from last Friday
Bericht von letztem Freitag
Letzten Freitag nachtragen
Jeden Montag Team
Stand-up every Monday
Send 2 decks
Buy 3 marketing books
Rechnung 12.50 Euro prüfen
Buy 10.50 litres
Look at 3 offers
Um drei Kunden kümmern
Guten Morgen Mail an alle
Half the price for Nordhavn
Halb fertige Angebote
Viertel Wein kaufen
Drei Angebote schreiben
Page 10 to 12
Seite 10 nach 12 verschieben
Call before 10:00
Anruf nach 14 Uhr
Montag oder Dienstag melden
Abendessen planen
Morning coffee list
Mittagspause einführen
Ask the night shift
Weekend rates for Nordhavn
Fortnight pass for Elif
Quarter figures
Ende gut
End of life of the old batteries
Anfang machen
Woche der Batterie
Nächstes Angebot
Next step for Nordhavn
Mitte suchen
Year in review
Monday.com prüfen
Sa. Batterie GmbH
KW im Kalender zeigen
Room 14
Montag und Dienstag Messe vorbereiten
Messe Montag bis Mittwoch
Bericht vom Freitag
May I call
Version 2.10 prüfen
Ask for 3 to 5 offers
Zwei vor drei
Drei Viertel fertig
"""


@pytest.fixture(autouse=True)
def _in_utc() -> Iterator[None]:
    with timezone.override("UTC"):
        yield


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_people_say_it_in_many_ways(line: str) -> None:
    said, subject, due = line.split("|")
    found = read(said, now=NOW)
    assert found.due_at is not None
    assert (found.subject, f"{clock_of(found.due_at):%Y-%m-%d %H:%M}") == (subject, due)


@pytest.mark.parametrize("said", NO_DAY.strip().splitlines())
def test_what_is_no_day_stays_in_the_words(said: str) -> None:
    found = read(said, now=NOW)
    assert (found.subject, found.due_at) == (said, None)


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("Workshop tomorrow from 2 to 4", 120),
        ("Workshop tomorrow 11-1pm", 120),
        ("Workshop morgen 14-16 Uhr", 120),
        ("Meeting tomorrow at 10 for half an hour", 30),
        ("Meeting tomorrow at 10 for an hour and a half", 90),
        ("Termin morgen um 10 für anderthalb Stunden", 90),
        ("Termin morgen um 10 für eine halbe Stunde", 30),
    ],
)
def test_how_long_it_takes(said: str, minutes: int) -> None:
    found = read(said, now=NOW)
    assert found.due_at is not None and found.due_at.day == 13
    assert (found.duration, found.subject) == (minutes, said.split(" ")[0])


@pytest.mark.parametrize(
    ("now", "said", "due"),
    [
        ((2026, 5, 14, 9), "Mitte der Woche Bericht", None),
        ((2026, 5, 16, 9), "Ende der Woche Bericht", (2026, 5, 22)),
        ((2026, 5, 16, 9), "Am Wochenende Bericht", (2026, 5, 16)),
        ((2026, 5, 17, 9), "Am Wochenende Bericht", (2026, 5, 17)),
        ((2026, 12, 31, 9), "Report end of the month", (2026, 12, 31)),
        ((2026, 12, 30, 9), "Bericht Anfang nächsten Monats", (2027, 1, 1)),
        ((2026, 12, 30, 9), "Ende des Quartals Bericht", (2026, 12, 31)),
        ((2026, 12, 30, 9), "KW 2 Bericht", (2027, 1, 11)),
        ((2026, 12, 30, 9), "Bericht am 31.", (2026, 12, 31)),
        ((2027, 1, 31, 9), "Bericht am 30.", (2027, 3, 30)),
        ((2028, 2, 10, 9), "Bericht Ende Februar", (2028, 2, 29)),
        ((2026, 5, 12, 9), "Anrufen am 29.2.", (2028, 2, 29)),
        ((2096, 3, 1, 9), "Call on 29 February", (2104, 2, 29)),
        ((2026, 5, 12, 9), "Anrufen am 30.2.", None),
        ((2026, 5, 12, 9), "Anrufen am 29.2.2027", None),
        ((2026, 5, 12, 9), "Report end of March 0000", None),
        ((2026, 5, 12, 9), "Report end of December 9999", None),
    ],
)
def test_at_the_ends_of_weeks_and_years(
    now: tuple[int, ...], said: str, due: tuple[int, int, int] | None
) -> None:
    found = read(said, now=datetime(*now, tzinfo=UTC))  # type: ignore[misc]  # the numbers of a moment
    day = clock_of(found.due_at) if found.due_at else None
    assert (day and (day.year, day.month, day.day)) == due
