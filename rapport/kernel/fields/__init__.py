"""The field types: `from rapport.kernel import fields as f`, then `f.Text(_("Name"), privacy=f.PERSONAL)`."""

from rapport.kernel.fields.base import Context as Context
from rapport.kernel.fields.base import FieldType as FieldType
from rapport.kernel.fields.base import Operator as Operator
from rapport.kernel.fields.base import Privacy as Privacy
from rapport.kernel.fields.base import operator_named as operator_named
from rapport.kernel.fields.choices import Choice as Choice
from rapport.kernel.fields.choices import Choices as Choices
from rapport.kernel.fields.choices import Tags as Tags
from rapport.kernel.fields.contact import Email as Email
from rapport.kernel.fields.contact import Phone as Phone
from rapport.kernel.fields.contact import Web as Web
from rapport.kernel.fields.dates import Date as Date
from rapport.kernel.fields.dates import DayOrMoment as DayOrMoment
from rapport.kernel.fields.dates import Moment as Moment
from rapport.kernel.fields.files import File as File
from rapport.kernel.fields.files import Picture as Picture
from rapport.kernel.fields.links import Link as Link
from rapport.kernel.fields.links import LinkBase as LinkBase
from rapport.kernel.fields.links import OptionLink as OptionLink
from rapport.kernel.fields.links import TeamLink as TeamLink
from rapport.kernel.fields.links import UserLink as UserLink
from rapport.kernel.fields.numbers import Amount as Amount
from rapport.kernel.fields.numbers import Money as Money
from rapport.kernel.fields.numbers import Number as Number
from rapport.kernel.fields.numbers import Percent as Percent
from rapport.kernel.fields.numbers import YesNo as YesNo
from rapport.kernel.fields.places import Address as Address
from rapport.kernel.fields.places import Country as Country
from rapport.kernel.fields.places import Language as Language
from rapport.kernel.fields.text import LongText as LongText
from rapport.kernel.fields.text import Text as Text

INTERNAL = Privacy.INTERNAL
BUSINESS = Privacy.BUSINESS
PERSONAL = Privacy.PERSONAL
FINANCIAL = Privacy.FINANCIAL
SENSITIVE = Privacy.SENSITIVE
