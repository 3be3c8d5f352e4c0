"""The API's errors in Stripe's shape; each knows its status.

ApiError
├── Refused        400, the request cannot be carried out
├── Missing        404, no such object
├── Unauthorized   401, no key or a wrong one
├── TooMany        429, more requests than the limit
├── KeyReused      400, an idempotency key with other parameters
├── KeyInUse       409, an idempotency key whose first request still runs
└── Broken         500, asked for by a switch
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from fundtracker.simulator.storage import Json


class ApiError(Exception):
    """An answer other than 200; `code` and `param` as Stripe names them.

    `executed` tells that the request was sound and began to run: only then is an idempotency key
    used up by it.
    """

    status: ClassVar[int] = 400
    type: ClassVar[str] = "invalid_request_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.executed = executed

    def body(self, request_id: str) -> Json:
        """Return the JSON of the answer."""
        error: Json = {
            "message": self.message,
            "request_log_url": f"https://dashboard.stripe.com/test/logs/{request_id}",
            "type": self.type,
        }
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        return {"error": error}


class Refused(ApiError):
    """The request cannot be carried out as it stands."""


class Missing(ApiError):
    """An address or an object that is not there."""

    status = 404

    @classmethod
    def thing(cls, kind: str, id: str, param: str = "id") -> Missing:
        """Return the error for an object that does not exist."""
        return cls(f"No such {kind}: '{id}'", code="resource_missing", param=param)


class Unauthorized(ApiError):
    """No key, or not ours."""

    status = 401


class TooMany(ApiError):
    """More requests in this second than the limit."""

    status = 429

    def __init__(self) -> None:
        super().__init__(
            "Request rate limit exceeded. Learn more about rate limits here"
            " https://stripe.com/docs/rate-limits.",
            code="rate_limit",
        )


class KeyReused(ApiError):
    """An idempotency key that was used with other parameters."""

    type = "idempotency_error"

    def __init__(self, key: str) -> None:
        super().__init__(
            "Keys for idempotent requests can only be used with the same parameters they were first"
            f" used with. Try using a key other than '{key}' if you meant to execute a different"
            " request.",
        )


class KeyInUse(ApiError):
    """An idempotency key whose first request has not been answered yet."""

    status = 409
    type = "idempotency_error"

    def __init__(self, key: str) -> None:
        super().__init__(
            "There is currently another in-progress request using this Idempotent Key (that"
            " probably means you submitted twice, and the other request is still going through):"
            f" {key}. You can try again with the same key in a moment.",
            code="idempotency_key_in_use",
        )


class Broken(ApiError):
    """The server's own mistake, made on request."""

    status = 500
    type = "api_error"

    def __init__(self) -> None:
        super().__init__("An unknown error occurred")
