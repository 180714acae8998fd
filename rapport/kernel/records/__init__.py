"""Records: what they have in common, the door for writing them, the deeds that can be done to them."""

from rapport.kernel.records.actions import action as action
from rapport.kernel.records.actions import available_actions as available_actions
from rapport.kernel.records.base import Record as Record
from rapport.kernel.records.bulk import create_records as create_records
from rapport.kernel.records.bulk import delete_record as delete_record
from rapport.kernel.records.bulk import delete_records as delete_records
from rapport.kernel.records.bulk import restore_record as restore_record
from rapport.kernel.records.bulk import restore_records as restore_records
from rapport.kernel.records.bulk import update_records as update_records
from rapport.kernel.records.door import save_record as save_record
from rapport.kernel.records.door import unchanged_since as unchanged_since
from rapport.kernel.records.errors import Conflict as Conflict
from rapport.kernel.records.errors import NotVisible as NotVisible
from rapport.kernel.records.errors import Refused as Refused
from rapport.kernel.records.errors import RuleError as RuleError
from rapport.kernel.registry import part_type as part_type
from rapport.kernel.registry import record_type as record_type
