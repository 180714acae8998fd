"""The life cycle of parties: rules that move them from stage to stage, their history, and the funnel."""
