"""The dashboard with a clock that stands still, so that two looks at a page can be compared pixel by pixel."""

import os
from datetime import datetime, tzinfo

from dashboard import parts, visits
from dashboard.asgi import app
from dashboard.workspace import connection
from tests.dashboard.site import STANDS_AT

__all__ = ["app"]


class Still(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.fromisoformat(os.environ[STANDS_AT]).astimezone(tz)


for module in (visits, parts, connection):
    module.datetime = Still  # pyright: ignore[reportAttributeAccessIssue]
