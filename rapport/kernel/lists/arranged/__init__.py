"""What rows can be arranged by: the lanes of a board, the groups of a table, the days of a calendar."""

from rapport.kernel.lists.arranged.division import Division as Division
from rapport.kernel.lists.arranged.division import Name as Name
from rapport.kernel.lists.arranged.fields import date_fields as date_fields
from rapport.kernel.lists.arranged.fields import division_of as division_of
from rapport.kernel.lists.arranged.fields import lane_fields as lane_fields
from rapport.kernel.lists.arranged.fields import layouts_of as layouts_of
