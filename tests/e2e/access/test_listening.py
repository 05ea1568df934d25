"""A stream of encounters is as good as the token that it was asked for with."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from deployment.native.ports import free_address
from service_kit.access.tokens import LEEWAY_S
from tests.e2e.access.conftest import Guarded
from tests.e2e.access.running import Starter
from tests.e2e.live.listening import listening
from tests.patience import PATIENCE_S


def test_it_ends_with_the_token(guarded: Guarded) -> None:
    person_id = guarded.new_person()
    for left_s in (2, 4, 8, 16, 32):  # with a longer one where that is over before the stream has begun
        token = guarded.issuer.token("meetings:read", person_id=person_id, expires_in_s=left_s - LEEWAY_S)
        url = f"{guarded.stream_url}/api/persons/{person_id}/encounters/live"
        if requests.get(url, headers=guarded.bearer(token), stream=True, timeout=PATIENCE_S).status_code == 200:
            break
    else:
        pytest.fail("no stream begins within half a minute")
    with listening(guarded.stream_url, person_id, headers=guarded.bearer(token)) as heard:
        end = heard.until("end")
        assert end.data == {"reason": "token", "detail": "the token has expired"}
        with pytest.raises(StopIteration):
            heard.next()


def test_it_ends_when_the_token_is_taken_back(
    guarded: Guarded, starting: Starter, tmp_path: Path, poll_until: Any
) -> None:
    http, metrics = free_address(), free_address()
    revoked = tmp_path / "revoked.json"
    revoked.write_text(json.dumps({"revoked": []}))
    more = {"AUTH_REVOKED": str(revoked), "PERSON_SERVICE_TOKEN_FILE": str(guarded.token_file)}
    service = starting.encounter_stream(http, metrics, guarded.person_target, **guarded.settings, **more)
    poll_until(service.serves)
    person_id = guarded.new_person()
    token = guarded.issuer.token("meetings:read", jti="lost")
    with listening(f"http://{http}", person_id, headers=guarded.bearer(token)) as heard:
        heard.next()
        revoked.write_text(json.dumps({"revoked": ["lost"]}))
        assert heard.until("end").data == {"reason": "token", "detail": "the token has been taken back"}
