"""What every problem document holds (RFC 9457), and the headers beside it, for whatever server sends them."""

import math
from http import HTTPStatus

from service_kit.errors import DependencyDown, NotAllowed, NotAuthenticated, TooManyCalls

PROBLEM_JSON = "application/problem+json"
REALM = 'Bearer realm="udaconnect"'


def problem(status: HTTPStatus, detail: str, **more: object) -> dict[str, object]:
    """Fill in the document of ProblemSchema."""
    return {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **more}


def access_headers(error: Exception) -> dict[str, str]:
    """What a client is told besides: how to prove who it is (RFC 6750), or when to come again."""
    match error:
        case NotAuthenticated(token_given=False):
            return {"WWW-Authenticate": REALM}
        case NotAuthenticated():
            return {"WWW-Authenticate": f'{REALM}, error="invalid_token", error_description="{error}"'}
        case NotAllowed():
            scope = f', scope="{error.scope}"' if error.scope else ""
            return {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", error_description="{error}"{scope}'}
        case TooManyCalls():
            return {"Retry-After": str(math.ceil(error.after_s))}
        case DependencyDown():
            return {"Retry-After": str(DependencyDown.after_s)}
        case _:
            return {}
