"""Values: what a cell says, as a typed value or a sentence about what is wrong with it."""

from rapport.kernel.imports.problems import ImportProblem
from rapport.kernel.imports.values.columns import ColumnFormat, parser_for

__all__ = ["ColumnFormat", "ImportProblem", "parser_for"]
