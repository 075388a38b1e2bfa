"""The change feeds of one grant: a user has one, and so has every shared drive. A cursor remembers a place in each."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from worker.google_drive.listing import FILE_FIELDS, could_hold_table, remote_file
from worker.google_drive.refusals import CursorRefused
from worker.google_drive.service import Google
from worker.platform import Change, FileGone, PlatformError

OWN = ""
"""Name of the user's own feed; the others are named by the id of their shared drive."""

_PAGE = 1000
_FIELDS = f"nextPageToken,newStartPageToken,changes(changeType,removed,fileId,driveId,file({FILE_FIELDS}))"

Places = dict[str, str]


def cursor_of(places: Places) -> str:
    return json.dumps(places, sort_keys=True)


def start(google: Google, drive_ids: list[str]) -> Places:
    """Find the end of every feed."""
    feeds = [OWN, *drive_ids]
    places: Places = {}
    answers = google.ask_together([google.drive.changes().getStartPageToken(**_feed(feed)) for feed in feeds])
    for feed, answer in zip(feeds, answers, strict=True):
        if isinstance(answer, PlatformError):
            raise answer
        places[feed] = answer["startPageToken"]
    return places


@dataclass
class News:
    """What the feeds told since a cursor."""

    places: Places
    changes: dict[str, Change] = field(default_factory=dict[str, Change])
    joined: list[str] = field(default_factory=list[str])
    """Shared drives that the account became a member of."""
    gap: bool = False
    """Something may have happened that no feed tells."""


def since(google: Google, cursor: str) -> News:
    """Read all feeds: one HTTP request when nothing happened."""
    places: Places = json.loads(cursor)
    news = News(dict(places))
    first_pages = google.ask_together([_page(google, feed, token) for feed, token in places.items()])
    for (feed, token), page in zip(places.items(), first_pages, strict=True):
        if isinstance(page, FileGone) and feed != OWN:
            _left(news, feed)
        elif isinstance(page, CursorRefused):
            news.places |= {feed: start(google, [feed])[feed]} if feed != OWN else start(google, [])
            news.gap = True
        elif isinstance(page, PlatformError):
            raise page
        else:
            for entry in _entries(google, news, feed, token, page):
                _take(news, entry)
    return news


def _entries(google: Google, news: News, feed: str, token: str, page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    while True:
        yield from page.get("changes", [])
        if "newStartPageToken" in page:
            news.places[feed] = page["newStartPageToken"]
            return
        token = page.get("nextPageToken", token)
        page = google.ask(_page(google, feed, token))


def _take(news: News, entry: dict[str, Any]) -> None:
    if entry.get("changeType") == "drive":
        _take_drive(news, entry)
    elif entry.get("removed") or "file" not in entry:
        news.changes[entry["fileId"]] = Change(entry["fileId"], None)
    elif could_hold_table(entry["file"]["name"], entry["file"]["mimeType"]):
        news.changes[entry["fileId"]] = Change(entry["fileId"], remote_file(entry["file"]))


def _take_drive(news: News, entry: dict[str, Any]) -> None:
    drive = entry["driveId"]
    if entry.get("removed"):
        _left(news, drive)
    elif drive not in news.places and drive not in news.joined:
        news.joined.append(drive)


def _left(news: News, drive: str) -> None:
    """No feed tells which files went out of sight with a drive."""
    news.gap = news.gap or drive in news.places
    news.places.pop(drive, None)


def _page(google: Google, feed: str, token: str) -> Any:
    return google.drive.changes().list(
        pageToken=token,
        pageSize=_PAGE,
        includeItemsFromAllDrives=True,
        includeRemoved=True,
        fields=_FIELDS,
        **_feed(feed),
    )


def _feed(feed: str) -> dict[str, Any]:
    return {"supportsAllDrives": True} | ({} if feed == OWN else {"driveId": feed})
