"""Google's own description of Drive v3 and Sheets v4, as it ships inside google-api-python-client.

It decides which paths exist, which parameters and scopes a method takes, and which fields an answer may have.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from worker.google_drive.sandbox.errors import ApiError

SCOPE_PREFIX = "https://www.googleapis.com/auth/"
FALSE_WORDS = ("false", "0", "f", "no", "n")
TRUE_WORDS = ("true", "1", "t", "yes", "y")


class Method(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    api: str
    """drive | sheets"""
    http_method: str
    pattern: re.Pattern[str]
    parameters: dict[str, Any]
    scopes: frozenset[str]
    answer: str | None
    """Name of the answer's schema."""
    body: str | None
    """Name of the request body's schema."""
    takes_upload: bool


class Description(msgspec.Struct, frozen=True, kw_only=True):
    schemas: dict[str, Any]
    methods: tuple[Method, ...]


@cache
def description(api: str) -> Description:
    name = {"drive": "drive.v3.json", "sheets": "sheets.v4.json"}[api]
    text = (files("googleapiclient") / "discovery_cache" / "documents" / name).read_bytes()
    document = msgspec.json.decode(text)
    found = [
        read_method(raw, api, document) for resource in document["resources"].values() for raw in all_methods(resource)
    ]
    # The most particular path is tried first: "files/{fileId}" would swallow "files/generateIds".
    found.sort(key=lambda method: (method.pattern.groups, -len(method.pattern.pattern)))
    return Description(schemas=document["schemas"], methods=tuple(found))


def all_methods(resource: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(resource.get("methods", {}).values())
    for inner in resource.get("resources", {}).values():
        found += all_methods(inner)
    return found


def read_method(raw: dict[str, Any], api: str, document: dict[str, Any]) -> Method:
    path = "/" + document["servicePath"] + raw["path"]
    pattern = re.sub(r"\\\{\\?\+?(\w+)\\\}", r"(?P<\1>[^/]+?)", re.escape(path))
    return Method(
        id=raw["id"],
        api=api,
        http_method=raw["httpMethod"],
        pattern=re.compile(pattern),
        parameters={**document["parameters"], **raw.get("parameters", {})},
        scopes=frozenset(raw.get("scopes", ())),
        answer=raw.get("response", {}).get("$ref"),
        body=raw.get("request", {}).get("$ref"),
        takes_upload=raw.get("supportsMediaUpload", False),
    )


def find_method(http_method: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """Find the method that serves a still percent-encoded path, and what its placeholders hold."""
    for api in ("drive", "sheets"):
        for method in description(api).methods:
            match = method.pattern.fullmatch(path) if method.http_method == http_method else None
            if match:
                return method, match.groupdict()
    return None


def read_parameters(method: Method, query: list[tuple[str, str]]) -> dict[str, Any]:
    """Turn query parameters into typed values, defaults filled in; refuse what Google would refuse."""
    given: dict[str, Any] = {}
    for name, text in query:
        spec = method.parameters.get(name)
        if spec is None or spec["location"] != "query":
            raise ApiError(
                400, "badRequest", f'Unknown name "{name}": the method has no such parameter.', location=name
            )
        value = read_value(name, text, spec)
        if spec.get("repeated"):
            given.setdefault(name, []).append(value)
        else:
            given[name] = value
    for name, spec in method.parameters.items():
        if spec["location"] != "query" or name in given:
            continue
        if spec.get("required"):
            raise ApiError(400, "required", f"Required parameter: {name}", location=name)
        if "default" in spec:
            given[name] = read_value(name, spec["default"], spec)
    return given


def read_value(name: str, text: str, spec: dict[str, Any]) -> str | int | bool:
    if spec["type"] == "boolean":
        if text.lower() not in TRUE_WORDS + FALSE_WORDS:
            raise wrong_parameter(name, f"Invalid boolean value: '{text}'.")
        return text.lower() in TRUE_WORDS
    if spec["type"] == "integer":
        return read_integer(name, text, spec)
    if "enum" in spec and text not in spec["enum"]:
        raise wrong_parameter(name, f"Invalid value '{text}'. Allowed values: [{', '.join(spec['enum'])}]")
    return text


def read_integer(name: str, text: str, spec: dict[str, Any]) -> int:
    if not re.fullmatch(r"-?\d{1,18}", text):
        raise wrong_parameter(name, f"Invalid value '{text}'. It must be a whole number.")
    value = int(text)
    least, most = int(spec.get("minimum", value)), int(spec.get("maximum", value))
    if not least <= value <= most:
        raise wrong_parameter(name, f"Invalid value '{text}'. Values must be within the range: [{least}, {most}]")
    return value


def wrong_parameter(name: str, message: str) -> ApiError:
    return ApiError(400, "invalidParameter", message, location=name)


def read_body(method: Method, text: bytes) -> dict[str, Any]:
    """Read a JSON request body. Refuse what its schema does not know or types otherwise."""
    try:
        body = msgspec.json.decode(text or b"{}", type=dict[str, Any])
    except msgspec.DecodeError:
        raise ApiError(400, "parseError", "Parse Error") from None
    schemas = description(method.api).schemas
    if method.body:
        check_value("", body, schemas[method.body], schemas)
    return body


KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "array": (list,),
    "any": (object,),
}


def check_value(name: str, value: Any, spec: dict[str, Any], schemas: dict[str, Any]) -> None:
    spec = schemas[spec["$ref"]] if "$ref" in spec else spec
    if value is None:
        return
    # An int64 travels as text, but a bare number is understood too.
    kinds = (str, int) if spec.get("format") == "int64" else KINDS[spec["type"]]
    if not isinstance(value, kinds):
        raise ApiError(400, "invalid", f"Invalid value for {name}: it must be of type {spec['type']}.", location=name)
    if spec["type"] == "array":
        for item in value:
            check_value(name, item, spec["items"], schemas)
    elif spec["type"] == "object":
        check_fields(name, value, spec, schemas)


def check_fields(name: str, value: dict[str, Any], spec: dict[str, Any], schemas: dict[str, Any]) -> None:
    for field, inner in value.items():
        known = spec.get("properties", {}).get(field, spec.get("additionalProperties"))
        if known is None:
            raise ApiError(400, "badRequest", f'Unknown name "{field}": the body has no such field.', location=field)
        check_value(f"{name}.{field}" if name else field, inner, known, schemas)
