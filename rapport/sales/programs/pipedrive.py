"""Pipedrive: the export of a list."""

from rapport.kernel.imports.programs import Export

EXPORTS = (
    Export(
        "pipedrive",
        "Pipedrive",
        "people",
        (
            "Person - ID|Person - Name",
            "Person - Name|Person - Organization",
            "Person - Name|Person - Email - Work",
        ),
        """
        Person - ID = external_key
        Person - Name = name
        Person - First name = given_name
        Person - Last name = family_name
        Person - Organization = organization
        Person - Job title = position
        Person - Email - Work = email:work
        Person - Email - Home = email:private
        Person - Email - Other = email:other
        Person - Email = email
        Person - Phone - Work = phone:work
        Person - Phone - Home = phone:private
        Person - Phone - Mobile = mobile
        Person - Phone - Other = phone:other
        Person - Phone = phone
        Person - Postal address = address
        Person - Birthday = birthday
        Person - Label = tags
        Person - Labels = tags
        Person - Owner = owner
        Person - Notes = about
        """,
        "Person - Open deals|Person - Closed deals|Person - Next activity date|Person - Won deals|"
        "Person - Lost deals|Person - Total activities|Person - Visible to|Person - Person created|"
        "Person - Update time|Person - Organization - ID|Person - Profile picture",
    ),
    Export(
        "pipedrive",
        "Pipedrive",
        "organizations",
        (
            "Organization - ID|Organization - Name",
            "Organization - Name|Organization - People",
        ),
        """
        Organization - ID = external_key
        Organization - Name = name
        Organization - Address = address
        Organization - Label = tags
        Organization - Labels = tags
        Organization - Owner = owner
        Organization - Website = website
        Organization - Industry = industry
        Organization - Number of employees = employees
        """,
        "Organization - People|Organization - Open deals|Organization - Closed deals|"
        "Organization - Visible to|Organization - Next activity date|Organization - Won deals|"
        "Organization - Lost deals|Organization - Organization created|Organization - Update time|"
        "Organization - Annual revenue",
    ),
    Export(
        "pipedrive",
        "Pipedrive",
        "deals",
        (
            "Deal - ID|Deal - Title",
            "Deal - Title|Deal - Stage",
        ),
        """
        Deal - ID = external_key
        Deal - Title = name
        Deal - Organization = organization
        Deal - Contact person = person
        Deal - Value = amount
        Deal - Stage = stage
        Deal - Pipeline = pipeline
        Deal - Probability = chance
        Deal - Expected close date = expected_on
        Deal - Owner = owner
        Deal - Label = tags
        """,
        "Deal - Currency of Value|Deal - Weighted value|Deal - Status|Deal - Deal created|"
        "Deal - Update time|Deal - Visible to|Deal - Won time|Deal - Lost time|"
        "Deal - Total activities|Deal - Next activity date",
    ),
    Export(
        "pipedrive",
        "Pipedrive",
        "activities",
        (
            "Activity - ID|Activity - Subject",
            "Activity - Subject|Activity - Due date",
        ),
        """
        Activity - ID = external_key
        Activity - Subject = subject
        Activity - Due date = due_at
        Activity - Note = body
        Activity - Assigned to user = owner
        """,
        "Activity - Type|Activity - Done|Activity - Add time|Activity - Duration|Activity - Due time",
    ),
)
