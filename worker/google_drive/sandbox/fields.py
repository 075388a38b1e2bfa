"""The `fields` mask: `nextPageToken,files(id,owners/emailAddress)`, held against the schema of the answer."""

import re
from typing import Any, TypeAlias, cast

from worker.google_drive.sandbox.errors import ApiError
from worker.google_drive.sandbox.google_methods import description

Mask: TypeAlias = dict[str, "Mask"]
"""Wanted fields; an empty mask below a name wants all of it. "*" stands for every name."""

TOKEN = re.compile(r"\s*([\w*$-]+|[,()/.])\s*")
ANYTHING: dict[str, Any] = {"type": "any"}


class MaskReader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[str] = []
        position = 0
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None:
                raise invalid_selection(text[position:])
            self._tokens.append(match[1])
            position = match.end()

    def read(self) -> Mask:
        mask = self._selection()
        if self._tokens:
            raise invalid_selection(self._tokens[0])
        return mask

    def _selection(self) -> Mask:
        mask: Mask = {}
        while True:
            self._path(mask)
            if not self._take(","):
                return mask

    def _path(self, mask: Mask) -> None:
        if not self._tokens or not re.fullmatch(r"[\w*$-]+", self._tokens[0]):
            raise invalid_selection(self._tokens[0] if self._tokens else self._text)
        name = self._tokens.pop(0)
        whole = name in mask and not mask[name]
        inner = mask.setdefault(name, {})
        if self._take("/") or self._take("."):
            self._path(inner)
        elif self._take("("):
            inner.update(self._selection())
            if not self._take(")"):
                raise invalid_selection(self._text)
        else:
            whole = True
        if whole:
            inner.clear()

    def _take(self, token: str) -> bool:
        if self._tokens[:1] == [token]:
            del self._tokens[0]
            return True
        return False


def invalid_selection(selection: str) -> ApiError:
    return ApiError(400, "invalidParameter", f"Invalid field selection {selection}", location="fields")


def read_mask(text: str, api: str, schema: str) -> Mask:
    """Parse a mask and check that the schema has every field it names."""
    mask = MaskReader(text).read()
    check(mask, {"$ref": schema}, description(api).schemas)
    return mask


def check(mask: Mask, spec: dict[str, Any], schemas: dict[str, Any]) -> None:
    fields = fields_of(spec, schemas)
    for name, inner in mask.items():
        if name == "*":
            for field in fields.values():
                check_inside(inner, field, schemas)
        elif "*" not in fields and name not in fields:
            raise invalid_selection(name)
        else:
            check_inside(inner, fields.get(name, ANYTHING), schemas)


def check_inside(mask: Mask, spec: dict[str, Any], schemas: dict[str, Any]) -> None:
    if mask:
        check(mask, spec, schemas)


def fields_of(spec: dict[str, Any], schemas: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Fields below a schema node; "*" among them means that any name will do."""
    while "$ref" in spec or spec.get("type") == "array":
        spec = schemas[spec["$ref"]] if "$ref" in spec else spec["items"]
    if "additionalProperties" in spec or spec["type"] == "any":
        return {"*": spec.get("additionalProperties", ANYTHING)}
    return spec.get("properties", {})


def apply(mask: Mask, value: Any) -> Any:
    """What the mask leaves of a JSON value."""
    if not mask:
        return value
    if isinstance(value, list):
        return [apply(mask, item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for name, inner in cast("dict[str, Any]", value).items():
        wanted = mask.get(name, mask.get("*"))
        if wanted is not None:
            kept[name] = apply(wanted, inner)
    return kept
