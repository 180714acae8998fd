"""What happened with a record, newest first. Areas add kinds of items (sources.py) and followers (entries.py)."""

from rapport.kernel.timeline.entries import follow as follow
