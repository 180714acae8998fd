"""The kernel's own tables, one line each."""

from rapport.kernel.changes.models import AnyRecord as AnyRecord
from rapport.kernel.changes.models import Change as Change
from rapport.kernel.changes.models import ChangeSet as ChangeSet
from rapport.kernel.changes.models import Cursor as Cursor
from rapport.kernel.changes.models import Run as Run
from rapport.kernel.comments.models import Comment as Comment
from rapport.kernel.custom.models import CustomField as CustomField
from rapport.kernel.custom.models import Schema as Schema
from rapport.kernel.duplicates.models import DuplicatePair as DuplicatePair
from rapport.kernel.duplicates.models import Fingerprint as Fingerprint
from rapport.kernel.duplicates.models import FrequentKey as FrequentKey
from rapport.kernel.external.models import ExternalKey as ExternalKey
from rapport.kernel.files.models import StoredFile as StoredFile
from rapport.kernel.imports.models import Import as Import
from rapport.kernel.imports.models import ImportRow as ImportRow
from rapport.kernel.imports.models import ImportTemplate as ImportTemplate
from rapport.kernel.merge.models import Merge as Merge
from rapport.kernel.merge.models import MergedRecord as MergedRecord
from rapport.kernel.merge.models import MovedLink as MovedLink
from rapport.kernel.relations.models import Relationship as Relationship
from rapport.kernel.relations.models import RelationshipType as RelationshipType
from rapport.kernel.search.models import Word as Word
from rapport.kernel.shares.models import Share as Share
from rapport.kernel.timeline.models import TimelineEntry as TimelineEntry
from rapport.kernel.trash.models import TrashRule as TrashRule
from rapport.kernel.views.models import View as View
