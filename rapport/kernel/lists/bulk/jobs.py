"""The worker learns here how many records are edited; the job itself is the one of all long acts."""

from rapport.kernel.lists.bulk.edit import edit_step as edit_step
