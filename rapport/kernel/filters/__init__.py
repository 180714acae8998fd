"""Filters, the one expression language: a typed condition tree, its JSON, address and text forms, its SQL and words."""

from rapport.kernel.filters.address import from_query as from_query
from rapport.kernel.filters.address import to_pairs as to_pairs
from rapport.kernel.filters.compiler import Compiled as Compiled
from rapport.kernel.filters.compiler import compile_filter as compile_filter
from rapport.kernel.filters.compiler import filterable_fields as filterable_fields
from rapport.kernel.filters.limits import TooExpensive as TooExpensive
from rapport.kernel.filters.limits import bounded as bounded
from rapport.kernel.filters.limits import check_cost as check_cost
from rapport.kernel.filters.tree import EVERYTHING as EVERYTHING
from rapport.kernel.filters.tree import Condition as Condition
from rapport.kernel.filters.tree import FilterError as FilterError
from rapport.kernel.filters.tree import Group as Group
from rapport.kernel.filters.tree import Node as Node
from rapport.kernel.filters.tree import Refusal as Refusal
from rapport.kernel.filters.tree import Related as Related
from rapport.kernel.filters.tree import checked as checked
from rapport.kernel.filters.tree import from_json as from_json
from rapport.kernel.filters.tree import nothing_refused as nothing_refused
from rapport.kernel.filters.tree import refused as refused
from rapport.kernel.filters.tree import to_json as to_json
from rapport.kernel.filters.words import Words as Words
from rapport.kernel.filters.words import sentence_of as sentence_of
from rapport.kernel.filters.words import words_of as words_of
