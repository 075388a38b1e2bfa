"""Why a cell that should hold a number holds none, in words."""

TWO_WAYS = "can be read in two ways: the mark could be a decimal or a thousands mark"


def why(raw: str, *, undecided: bool) -> str:
    """`undecided`: the column does not tell which mark is the decimal one."""
    text = raw.strip()
    if text.startswith("#"):
        return f"the formula shows the error {text}"
    if text.endswith("%"):
        return "a percentage where an amount belongs"
    if text[:1] in "<>":
        return "only a limit is known, not the number"
    if undecided and any(char.isdigit() for char in text) and not any(char.isalpha() for char in text):
        return TWO_WAYS
    return "not a number"
