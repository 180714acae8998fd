"""Where values come from: their source and date, marks of guesses and doubts, and sources that disagree."""
