"""Formulas: a small language over the fields of a record and of what it links to, compiled to SQL and nowhere else."""

from rapport.kernel.custom.formulas.compiler import Program as Program
from rapport.kernel.custom.formulas.compiler import compile_formula as compile_formula
from rapport.kernel.custom.formulas.refs import Ref as Ref
from rapport.kernel.custom.formulas.tree import FormulaError as FormulaError
