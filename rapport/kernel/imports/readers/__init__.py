"""Readers: `open_table` makes a table of whatever file somebody has."""

from rapport.kernel.imports.readers.opening import open_table
from rapport.kernel.imports.readers.table import Facts, Row, Table, UnreadableFile

__all__ = ["Facts", "Row", "Table", "UnreadableFile", "open_table"]
