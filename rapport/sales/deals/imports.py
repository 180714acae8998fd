"""What deals tell the import: an organization that is not here yet is made."""

from rapport.parties.import_organizations import WithOrganizations


class DealExtension(WithOrganizations):
    """The organization is found by name, key, e-mail address or number; a name that nobody has is a new one."""

    takes_oldest = False
