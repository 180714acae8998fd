"""SuiteCRM and SugarCRM: the export of a list, with labels or names of fields."""

from rapport.kernel.imports.programs import Export

EXPORTS = (
    Export(
        "suitecrm",
        "SuiteCRM",
        "people",
        (
            "First Name|Last Name|ID|Salutation|Office Phone|Primary Address Street",
            "first_name|last_name|account_name|assigned_user_name",
            "Last Name|Primary Address Street|Assigned User",
            "last_name|primary_address_street|date_entered",
        ),
        """
        ID = external_key
        Salutation = salutation
        First Name = given_name
        Last Name = family_name
        Title = position
        Account Name = organization
        account_name = organization
        Email Address = email
        email1 = email
        Non Primary E-mails = email:other
        Office Phone = phone
        phone_work = phone
        Mobile = mobile
        phone_mobile = mobile
        Home = phone:private
        phone_home = phone:private
        Other Phone = phone:other
        phone_other = phone:other
        Fax = fax
        phone_fax = fax
        Primary Address Street = street
        Primary Address City = city
        Primary Address State = state
        Primary Address Postal Code = postcode
        Primary Address Country = country
        Alternate Address Street = street:other
        Alternate Address City = city:other
        Alternate Address State = state:other
        Alternate Address Postal Code = postcode:other
        Alternate Address Country = country:other
        alt_address_street = street:other
        alt_address_city = city:other
        alt_address_state = state:other
        alt_address_postalcode = postcode:other
        alt_address_country = country:other
        Birthdate = birthday
        Lead Source = source
        Description = about
        Assigned User Name = owner
        Assigned User = owner
        """,
        "Date Created|Date Modified|Modified By|Created By|Deleted|Assigned User ID|Report To ID|"
        "Campaign ID|Photo|account_id|date_entered|date_modified|modified_user_id|created_by|"
        "deleted|assigned_user_id|Name|Do Not Call",
    ),
    Export(
        "suitecrm",
        "SuiteCRM",
        "organizations",
        (
            "Name|ID|Billing Street|Office Phone|Assigned User Name",
            "name|billing_address_street|phone_office",
            "Name|Billing Street|Billing City|Office Phone",
        ),
        """
        ID = external_key
        Name = name
        Website = website
        Email Address = email
        email1 = email
        Office Phone = phone
        phone_office = phone
        Alternate Phone = phone:other
        phone_alternate = phone:other
        Fax = fax
        phone_fax = fax
        Billing Street = street
        Billing City = city
        Billing State = state
        Billing Postal Code = postcode
        Billing Country = country
        billing_address_street = street
        billing_address_city = city
        billing_address_state = state
        billing_address_postalcode = postcode
        billing_address_country = country
        Shipping Street = street:delivery
        Shipping City = city:delivery
        Shipping State = state:delivery
        Shipping Postal Code = postcode:delivery
        Shipping Country = country:delivery
        shipping_address_street = street:delivery
        shipping_address_city = city:delivery
        shipping_address_state = state:delivery
        shipping_address_postalcode = postcode:delivery
        shipping_address_country = country:delivery
        Industry = industry
        Employees = employees
        Description = about
        Assigned User Name = owner
        Assigned To = owner
        """,
        "Type|Annual Revenue|Date Created|Date Modified|Modified By|Created By|Deleted|"
        "Assigned User ID|Parent Account ID|Campaign ID|Rating|SIC Code|Ticker Symbol|Ownership|"
        "date_entered|date_modified|account_type",
    ),
    Export(
        "suitecrm",
        "SuiteCRM",
        "deals",
        (
            "Opportunity Name|ID|Sales Stage",
            "name|sales_stage|date_closed",
            "Opportunity Name|Expected Close Date|Assigned User Name",
        ),
        """
        ID = external_key
        Opportunity Name = name
        Name = name
        Account Name = organization
        Opportunity Amount = amount
        amount = amount
        Sales Stage = stage
        Probability (%) = chance
        probability = chance
        Expected Close Date = expected_on
        date_closed = expected_on
        Next Step = next_step
        Lead Source = source
        Description = about
        Assigned User Name = owner
        """,
        "Type|Date Created|Date Modified|Modified By|Created By|Deleted|Assigned User ID|Currency|"
        "Campaign ID|amount_usdollar",
    ),
)
