"""What every answer tells the browser: not to guess, frame, keep or lend it, and to run nothing but the Swagger page.

No Access-Control-Allow-… header is ever sent: pages of other origins cannot read answers.
"""

import hashlib
import re
from base64 import b64encode
from typing import Final

from flask import Flask, Response

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",  # answers hold personal data
}
NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
INLINE_SCRIPT: Final = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def add_headers_to(app: Flask) -> None:
    @app.after_request
    def add(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy_for(response))
        return response


def policy_for(response: Response) -> str:
    """Swagger's page needs its own files, its one inline script, and to call this service; all else needs nothing."""
    if response.mimetype != "text/html" or response.direct_passthrough:
        return NOTHING
    hashes = "".join(
        f" 'sha256-{b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in INLINE_SCRIPT.findall(response.get_data())
    )
    return (
        f"{NOTHING}; script-src 'self'{hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'"
    )
