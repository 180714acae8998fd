"""The vocabulary of the sample company Halden Cycles, a maker of cargo bikes. All of it is invented."""

COMPANY = "Halden Cycles"
DOMAIN = "halden.example"
PASSWORD = "look-around"  # noqa: S105  # of the sample company, printed at its start
FRANCS = (
    1028,
    1041,
    1052,
    1064,
    1066,
    1071,
    1067,
    1075,
    1082,
)  # a thousand of them in euros, quarter by quarter

USERS = [  # name, team, role
    ("Mara Lindholm", "Fleet sales", "administrator"),
    ("Jonas Weber", "Fleet sales", "member"),
    ("Elif Demir", "Fleet sales", "member"),
    ("Sanne Hoekstra", "Retail and service", "member"),
    ("Tom Richter", "Retail and service", "member"),
    ("Ole Brandt", "Partners", "member"),
    ("Lucia Ferrari", "Partners", "restricted"),
]

GIVEN = {
    "DE": "Anna Lena Petra Henrike Ruth Katrin Sabine Julia Birgit Ines Karl Matthias Frederik Stefan Jörg Uwe Jürgen"
    " Florian Tobias Lukas Sören Andreas Martina Claudia Monika Hannes Till Greta Emilia Paul",
    "AT": "Beatrix Johanna Magdalena Elisabeth Leopold Gernot Herwig Clemens Valentin Theresa",
    "CH": "Seraina Ursina Beat Reto Urs Regula Nadja Flurin Corinne Pascal",
    "NL": "Joost Maaike Sanne Pieter Femke Daan Anouk Ruben Liesbeth Thijs",
    "DK": "Kasper Mette Søren Birgitte Rasmus Freja Anders Lone Nikolaj Astrid",
    "SE": "Nils Åsa Gunnar Linnéa Björn Maja Erik Sigrid Viktor Elsa",
    "FR": "Étienne Chloé Benoît Aurélie Jérôme Hélène Luc Margaux Rémi Céline",
}
FAMILY = {
    "DE": "Müller Schmidt Weiß Krüger Schäfer Voss Lenz Brandauer Holm Oberhofer Moll Jansen Böhm Kühn Raghunathan"
    " El-Masri Petrović Yıldız Nowak Hoffmann Schröder Vogel Winkler Sommer Lang Busch Kaiser Hartmann Ziegler Kuhn",
    "AT": "Holzinger Gruber Steiner Moser Leitner Brunner Egger Wallner Pichler Hofstätter",
    "CH": "Ammann Zürcher Bächler Frei Gerber Hürlimann Keller Meier Rüegg Widmer",
    "NL": "Groen Vermeulen Bakker Visser Mulder Smit Dekker Brouwer Hendriks Kok",
    "DK": "Bruun Kjær Sørensen Møller Lund Friis Nørgaard Holst Dahl Krogh",
    "SE": "Åkerström Lindqvist Nyström Sjöberg Hallgren Ekdahl Wallin Öberg Sandström Fors",
    "FR": "Rochat Lefèvre Garnier Dubois Marchand Perrin Gauthier Noël Blanchard Renaud",
}
CITIES = {
    "DE": [("Elmenau", "21337"), ("Hamburg", "20457"), ("Berlin", "10115"), ("Köln", "50667"), ("Bremen", "28195"),
           ("Leipzig", "04109"), ("Freiburg", "79098"), ("München", "80331"), ("Rostock", "18055"),
           ("Münster", "48143")],
    "AT": [("Wien", "1010"), ("Graz", "8010"), ("Innsbruck", "6020"), ("Linz", "4020")],
    "CH": [("Zürich", "8001"), ("Basel", "4051"), ("Bern", "3011"), ("Chur", "7000")],
    "NL": [("Utrecht", "3511"), ("Groningen", "9711"), ("Rotterdam", "3011")],
    "DK": [("København", "1050"), ("Aarhus", "8000"), ("Odense", "5000")],
    "SE": [("Malmö", "21119"), ("Göteborg", "41103")],
    "FR": [("Strasbourg", "67000"), ("Lyon", "69001"), ("Nantes", "44000")],
}  # fmt: skip
DIAL = {"DE": "+49", "AT": "+43", "CH": "+41", "NL": "+31", "DK": "+45", "SE": "+46", "FR": "+33"}
LANGUAGE = {"DE": "de", "AT": "de", "CH": "de", "NL": "nl", "DK": "da", "SE": "sv", "FR": "fr"}
STREETS = "Werkstraße Hafenstraße Lindenweg Marktplatz Bahnhofstraße Am_Kai Gartenstraße Mühlenweg Ringstraße Parkallee"

# Industry: the words of which names are made, and what they buy.
INDUSTRIES = {
    "Municipal utility": (["Stadtwerke {city}", "{city} Energie", "Netze {city}"], "Meter reading fleet"),
    "Parcel and courier": (
        ["{family} Kurier", "{city} Express", "Alpenkurier {city}", "Nordhavn {family}"], "Courier fleet"),
    "Health care": (["Klinikum {city}", "Pflege {family}", "Sozialstation {city}"], "Hospital logistics"),
    "Hotels": (["Hotel {family}", "{city} Hotels", "Gasthof {family}"], "Hotel shuttles"),
    "Bakeries and cafés": (["Bäckerei {family}", "Café {family}", "{family} Brot"], "Morning rounds"),
    "Facility management": (["Parkwerk {family}", "{family} Facility", "Hausdienst {city}"], "Facility crews"),
    "Real estate": (["{family} Immobilien", "Hafenrand {city}", "Wohnbau {city}"], "Property caretakers"),
    "Municipality": (["Stadt {city}", "Gemeinde {city}-Land", "Bauhof {city}"], "Council fleet"),
    "Bike retail": (["{family} Räder", "Velo {city}", "{city} Bikes", "Rhône Vélos {family}"], "Dealer stock"),
    "University": (["Universität {city}", "Hochschule {city}"], "Campus post"),
    "Catering": (["{family} Catering", "Bergamot {city}"], "Catering vans to bikes"),
    "Crafts": (
        ["{family} & Söhne", "Schreinerei {family}", "{family} Elektro", "Malerbetrieb {family}"], "Workshop bikes"),
}  # fmt: skip
LEGAL = ["GmbH", "AG", "GmbH & Co. KG", "eG", "KG", ""]
POSITIONS = ["Head of Fleet", "Purchasing", "Managing director", "Workshop lead", "Operations manager", "Controller",
             "Sustainability officer", "Office manager", "Facility manager", "Head of logistics"]  # fmt: skip
SOURCES = [
    "Trade fair Velo Nord",
    "Web form",
    "Recommendation",
    "Cold call",
    "Newsletter",
    "Dealer",
    "Press article",
]
TAGS = [
    "fleet",
    "pilot",
    "tender",
    "framework contract",
    "newsletter",
    "service plan",
    "leasing",
    "key account",
]
PRODUCTS = ["2 bikes", "4 bikes", "6 bikes", "8 bikes", "12 bikes", "14 bikes", "service plan", "battery renewal",
            "pilot", "second hub", "leasing", "framework contract"]  # fmt: skip
COMPETITORS = ["Veltra Cargo", "Lastwerk", "UrbanLoad", "Tricargo"]
NEXT_STEPS = ["Send fleet guide", "Test ride", "Price per depot", "Contract call", "Visit the depot",
              "Send quote", "Wait for the council", "Signature", "Second call", "Delivery dates"]  # fmt: skip

CALLS = [
    (
        "Asked about delivery dates",
        "Wants the first bikes before the season. Checks with purchasing and calls back.",
    ),
    ("Price per bike", "Budget is tight this year. A leasing offer over 36 months would help."),
    (
        "Service window",
        "Four hours instead of eight is the point that decides. Promised an answer by Friday.",
    ),
    ("Happy with the winter service", "No breakdowns since November. Would act as a reference."),
    (
        "Battery range in winter",
        "Explained the figures of the field test. Sends the test report on to the workshop.",
    ),
    (
        "Follow-up after the test ride",
        "Drivers liked the steering, less the box lid. Asked for the flat cover.",
    ),
    ("Not reached", ""),
    ("Introduction", "First talk. Eleven couriers, three depots, vans leave the center next year."),
]
MEETINGS = [
    (
        "Depot visit",
        "Walked the charging hall. Room for 24 bikes after the racks move. Needs everything in writing.",
    ),
    ("Test ride", "Six drivers, two hours, rain. Five of six would switch at once."),
    ("Quarterly review", "Went through usage per depot. Two bikes stand idle and go to the second hub."),
    ("Contract talk", "Agreed on service and term, open are the take-back price and the delivery dates."),
    ("Presentation to the council", "Questions about insurance and parking. Decision in the next session."),
]
NOTES = [
    ("Purchasing needs three comparable quotes", ""),
    ("New head of fleet from next month", "Makes decisions with the workshop, not alone."),
    ("Prefers e-mail before eleven", ""),
    ("Competitor on site", "Saw a demo bike in the yard. Ask about it in the next call."),
    ("Invoice goes to the holding", "Send it to the billing address only."),
]
TASKS = ["Send the fleet guide", "Write the quote", "Call back about the test ride", "Send the service contract",
         "Ask for a reference", "Check the delivery date", "Prepare the visit", "Send battery figures"]  # fmt: skip
