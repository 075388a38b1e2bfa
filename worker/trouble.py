"""The one error of starting up: a sentence that says what is wrong and what to do."""


class Trouble(Exception):
    """Something outside our code stands in the way. The message is shown as it is."""
