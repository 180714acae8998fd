"""Tests of the whole: house rules, documents, strangers, many writers at once."""
