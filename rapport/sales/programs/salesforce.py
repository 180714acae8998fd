"""Salesforce: reports, Data Loader and the weekly data export."""

from rapport.kernel.imports.programs import Export

EXPORTS = (
    Export(
        "salesforce",
        "Salesforce",
        "people",
        (
            "Id|AccountId|LastName|MailingStreet",
            "Contact ID|Account Name|Mailing Street|Last Name",
            "Salutation|First Name|Last Name|Mailing Street|Mailing City|Account Name",
            "LeadSource|LastName|IsConverted|Company",
            "Lead ID|Last Name|Company / Account",
        ),
        """
        Id = external_key
        Contact ID = external_key
        Lead ID = external_key
        Salutation = salutation
        FirstName = given_name
        LastName = family_name
        Title = position
        Account Name = organization
        Company = organization
        Company / Account = organization
        Email = email
        Phone = phone
        MobilePhone = mobile
        Mobile = mobile
        HomePhone = phone:private
        OtherPhone = phone:other
        Fax = fax
        MailingStreet = street
        Mailing City = city
        Mailing State/Province = state
        MailingState = state
        Mailing Zip/Postal Code = postcode
        MailingPostalCode = postcode
        Mailing Country = country
        OtherStreet = street:other
        OtherCity = city:other
        OtherState = state:other
        OtherPostalCode = postcode:other
        OtherCountry = country:other
        Birthdate = birthday
        LeadSource = source
        Description = about
        Contact Owner = owner
        Lead Owner = owner
        """,
        "AccountId|Account ID|OwnerId|IsDeleted|MasterRecordId|SystemModstamp|LastModifiedById|"
        "CreatedById|Name|Mailing Address|MailingAddress|OtherAddress|PhotoUrl|ReportsToId|"
        "IsEmailBounced|Status|Rating|IsConverted",
    ),
    Export(
        "salesforce",
        "Salesforce",
        "organizations",
        (
            "Id|Name|BillingStreet|BillingCity|NumberOfEmployees",
            "Account ID|Account Name|Billing Street",
            "Account Name|Billing Street|Billing City|Billing Country",
        ),
        """
        Id = external_key
        Account ID = external_key
        Name = name
        Account Name = name
        BillingStreet = street
        BillingCity = city
        BillingState = state
        Billing State/Province = state
        BillingPostalCode = postcode
        Billing Zip/Postal Code = postcode
        BillingCountry = country
        ShippingStreet = street:delivery
        ShippingCity = city:delivery
        ShippingState = state:delivery
        Shipping State/Province = state:delivery
        ShippingPostalCode = postcode:delivery
        Shipping Zip/Postal Code = postcode:delivery
        ShippingCountry = country:delivery
        Phone = phone
        Fax = fax
        Website = website
        Industry = industry
        NumberOfEmployees = employees
        Employees = employees
        Description = about
        Account Owner = owner
        AccountSource = source
        """,
        "ParentId|OwnerId|IsDeleted|MasterRecordId|SystemModstamp|LastModifiedById|CreatedById|"
        "Rating|Type|PhotoUrl",
    ),
    Export(
        "salesforce",
        "Salesforce",
        "deals",
        (
            "Id|AccountId|StageName|CloseDate|Amount",
            "Opportunity Name|Close Date|Stage",
            "Opportunity ID|Opportunity Name",
        ),
        """
        Id = external_key
        Opportunity ID = external_key
        Name = name
        Opportunity Name = name
        AccountId = organization
        Account Name = organization
        ContactId = person
        Amount = amount
        CloseDate = expected_on
        Probability = chance
        Probability (%) = chance
        StageName = stage
        Stage = stage
        NextStep = next_step
        Description = about
        LeadSource = source
        Opportunity Owner = owner
        """,
        "OwnerId|IsDeleted|IsClosed|IsWon|SystemModstamp|LastModifiedById|CreatedById|FiscalYear|"
        "FiscalQuarter|Fiscal|Pricebook2Id|CampaignId|ForecastCategory|ForecastCategoryName|"
        "ExpectedRevenue|Type",
    ),
)
