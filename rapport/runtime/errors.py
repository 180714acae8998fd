"""What stops a command: one clear sentence for the person at the keyboard."""


class Refusal(Exception):
    """The command cannot go on; the text says what is wrong and what to do."""
