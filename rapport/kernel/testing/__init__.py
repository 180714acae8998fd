"""For tests: `make` fills a record of any type, `RecordContract` is what every record type must keep."""

from rapport.kernel.testing.contract import RecordContract as RecordContract
from rapport.kernel.testing.make import make as make
from rapport.kernel.testing.make import make_user as make_user
