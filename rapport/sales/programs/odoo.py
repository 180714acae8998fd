"""Odoo: contacts and opportunities, import-compatible and plain."""

from rapport.kernel.imports.programs import Export

EXPORTS = (
    Export(
        "odoo",
        "Odoo",
        "people",
        (
            "id|name|parent_id/name|is_company",
            "External ID|Name|Related Company",
            "id|name|company_type|parent_id",
            "Complete Name|Salesperson|Related Company",
            "id|name|function|parent_id/id",
        ),
        """
        id = external_key
        External ID = external_key
        name = name
        Complete Name = name
        parent_id = organization
        parent_id/name = organization
        Related Company = organization
        Company Name = organization
        function = position
        Job Position = position
        email = email
        phone = phone
        mobile = mobile
        street = street
        street2 = address_line_2
        city = city
        zip = postcode
        state_id = state
        State = state
        country_id = country
        Country = country
        website = website
        Website Link = website
        comment = about
        Notes = about
        user_id = owner
        Salesperson = owner
        category_id = tags
        Tags = tags
        lang = language
        """,
        "is_company|company_type|parent_id/id|Display Name|display_name|active|Company Type|"
        "Is a Company|State_id/id|country_id/id|category_id/id|user_id/id",
    ),
    Export(
        "odoo",
        "Odoo",
        "organizations",
        (
            "id|name|is_company|vat",
            "External ID|Name|Tax ID|Is a Company",
            "Complete Name|Tax ID|Salesperson",
        ),
        """
        id = external_key
        External ID = external_key
        name = name
        Complete Name = name
        vat = vat_number
        Tax ID = vat_number
        email = email
        phone = phone
        mobile = mobile
        street = street
        street2 = address_line_2
        city = city
        zip = postcode
        state_id = state
        State = state
        country_id = country
        Country = country
        website = website
        Website Link = website
        industry_id = industry
        Industry = industry
        comment = about
        Notes = about
        user_id = owner
        Salesperson = owner
        category_id = tags
        Tags = tags
        """,
        "is_company|company_type|Is a Company|Display Name|display_name|active|parent_id|"
        "State_id/id|country_id/id|user_id/id",
    ),
    Export(
        "odoo",
        "Odoo",
        "deals",
        (
            "id|name|partner_id|expected_revenue",
            "Opportunity|Expected Revenue|Stage",
            "id|name|stage_id|planned_revenue",
        ),
        """
        id = external_key
        External ID = external_key
        name = name
        Opportunity = name
        partner_id = organization
        Customer = organization
        Contact Name = person
        expected_revenue = amount
        planned_revenue = amount
        Expected Revenue = amount
        stage_id = stage
        Stage = stage
        probability = chance
        Probability = chance
        date_deadline = expected_on
        Expected Closing = expected_on
        user_id = owner
        Salesperson = owner
        tag_ids = tags
        Tags = tags
        description = about
        Notes = about
        """,
        "Email|Phone|Created on|Sales Team|team_id|priority|Active|type|active",
    ),
)
