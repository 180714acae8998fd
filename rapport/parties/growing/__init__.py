"""Growing records: what a stage needs, how complete a record is, what to ask next, what to mend first."""
