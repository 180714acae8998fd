"""The text form of filters: what a person types, what stands for a tree, and what could come next."""

from rapport.kernel.filters.text.completion import Suggestion as Suggestion
from rapport.kernel.filters.text.completion import complete as complete
from rapport.kernel.filters.text.parser import parse_text as parse_text
from rapport.kernel.filters.text.printer import text_of as text_of
from rapport.kernel.filters.text.tokens import TextError as TextError
