"""The export files of other programs: which they are, and where their columns go.

Sources: the export pages and help of the programs, and files that their users have made public.
"""

from rapport.kernel.imports.programs import Export
from rapport.sales.programs import address_books, hubspot, odoo, pipedrive, salesforce, suitecrm, zoho

EXPORTS: tuple[Export, ...] = (
    *salesforce.EXPORTS,
    *hubspot.EXPORTS,
    *pipedrive.EXPORTS,
    *zoho.EXPORTS,
    *odoo.EXPORTS,
    *suitecrm.EXPORTS,
    *address_books.EXPORTS,
)
