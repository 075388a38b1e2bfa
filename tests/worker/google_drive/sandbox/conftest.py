"""The sandbox over real HTTP, driven by Google's own client libraries; every answer is held against their schemas."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httplib2
import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from google_auth_oauthlib.flow import Flow
from googleapiclient.discovery import build_from_document

from worker.google_drive.sandbox.accounts import CLIENT_ID, CLIENT_SECRET, MARA
from worker.google_drive.sandbox.running import Running, running

DRIVE_READONLY = "https://www.googleapis.com/auth/drive.readonly"
DRIVE = "https://www.googleapis.com/auth/drive"
CALLBACK = "http://127.0.0.1:8501/connect/google/callback"


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    assert os.environ["OAUTHLIB_INSECURE_TRANSPORT"] == "1"


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("sandbox") / "sandbox.sqlite", empty=True) as server:
        yield server


@pytest.fixture
def sandbox(sandbox_server: Running) -> Running:
    """Give a sandbox with accounts and no files."""
    sandbox_server.control.reset(empty=True)
    return sandbox_server


@cache
def document(name: str) -> dict[str, Any]:
    text = (files("googleapiclient") / "discovery_cache" / "documents" / f"{name}.json").read_text()
    return json.loads(text)


@dataclass(frozen=True)
class Consent:
    """One way through the consent page with the real Flow."""

    url: str
    flows: list[Flow] = field(default_factory=list)

    def flow(self, scopes: Sequence[str] = (DRIVE_READONLY,), **options: Any) -> Flow:
        client = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "auth_uri": f"{self.url}/o/oauth2/v2/auth",
            "token_uri": f"{self.url}/token",
        }
        self.flows.append(
            Flow.from_client_config({"web": client}, scopes=list(scopes), redirect_uri=CALLBACK, **options)
        )
        return self.flows[-1]


def answer_of(redirect: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(redirect).query).items()}


@pytest.fixture
def consent(sandbox: Running) -> Iterator[Consent]:
    way = Consent(sandbox.url)
    yield way
    for flow in way.flows:
        flow.oauth2session.close()


@pytest.fixture
def sign_in(sandbox: Running, consent: Consent) -> Callable[..., Credentials]:
    """Give credentials of an account after a walk through the consent page."""

    def go(account: str = MARA.email, scopes: Sequence[str] = (DRIVE,)) -> Credentials:
        flow = consent.flow(scopes)
        address, _ = flow.authorization_url(access_type="offline", prompt="consent")
        flow.fetch_token(code=answer_of(sandbox.control.consent(address, account))["code"])
        return flow.credentials

    return go


def kind_fits(value: Any, spec: dict[str, Any]) -> bool:
    kinds: dict[str, tuple[type, ...]] = {
        "string": (str,),
        "boolean": (bool,),
        "integer": (int,),
        "number": (int, float),
        "any": (object,),
        "object": (dict,),
        "array": (list,),
    }
    right = isinstance(value, kinds[spec["type"]])
    if isinstance(value, bool) and spec["type"] in ("integer", "number"):
        return False
    if spec.get("format") == "int64":
        return right and value.lstrip("-").isdigit()
    if spec.get("format") == "date-time":
        return right and datetime.fromisoformat(value).tzinfo is not None
    return right and value in spec.get("enum", [value])


def misfits(value: Any, spec: dict[str, Any], schemas: dict[str, Any], where: str) -> list[str]:
    """List where a JSON value strays from a discovery schema: keys it does not know, and wrong types."""
    if "$ref" in spec:
        spec = schemas[spec["$ref"]]
    if not kind_fits(value, spec):
        return [f"{where}: {value!r} is no {spec['type']} {spec.get('format', '')}"]
    found: list[str] = []
    if spec["type"] == "array":
        for place, item in enumerate(value):
            found += misfits(item, spec["items"], schemas, f"{where}[{place}]")
    if spec["type"] == "object":
        for name, inner in value.items():
            known = spec.get("properties", {}).get(name, spec.get("additionalProperties"))
            found += misfits(inner, known, schemas, f"{where}.{name}") if known else [f"{where}.{name}: not in schema"]
    return found


class CheckedHttp(httplib2.Http):
    """The transport under Google's client, which holds each JSON answer against the schema of its method."""

    def __init__(self, schema_of: Callable[[str, str], tuple[dict[str, Any], str] | None]) -> None:
        super().__init__(timeout=20)
        self.redirect_codes -= {308}  # to Google it means "go on with the upload"
        self._schema_of = schema_of
        self.checked = 0

    def request(self, uri: str, method: str = "GET", *args: Any, **rest: Any) -> Any:
        response, content = super().request(uri, method, *args, **rest)
        meant = rest.get("headers", {}).get("x-http-method-override", method)
        found = self._schema_of(meant, urlsplit(uri).path)
        if found and response.status == 200 and response.get("content-type", "").startswith("application/json"):
            schemas, name = found
            assert misfits(json.loads(content), {"$ref": name}, schemas, name) == []
            self.checked += 1
        return response, content


def schema_finder(name: str) -> Callable[[str, str], tuple[dict[str, Any], str] | None]:
    known = {
        ("GET", "/drive/v3/about"): "About",
        ("GET", "/drive/v3/files"): "FileList",
        ("POST", "/drive/v3/files"): "File",
        ("POST", "/upload/drive/v3/files"): "File",
        ("GET", "/drive/v3/changes"): "ChangeList",
        ("GET", "/drive/v3/changes/startPageToken"): "StartPageToken",
        ("GET", "/drive/v3/drives"): "DriveList",
    }
    schemas = document(name)["schemas"]

    def find(method: str, path: str) -> tuple[dict[str, Any], str] | None:
        if name == "sheets.v4":
            kinds = {"values:batchGet": "BatchGetValuesResponse"}
            last = path.rsplit("/", 1)[-1]
            if "/values/" in path:
                return schemas, "UpdateValuesResponse" if method == "PUT" else "ValueRange"
            return schemas, kinds.get(last, "Spreadsheet")
        kind = known.get((method, path))
        if kind is None and method in ("GET", "PATCH") and path.count("/") == 4 and "/files/" in path:
            kind = "File"
        return (schemas, kind) if kind else None

    return find


@pytest.fixture
def service(sandbox: Running) -> Iterator[Callable[..., Any]]:
    """Build Google's client for an API against the sandbox."""
    opened: list[AuthorizedHttp] = []

    def build(credentials: Credentials, name: str = "drive.v3") -> Any:
        described = dict(document(name))
        described |= {"rootUrl": sandbox.url + "/", "baseUrl": sandbox.url + "/" + described["servicePath"]}
        described.pop("mtlsRootUrl", None)
        transport = AuthorizedHttp(credentials, http=CheckedHttp(schema_finder(name)))
        opened.append(transport)
        return build_from_document(described, http=transport)

    yield build
    for transport in opened:
        transport.close()


@pytest.fixture
def drive(sign_in: Callable[..., Credentials], service: Callable[..., Any]) -> Any:
    """Give Mara's Drive with full access."""
    return service(sign_in())


@pytest.fixture
def sheets(sign_in: Callable[..., Credentials], service: Callable[..., Any]) -> Any:
    """Give Mara's Sheets with full access."""
    return service(sign_in(), "sheets.v4")
