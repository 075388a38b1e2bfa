"""How a workspace is spoken to: its words, its figures, and what time it is."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from dashboard.figures import Figures, known_locale
from dashboard.words import Words, language_of


@dataclass(frozen=True)
class Voice:
    say: Words
    figures: Figures
    now: datetime

    def in_currency(self, currency: str) -> "Voice":
        return replace(self, figures=replace(self.figures, currency=currency))


def voice_of(locale: str, currency: str, now: datetime, zone: tzinfo = UTC) -> Voice:
    figures = Figures(known_locale(locale), currency, zone)
    return Voice(Words(language_of(locale), figures), figures, now)
