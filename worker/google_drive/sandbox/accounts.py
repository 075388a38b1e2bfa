"""The people and the OAuth client that the sandbox knows from the start."""

import msgspec

CLIENT_ID = "media-planner.apps.sandbox.example"
CLIENT_SECRET = "known-to-everyone"  # noqa: S105 a stand-in that guards nothing: it is printed in the README


class Account(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    name: str
    about: str
    """One line for the account chooser."""


MARA = Account(
    email="mara@sandbox.example",
    name="Mara Lindt",
    about="Has campaign files: her own, shared, and in shared drives",
)
THEO = Account(email="theo@sandbox.example", name="Theo Brandt", about="Has an empty Drive")
INES = Account(
    email="ines@sandbox.example", name="Ines Okafor", about="A colleague: owns some files, sees two shared drives"
)

ACCOUNTS = (MARA, THEO, INES)
