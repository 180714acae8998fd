"""HubSpot: the export of a view, of 2023 and before."""

from rapport.kernel.imports.programs import Export

EXPORTS = (
    Export(
        "hubspot",
        "HubSpot",
        "people",
        (
            "Record ID|First Name|Last Name|Lifecycle Stage",
            "Record ID|Email|Contact owner",
            "Record ID - Contact|First Name|Last Name",
            "Contact ID|First Name|Last Name|HubSpot Owner",
        ),
        """
        Record ID = external_key
        Record ID - Contact = external_key
        Contact ID = external_key
        First Name = given_name
        Last Name = family_name
        Salutation = salutation
        Job Title = position
        Company Name = organization
        Associated Company = organization
        Email = email
        Additional email addresses = email:other
        Phone Number = phone
        Mobile Phone Number = mobile
        Fax Number = fax
        Street Address = street
        City = city
        State/Region = state
        Postal Code = postcode
        Country/Region = country
        Website URL = website
        Date of birth = birthday
        Preferred language = language
        Contact owner = owner
        HubSpot Owner = owner
        Original Source = source
        Message = about
        """,
        "Associated Company IDs|Associated Deal IDs|Associated Deal|Lead Status|Lifecycle Stage|"
        "Marketing contact status|Likelihood to close|Lead Score|HubSpot Score|Create Date|"
        "Last Activity Date|Last Modified Date",
    ),
    Export(
        "hubspot",
        "HubSpot",
        "organizations",
        (
            "Record ID|Company name|Company owner",
            "Record ID - Company|Company name",
            "Company ID|Name|Company Domain Name",
            "Record ID|Company name|Company Domain Name",
        ),
        """
        Record ID = external_key
        Record ID - Company = external_key
        Company ID = external_key
        Company name = name
        Name = name
        Company owner = owner
        Company Domain Name = website
        Website URL = website
        Phone Number = phone
        Street Address = street
        Street Address 2 = address_line_2
        City = city
        State/Region = state
        Postal Code = postcode
        Country/Region = country
        Industry = industry
        Number of Employees = employees
        Description = about
        About Us = about
        Original Source Type = source
        """,
        "Associated Contact|Associated Contact IDs|Associated Deal|Associated Deal IDs|Lead Status|"
        "Lifecycle Stage|Type|Create Date|Last Activity Date|Parent Company|Year Founded|Is Public",
    ),
    Export(
        "hubspot",
        "HubSpot",
        "deals",
        (
            "Record ID|Deal Name|Deal Stage",
            "Record ID - Deal|Deal Name",
            "Deal ID|Deal Name|Pipeline",
        ),
        """
        Record ID = external_key
        Record ID - Deal = external_key
        Deal ID = external_key
        Deal Name = name
        Deal Stage = stage
        Pipeline = pipeline
        Amount = amount
        Close Date = expected_on
        Deal owner = owner
        Deal probability = chance
        Deal Description = about
        Next step = next_step
        Associated Company = organization
        Associated Contact = person
        """,
        "Associated Company IDs|Associated Contact IDs|Amount in company currency|Forecast amount|"
        "Weighted amount|Is Closed Won|Is Deal Closed?|Deal Type|Create Date|Priority",
    ),
)
