"""Mails that are sent once: kept in the transaction of what they tell of, sent by a job, noted when they were."""
