"""Zoho CRM: the export of a module, with and without the names of its fields' parts."""

from rapport.kernel.imports.programs import Export

EXPORTS = (
    Export(
        "zoho",
        "Zoho CRM",
        "people",
        (
            "Record Id|Contact Owner.id|Last Name",
            "Contact Owner.id|Account Name.id|Last Name",
            "Record Id|Lead Owner.id|Company",
            "Contact Id|Contact Owner Id|Account Name|Last Name",
        ),
        """
        Record Id = external_key
        Contact Id = external_key
        Contact Owner = owner
        Lead Owner = owner
        Salutation = salutation
        First Name = given_name
        Last Name = family_name
        Account Name = organization
        Company = organization
        Title = position
        Email = email
        Secondary Email = email:other
        Phone = phone
        Home Phone = phone:private
        Other Phone = phone:other
        Mobile = mobile
        Fax = fax
        Mailing Street = street
        Mailing City = city
        Mailing State = state
        Mailing Zip = postcode
        Mailing Country = country
        Other Street = street:other
        Other City = city:other
        Other State = state:other
        Other Zip = postcode:other
        Other Country = country:other
        Street = street
        City = city
        State = state
        Zip Code = postcode
        Country = country
        Date of Birth = birthday
        Website = website
        Lead Source = source
        Tag = tags
        Description = about
        """,
        "Contact Owner.id|Lead Owner.id|Account Name.id|Vendor Name.id|Created By.id|"
        "Modified By.id|Created By|Modified By|Created Time|Modified Time|Last Activity Time|"
        "Contact Name|Lead Status|Rating|Email Opt Out|Skype ID",
    ),
    Export(
        "zoho",
        "Zoho CRM",
        "organizations",
        (
            "Record Id|Account Owner.id|Account Name",
            "Account Id|Account Owner Id|Account Name",
        ),
        """
        Record Id = external_key
        Account Id = external_key
        Account Owner = owner
        Account Name = name
        Phone = phone
        Fax = fax
        Website = website
        Industry = industry
        Employees = employees
        Billing Street = street
        Billing City = city
        Billing State = state
        Billing Code = postcode
        Billing Country = country
        Shipping Street = street:delivery
        Shipping City = city:delivery
        Shipping State = state:delivery
        Shipping Code = postcode:delivery
        Shipping Country = country:delivery
        Tag = tags
        Description = about
        """,
        "Account Owner.id|Parent Account.id|Created By.id|Modified By.id|Created By|Modified By|"
        "Created Time|Modified Time|Last Activity Time|Rating|Account Type|Ownership|SIC Code|"
        "Annual Revenue|Ticker Symbol|Account Site",
    ),
    Export(
        "zoho",
        "Zoho CRM",
        "deals",
        (
            "Record Id|Deal Owner.id|Deal Name",
            "Deal Id|Deal Owner Id|Deal Name",
        ),
        """
        Record Id = external_key
        Deal Id = external_key
        Deal Owner = owner
        Deal Name = name
        Account Name = organization
        Contact Name = person
        Amount = amount
        Stage = stage
        Closing Date = expected_on
        Probability (%) = chance
        Next Step = next_step
        Lead Source = source
        Tag = tags
        Description = about
        """,
        "Deal Owner.id|Account Name.id|Contact Name.id|Created By.id|Modified By.id|Created By|"
        "Modified By|Expected Revenue|Created Time|Modified Time|Last Activity Time|Type|"
        "Campaign Source.id|Reason For Loss",
    ),
)
