"""Address books: Google Contacts of 2023 and before, Outlook for Windows in English and German."""

from rapport.kernel.imports.programs import Export

EXPORTS = (
    Export(
        "google",
        "Google Contacts",
        "people",
        (
            "First Name|Last Name|E-mail 1 - Label|E-mail 1 - Value",
            "Given Name|Family Name|E-mail 1 - Type|E-mail 1 - Value",
            "First Name|Last Name|Labels|Organization Name",
            "Given Name|Family Name|Group Membership",
            "First Name|Last Name|Phone 1 - Label|Phone 1 - Value",
        ),
        """
        Name Prefix = academic_title
        First Name = given_name
        Given Name = given_name
        Last Name = family_name
        Family Name = family_name
        Organization Name = organization
        Organization 1 - Name = organization
        Organization Title = position
        Organization 1 - Title = position
        E-mail 1 - Value = email
        E-mail 2 - Value = email:other:2
        E-mail 3 - Value = email:other:3
        Phone 1 - Value = phone
        Phone 2 - Value = phone:other:2
        Phone 3 - Value = phone:other:3
        Address 1 - Street = street
        Address 1 - City = city
        Address 1 - Region = state
        Address 1 - Postal Code = postcode
        Address 1 - Country = country
        Address 1 - PO Box = po_box
        Address 1 - Extended Address = address_line_2
        Website 1 - Value = website
        Birthday = birthday
        Notes = about
        Labels = tags
        Group Membership = tags
        """,
        "Name|File As|Nickname|Photo|Phonetic First Name|Phonetic Last Name|Yomi Name|"
        "Given Name Yomi|Family Name Yomi|Address 1 - Formatted|Address 1 - Label|Address 1 - Type|"
        "E-mail 1 - Label|E-mail 2 - Label|E-mail 1 - Type|E-mail 2 - Type|Phone 1 - Label|"
        "Phone 2 - Label|Phone 1 - Type|Phone 2 - Type|Organization Department|"
        "Organization 1 - Type|Website 1 - Label|Website 1 - Type|Initials|Maiden Name|Short Name",
    ),
    Export(
        "outlook",
        "Outlook",
        "people",
        (
            "First Name|Last Name|E-mail Address|Business Street",
            "First Name|Last Name|E-mail Address|Business Phone",
            "First Name|Last Name|E-mail Address|E-mail Type|E-mail Display Name",
            "Vorname|Nachname|E-Mail-Adresse|Straße geschäftlich",
            "Vorname|Nachname|E-Mail-Adresse|Telefon geschäftlich",
        ),
        """
        Title = academic_title
        First Name = given_name
        Last Name = family_name
        Company = organization
        Job Title = position
        Business Street = street:work
        Business City = city:work
        Business State = state:work
        Business Postal Code = postcode:work
        Business Country/Region = country:work
        Home Street = street:private
        Home City = city:private
        Home State = state:private
        Home Postal Code = postcode:private
        Home Country/Region = country:private
        Business Phone = phone:work
        Business Phone 2 = phone:work:2
        Home Phone = phone:private
        Mobile Phone = mobile
        Business Fax = fax
        E-mail Address = email
        E-mail 2 Address = email:other:2
        E-mail 3 Address = email:other:3
        Web Page = website
        Birthday = birthday
        Notes = about
        Categories = tags
        Anrede = academic_title
        Vorname = given_name
        Nachname = family_name
        Firma = organization
        Position = position
        Straße geschäftlich = street:work
        Ort geschäftlich = city:work
        Region geschäftlich = state:work
        Postleitzahl geschäftlich = postcode:work
        Land/Region geschäftlich = country:work
        Straße privat = street:private
        Ort privat = city:private
        Postleitzahl privat = postcode:private
        Land/Region privat = country:private
        Telefon geschäftlich = phone:work
        Telefon geschäftlich 2 = phone:work:2
        Telefon privat = phone:private
        Mobiltelefon = mobile
        Fax geschäftlich = fax
        E-Mail-Adresse = email
        E-Mail 2: Adresse = email:other:2
        E-Mail 3: Adresse = email:other:3
        Webseite = website
        Geburtstag = birthday
        Notizen = about
        Kategorien = tags
        """,
        "E-mail Type|E-mail Display Name|E-mail 2 Type|E-mail 2 Display Name|E-mail 3 Type|"
        "E-mail 3 Display Name|Initials|Priority|Private|Sensitivity|Gender|Suffix|Department|"
        "E-Mail-Typ|E-Mail: Angezeigter Name|Priorität|Vertraulichkeit|Initialen|Privat|Geschlecht|"
        "Suffix|Abteilung|Middle Name|Weitere Vornamen",
    ),
)
