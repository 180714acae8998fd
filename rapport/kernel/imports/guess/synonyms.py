"""What columns are called: by people in English and German, and in the exports of other programs.

from rapport.kernel.imports.words import words

One line for each concept. Upper and lower case, accents, punctuation and words written together do not matter
(`normal` in headers.py), nor do words of purpose ("work", "privat") and numbers; those are taken off first.
Sources: Salesforce, HubSpot, Pipedrive, Zoho, Odoo, SuiteCRM, EspoCRM, Google and Apple contacts, Outlook (English
and German), Dynamics, CAS genesisWorld, weclapp, lists made by hand.
"""

from rapport.kernel.imports.words import words

SYNONYMS: dict[str, str] = {
    # -- people ---------------------------------------------------------------------------------------------------
    "full_name": (
        "full name|name vorname|vorname name|vor und nachname|vorname und nachname|vorname nachname|"
        "nachname vorname|contact name|kontaktname|kontaktperson|ansprechpartner|ansprechpartnerin|"
        "ansprechperson|asp|person name|person|contact person|lead name|display name|file as|"
        "vollstandiger name|voller name|kompletter name|associated contact|main contact|primary contact|"
        "kontakt|contact|lead|teilnehmer|attendee|participant|mitarbeiter|customer contact|"
        "speichern unter|anzeigename|partner name|contact full name|first and last name|"
        "last name first name"
    ),
    "salutation": (
        "salutation|anrede|briefanrede|form of address|courtesy title|salutation id|greeting|anredeschlussel"
    ),
    "title": (
        "academic title|titel|akademischer titel|name prefix|honorific prefix|prefix|namenszusatz|"
        "akad titel|namenspraefix|prafix|title before|titel vor dem namen"
    ),
    "first_name": (
        "first name|firstname|given name|vorname|vornamen|fname|forename|first|prenom|nombre|voornaam|"
        "rufname|person first name|contact first name|lead first name|ansprechpartner vorname|"
        "kontakt vorname|given"
    ),
    "middle_name": (
        "middle name|middle names|additional name|weitere vornamen|zweiter vorname|second name|"
        "mittelname|middle"
    ),
    "last_name": (
        "last name|lastname|surname|family name|nachname|familienname|zuname|lname|last|achternaam|"
        "apellido|apellidos|nom de famille|person last name|contact last name|lead last name|"
        "ansprechpartner nachname|nachnamen|kontakt nachname|family"
    ),
    "suffix": "suffix|name suffix|honorific suffix|namenssuffix|titel nach dem namen|generation",
    "nickname": "nickname|spitzname|nick name|alias|rufname kurz",
    "name": "name|namen|bezeichnung|nom",
    "job_title": (
        "job title|jobtitle|position|funktion|function|role|rolle|job|beruf|occupation|stelle|stellung|"
        "tatigkeit|position im unternehmen|job position|berufsbezeichnung|organization title|"
        "organization 1 title|designation|titel beruf|contact title|job role|contact job title|"
        "person job title|title"
    ),
    "department": (
        "department|abteilung|organization department|organization 1 department|dept|bereich|division|"
        "business unit|abt"
    ),
    "birthday": (
        "birthday|birthdate|date of birth|birth date|geburtstag|geburtsdatum|geb datum|geb|dob|"
        "geboren am|person birthday|bday|geburtsdat"
    ),
    "anniversary": "anniversary|jahrestag|hochzeitstag|event 1 value",
    "gender": "gender|geschlecht|sex",
    "language": (
        "language|sprache|preferred language|lang|korrespondenzsprache|language code|bevorzugte sprache|"
        "locale"
    ),
    "profile": (
        "linkedin|linkedin url|linkedin profile|linkedin bio|xing|xing profil|twitter|twitter handle|"
        "twitter username|skype|skype id|facebook|facebook company page|instagram|social media|profile|"
        "messenger|im|im 1 value|linkedin profil"
    ),
    # -- ways to reach somebody -------------------------------------------------------------------------------------
    "email": (
        "email|e mail|mail|email address|e mail address|e mail adresse|mailadresse|emailadresse|email 1|"
        "email id|primary email|secondary email|haupt e mail|email addr|e mail 1 value|person email|"
        "contact email|lead email|e mail adressen|e mails|emails|work email|weitere e mail|"
        "additional email addresses|additional emails|mail adresse|contact e mail|kontakt e mail|"
        "ansprechpartner e mail|non primary e mails|email normalized|elektronische post|courriel|"
        "correo electronico|invitee email|electronic mail|smtp address|email addresses|mailaddress|"
        "kunden e mail"
    ),
    "phone": (
        "phone|telephone|telefon|tel|tel nr|telnr|telefonnummer|telefonnr|telefon nr|phone number|"
        "phone numbers|business phone|main phone|haupttelefon|festnetz|festnetznummer|rufnummer|"
        "phone 1 value|person phone|contact phone|lead phone|durchwahl|direct phone|direct dial|"
        "telephone number|fon|primary phone|company main phone|assistant phone|telephone 1|phone office|"
        "telefon zentrale|company phone number|other phone|ruf nr|nummer telefon|landline|telefonnummern|"
        "telefon festnetz|sanitized number|asst phone|telefon buro|car phone|call back|callback"
    ),
    "mobile": (
        "mobile|mobile phone|mobile phone number|mobile number|cell|cell phone|cellphone|cell number|"
        "mobil|handy|handynummer|mobiltelefon|mobilnummer|mobilfunk|mobiltelefonnummer|mobil nr|handy nr|"
        "phone mobile|person phone mobile|telefon mobil|tel mobil|whatsapp|whatsapp number|"
        "whatsapp phone number|sms|natel|gsm|mobilrufnummer"
    ),
    "fax": "fax|fax number|faxnummer|telefax|fax nr|business fax|phone fax|faxnr|fernkopie|primary fax",
    "website": (
        "website|web|web page|webseite|homepage|url|website url|web address|webadresse|internet|"
        "internetadresse|internetseite|www|site|website 1 value|organization website|company website|"
        "domain|company domain name|domain name|web site|company domain|domane|link"
    ),
    # -- organizations ----------------------------------------------------------------------------------------------
    "organization": (
        "organization|organisation|company|company name|firma|firmenname|firmierung|unternehmen|"
        "unternehmensname|account|account name|accountname|organization name|organization 1 name|"
        "organisation name|organisationsname|betrieb|employer|arbeitgeber|associated company|"
        "customer name|kundenname|kunde|customer|client|client name|verein|parent customer|"
        "company organization|institution|firma 1|firma name|name der firma|name 1|name1|name 2|name2|"
        "related company|commercial company name|commercial entity|commercial partner|geschaftspartner|"
        "business name|company account|partner company|bedrijf|societe|empresa|entreprise|lieferant|"
        "supplier|vendor|vendor name|primary company|haupt firma|parent id|parent|org|org name|"
        "person organization|deal organization|partner|associated company name|mandant|auftraggeber|"
        "debitorname"
    ),
    "organization_email": (
        "company email|firmen e mail|organization email|account email|e mail firma|firma e mail|"
        "e mail zentrale|unternehmens e mail"
    ),
    "organization_phone": (
        "company phone|firmentelefon|organization phone|account phone|telefon firma|firma telefon|"
        "telefonzentrale|zentrale"
    ),
    "legal_form": "legal form|rechtsform|gesellschaftsform|company type",
    "industry": (
        "industry|branche|sector|industrie|wirtschaftszweig|business type|branch|industry id|sektor|"
        "market segment"
    ),
    "employees": (
        "employees|number of employees|no of employees|mitarbeiterzahl|anzahl mitarbeiter|"
        "mitarbeiteranzahl|company size|headcount|beschaftigte|anzahl beschaftigte|unternehmensgrosse|"
        "total employees|employee count|firmengrosse"
    ),
    "revenue": (
        "revenue|annual revenue|umsatz|jahresumsatz|turnover|annual turnover|umsatz vorjahr|sales volume|"
        "umsatz eur|umsatz in euro|umsatz p a|sales revenue"
    ),
    "vat_number": (
        "vat|vat number|vat id|ust id|ust idnr|ustid|umsatzsteuer id|umsatzsteuer identifikationsnummer|"
        "uid|uid nr|vat no|tax id|btw nummer|vat registration number|ust id nr|umsatzsteuer id nr|tva"
    ),
    "tax_number": "tax number|steuernummer|st nr|steuer nr|tax no",
    "register_number": (
        "register number|handelsregisternummer|hrb|hrb nummer|commercial register|company registry|hr nummer"
    ),
    "iban": "iban|bank account|bankverbindung|kontonummer|account number iban|iban nr",
    "bic": "bic|swift|bic swift|blz|bankleitzahl",
    "parent_organization": (
        "parent account|parent company|konzern|muttergesellschaft|mutterkonzern|parent organization|"
        "konzernmutter|member of"
    ),
    # -- addresses --------------------------------------------------------------------------------------------------
    "street": (
        "street|strasse|str|strasse nr|strasse und hausnummer|strasse hausnummer|street address|"
        "address line 1|adresszeile 1|street 1|address 1|adresse 1|mailing street|billing street|"
        "address street|primary address street|billing address street|address 1 street|anschrift 1|"
        "adress zeile 1|street and number|rue|calle|straat|street name|strassenname|strasse postfach|"
        "person street|street no|strasse haus nr|strasse nummer|shipping street|road"
    ),
    "house_number": "house number|hausnummer|haus nr|hausnr|street number|nr|hnr|house no|hsnr|building number",
    "address_line_2": (
        "address line 2|street 2|address 2|adresse 2|adresszusatz|adresszeile 2|"
        "address 1 extended address|zusatz|street address 2|anschrift 2|adress zusatz|apartment|"
        "apt suite|addition to address|extended address|c o|street 3|address line 3|address 3|"
        "zusatzzeile|address supplement"
    ),
    "po_box": "po box|p o box|postfach|post office box|address 1 po box|pobox|post box",
    "postcode": (
        "postcode|post code|postal code|zip|zip code|zipcode|plz|postleitzahl|postal|mailing zip|"
        "billing zip|mailing postal code|billing postal code|primary address postalcode|"
        "billing address postalcode|address 1 postal code|address postal code|address 1 zip|post plz|"
        "zip postal code|postalcode|address zip|code postal|plz ort plz|billing code|mailing code|"
        "shipping zip|shipping code"
    ),
    "city": (
        "city|town|ort|stadt|wohnort|locality|mailing city|billing city|primary address city|"
        "billing address city|address 1 city|address city|city town|ortschaft|gemeinde|ville|ciudad|"
        "plaats|place|standort|shipping city|ortsname|sitz"
    ),
    "postcode_city": (
        "plz ort|postleitzahl ort|plz und ort|postcode city|zip city|plz stadt|postleitzahl und ort|city zip"
    ),
    "state": (
        "state|bundesland|region|province|county|kanton|mailing state|billing state|"
        "primary address state|billing address state|address 1 region|address 1 state|state region|"
        "state id|state province|provinz|land kreis|state or province|address state|bundesland kanton|"
        "state name|canton|federal state|mailing state province|billing state province|shipping state"
    ),
    "country": (
        "country|land|country region|land region|staat|nation|mailing country|billing country|"
        "country code|primary address country|billing address country|address 1 country|address country|"
        "country id|landercode|landercode iso|lkz|landeskennzeichen|country name|landname|pays|pais|"
        "iso country|laendercode|country territory|shipping country|landkurzel|landerkennzeichen|"
        "country iso code"
    ),
    "address": (
        "address|adresse|anschrift|full address|postanschrift|postal address|mailing address|"
        "billing address|address 1 formatted|person address|complete address|vollstandige adresse|"
        "besucheranschrift|hausanschrift|lieferadresse|rechnungsadresse|shipping address|contact address|"
        "komplette adresse"
    ),
    # -- how we stand with them -------------------------------------------------------------------------------------
    "notes": (
        "notes|note|notiz|notizen|bemerkung|bemerkungen|comment|comments|kommentar|kommentare|"
        "description|beschreibung|anmerkung|anmerkungen|remarks|remark|info|infos|about|memo|"
        "background info|internal notes|interne notiz|text|hinweis|hinweise|gesprachsnotiz|details|"
        "additional information|sonstiges|about us|freitext|nachricht|message|about company"
    ),
    "tags": (
        "tags|tag|categories|category|kategorie|kategorien|label|labels|group membership|gruppe|gruppen|"
        "groups|keywords|stichworte|schlagworte|schlagworter|merkmal|merkmale|category id|interesse|"
        "interessen|interests|verteiler|interest|contact type|kundengruppe|segment|kontaktart|"
        "mailing list|list|lists"
    ),
    "owner": (
        "owner|contact owner|account owner|lead owner|company owner|deal owner|owner id|ownerid|"
        "salesperson|betreuer|zustandig|zustandigkeit|verkaufer|vertriebler|account manager|"
        "kundenbetreuer|assigned to|assigned user name|verantwortlich|verantwortlicher|besitzer|user id|"
        "responsible|sachbearbeiter|besuch von|sales rep|contact owner alias|vertriebsmitarbeiter|"
        "assigned user|aussendienst|assigned user id|bearbeiter|record owner|person owner|"
        "organization owner|hubspot owner|sales person"
    ),
    "source": (
        "source|lead source|leadsource|quelle|herkunft|original source|leadquelle|source id|kanal|"
        "kontaktquelle|akquise|original traffic source|how did you hear about us|hs analytics source|"
        "source campaign|woher"
    ),
    "stage": (
        "lifecycle stage|lead status|life cycle stage|life cycle|stage|kundenstatus|status|rating|"
        "kundentyp|account type|lebenszyklus|lebenszyklusphase|lead stage|customer type|customer status|"
        "phase|contact stage|kontaktstatus"
    ),
    "customer_number": (
        "customer number|kundennummer|kd nr|kdnr|kunden nr|debitor|debitorennummer|account number|"
        "kundennr|customer no|debitoren nr|client number|lieferantennummer|customer code|adressnummer|"
        "kunden id|personennummer|mitgliedsnummer"
    ),
    "external_id": (
        "id|record id|contact id|lead id|external id|externe id|uuid|guid|person id|customer id|xml id|"
        "database id|contactid|entity id|key|datensatz id|object id|hubspot id|salesforce id|"
        "case safe id|contact record id|id intern|lfd nr|nr lfd|laufende nummer|row id|"
        "external identifier"
    ),
    "organization_id": (
        "account id|accountid|organization id|company id|associated company id|associated company ids|"
        "org id|primary associated company id"
    ),
    "created_at": (
        "created|create date|created at|created on|created date|createddate|angelegt am|erstellt am|"
        "erstellt|created time|erfasst am|anlagedatum|erstelldatum|date entered|date created|add time|"
        "person created|organization created|added time|angelegt|creation date|erfassungsdatum|"
        "kunde seit|customer since|become a customer date"
    ),
    "updated_at": (
        "updated|modified|last modified|last modified date|updated at|geandert am|date modified|"
        "update time|modified time|letzte anderung|write date|lastmodifieddate|last updated|"
        "anderungsdatum|zuletzt geandert|geandert|modified on"
    ),
    "last_contact_at": (
        "last contacted|last activity|last activity date|letzter kontakt|last contact|letzter besuch|"
        "last activity time|letzte aktivitat|last contacted date|kontakt am|last engagement date|"
        "letzter kontakt am"
    ),
    "first_contact_at": (
        "datum|date|first contact|erstkontakt|erster kontakt|kontaktdatum|first contacted|kontakt datum|"
        "besuchsdatum"
    ),
    "do_not_email": (
        "email opt out|has opted out of email|unsubscribed|opt out|unsubscribed from all email|"
        "abgemeldet|kein newsletter|hasoptedoutofemail|email opt out status|is blacklist|opted out"
    ),
    "newsletter": (
        "newsletter|email opt in|opt in|newsletter abo|marketing consent|einwilligung|werbeeinwilligung|"
        "dsgvo|consent|gdpr consent|newsletter ja nein|marketing permission|newsletteranmeldung|"
        "werbung erlaubt|subscribed|double opt in"
    ),
    "do_not_call": "do not call|donotcall|keine anrufe|nicht anrufen|anrufsperre",
    "is_company": (
        "is a company|is company|company type individual|kind|art|typ|type|record type|kontakttyp|"
        "kind of contact"
    ),
    # -- deals ------------------------------------------------------------------------------------------------------
    "deal_name": (
        "deal name|deal title|opportunity name|opportunity|deal|verkaufschance|chance|opportunity title|"
        "projektname|projekt|angebot|potential name|deal titel|betreff"
    ),
    "amount": (
        "amount|deal value|value|betrag|wert|deal amount|expected revenue|auftragswert|volumen|"
        "angebotssumme|summe|total|opportunity amount|budget|auftragsvolumen|value in eur|netto|preis|"
        "price"
    ),
    "currency": "currency|wahrung|currency code|deal currency|currency id|currencyisocode",
    "close_date": (
        "close date|expected close date|closing date|abschlussdatum|abschluss|erwarteter abschluss|closedate|"
        "expected closing|abschluss am|voraussichtlicher abschluss"
    ),
    "probability": (
        "probability|wahrscheinlichkeit|win chance|win probability|abschlusswahrscheinlichkeit|"
        "deal probability|chance %"
    ),
    "pipeline": "pipeline|deal pipeline|verkaufsprozess|sales process",
    "deal_stage": (
        "deal stage|opportunity stage|verkaufsphase|vertriebsphase|pipeline stage|stagename|stage name|"
        "deal status"
    ),
    "lost_reason": "lost reason|loss reason|verlustgrund|grund|ablehnungsgrund|reason for loss|closed lost reason",
    "next_step": (
        "next step|nachster schritt|next action|nachste aktion|wiedervorlage|todo|to do|nextstep|follow up"
    ),
}

# Which other concepts will do when there is no field for the first, best first.
FALLBACKS: dict[str, tuple[str, ...]] = {
    "mobile": ("phone",),
    "fax": ("phone",),
    "organization_email": ("email",),
    "organization_phone": ("phone",),
    "profile": ("website",),
    "street": ("address",),
    "postcode_city": ("address", "city"),
    "postcode": ("address",),
    "city": ("address",),
    "country": ("address",),
    "state": ("address",),
    "address_line_2": ("address",),
    "po_box": ("address_line_2", "address"),
    "house_number": ("address",),
    "middle_name": ("first_name",),
    "deal_stage": ("stage",),
    "deal_name": ("name",),
    "stage": ("deal_stage",),
    "first_contact_at": ("last_contact_at", "created_at"),
    "revenue": ("amount",),
    "full_name": ("name", "last_name"),
    "external_id": ("customer_number",),
    "customer_number": ("external_id",),
    "organization_id": (),
    "is_company": (),
}

# Names of fields that mean a concept of ours.
ALIASES: dict[str, str] = {
    "given_name": "first_name",
    "family_name": "last_name",
    "surname": "last_name",
    "academic_title": "title",
    "position": "job_title",
    "about": "notes",
    "note": "notes",
    "description": "notes",
    "web": "website",
    "url": "website",
    "region": "state",
    "emails": "email",
    "phones": "phone",
    "zip": "postcode",
    "postal_code": "postcode",
    "line_2": "address_line_2",
    "tag": "tags",
    "company": "organization",
    "organization_name": "organization",
    "person_name": "full_name",
    "display_name": "full_name",
    "expected_on": "close_date",
    "due_on": "close_date",
    "lifecycle": "stage",
    "win_chance": "probability",
    "lost_because": "lost_reason",
    "number": "customer_number",
}

WORK = "work business geschaftlich dienstlich buro office beruflich firma company main zentrale telephone1"
PRIVATE = "home privat private personal personlich zuhause privatadresse"
OTHER = (
    "other weitere weiterer weiteres sonstige alternative alternativ alt secondary zweite zweiter additional non "
    "asst assistant"
)
BILLING = "billing rechnung rechnungs rechnungsadresse invoice rechnungsanschrift"
DELIVERY = "shipping delivery liefer lieferung lieferadresse versand lieferanschrift"
MOBILE = words("mobile mobil cell handy mobiltelefon")
PURPOSES: dict[str, str] = {
    word: purpose
    for purpose, words in (
        ("work", WORK),
        ("private", PRIVATE),
        ("other", OTHER),
        ("billing", BILLING),
        ("delivery", DELIVERY),
    )
    for word in words.split()
}
# Words in front of a column that say whose it is, but nothing about what it is.
OWNERS = words(
    "person contact kontakt lead customer kunde kunden ansprechpartner ansprechperson kontaktperson "
    "primary mailing haupt prospect teilnehmer partner ap asp user hs properties property res invitee "
    "address1 value wert aktuell neu alt"
)
ORGANIZATION_OWNERS = words("organization organisation company account firma firmen unternehmen unternehmens")
