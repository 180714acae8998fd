"""What stops a command: one clear sentence for the person at the keyboard."""


class Refusal(Exception):  # noqa: N818 - it is an answer, not a defect
    """The command cannot go on; the text says what is wrong and what to do."""
