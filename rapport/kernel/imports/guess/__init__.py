"""The column guesser: proposes a field for every column of a file and says why."""

from rapport.kernel.imports.guess.mapping import guess_for, guess_mapping
from rapport.kernel.imports.guess.targets import Guess, Target

__all__ = ["Guess", "Target", "guess_for", "guess_mapping"]
