"""Google's two error shapes: Drive names a reason for each error, Sheets a status."""

from typing import Any

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    416: "OUT_OF_RANGE",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class ApiError(Exception):
    """A refusal as the API words it. `location` names the parameter or header that is to blame."""

    def __init__(
        self, code: int, reason: str, message: str, *, location: str | None = None, status: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.location = location
        self.status = status
        self.headers: dict[str, str] = {}

    def body(self, api: str) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": str(self)}
        if api == "drive":
            error["errors"] = [self._detail()]
        # Drive leaves the status out for what it words itself; what its front door refuses carries one.
        if api == "sheets" or self.code in (401, 501) or self.reason == "insufficientPermissions" or self.status:
            error["status"] = self.status or STATUS_NAMES.get(self.code, "UNKNOWN")
        return {"error": error}

    def _detail(self) -> dict[str, str]:
        detail = {"message": str(self), "domain": self._domain(), "reason": self.reason}
        if self.location:
            detail["location"] = self.location
            detail["locationType"] = "header" if self.location in ("Authorization", "Range") else "parameter"
        return detail

    def _domain(self) -> str:
        return "usageLimits" if self.reason.lower().endswith(("ratelimitexceeded", "dailylimitexceeded")) else "global"


def file_not_found(file_id: str) -> ApiError:
    return ApiError(404, "notFound", f"File not found: {file_id}.", location="fileId")


def invalid_value(parameter: str) -> ApiError:
    return ApiError(400, "invalid", "Invalid Value", location=parameter)


def invalid_credentials() -> ApiError:
    return ApiError(401, "authError", "Invalid Credentials", location="Authorization")


def insufficient_scopes() -> ApiError:
    return ApiError(403, "insufficientPermissions", "Request had insufficient authentication scopes.")


def no_write_access() -> ApiError:
    message = "The user does not have sufficient permissions for this file."
    return ApiError(403, "insufficientFilePermissions", message)
