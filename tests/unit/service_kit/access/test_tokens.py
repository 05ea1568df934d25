"""Which tokens are good, and who they say is calling."""

import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service_kit.access.issuer_keys import IssuerKeys
from service_kit.access.revocations import Revocations
from service_kit.access.tokens import LEEWAY_S, Caller, TokenCheck
from service_kit.access.watched import URL_MIN_INTERVAL_S
from service_kit.errors import DependencyDown, NotAuthenticated
from tests.issuer import AUDIENCE, ISSUER, Issuer, jwks, raw_token


class Source:
    """Plays the issuer's server; counts how often it is asked."""

    def __init__(self, document: str) -> None:
        self.document = document
        self.error: Exception | None = None
        self.asked = 0

    def read(self, _url: str) -> bytes:
        self.asked += 1
        if self.error:
            raise self.error
        return self.document.encode()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def check_of(source: Source, clock: Callable[[], float] = time.monotonic) -> TokenCheck:
    return TokenCheck(
        IssuerKeys("https://issuer.test/jwks.json", read=source.read, clock=clock), issuer=ISSUER, audience=AUDIENCE
    )


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def source(issuer: Issuer) -> Source:
    return Source(jwks(issuer))


@pytest.fixture
def check(source: Source) -> TokenCheck:
    return check_of(source)


def refusal(check: TokenCheck, token: str) -> str:
    with pytest.raises(NotAuthenticated) as refused:
        check.check(token)
    return str(refused.value)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_good_token_of_each_algorithm_tells_who_is_calling(algorithm: str) -> None:
    issuer = Issuer(algorithm)
    caller = check_of(Source(jwks(issuer))).check(issuer.token("people:read", "meetings:read", person_id=5))

    assert (caller.subject, caller.scopes, caller.person_id) == (
        "somebody",
        frozenset({"people:read", "meetings:read"}),
        5,
    )


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": 1}, "the token has expired"),
        ({"exp": time.time() - LEEWAY_S - 5}, "the token has expired"),
        ({"exp": None}, "the token has no claim exp"),
        ({"exp": "soon"}, "the token is malformed"),
        ({"exp": 1e400}, "the token is malformed"),
        ({"nbf": time.time() + 3600}, "the token is not valid yet"),
        ({"iat": time.time() + 3600}, "the token is not valid yet"),
        ({"aud": "somebody else"}, "the token is for another audience"),
        ({"aud": None}, "the token has no claim aud"),
        ({"aud": []}, "the token has no claim aud"),
        ({"iss": "https://other.test"}, "the token is of another issuer"),
        ({"iss": None}, "the token has no claim iss"),
        ({"sub": 7}, "the token is malformed"),
        ({"scope": 7}, "the token's claim scope must be a text or a list of texts"),
        ({"scope": ["people:read", 7]}, "the token's claim scope must be a text or a list of texts"),
        ({"person_id": 0}, "the token's claim person_id must be the id of a person"),
        ({"person_id": -1}, "the token's claim person_id must be the id of a person"),
        ({"person_id": True}, "the token's claim person_id must be the id of a person"),
        ({"person_id": 5.0}, "the token's claim person_id must be the id of a person"),
        ({"person_id": ""}, "the token's claim person_id must be the id of a person"),
        ({"person_id": "seven"}, "the token's claim person_id must be the id of a person"),
        ({"person_id": "\u0667"}, "the token's claim person_id must be the id of a person"),
        ({"person_id": [5]}, "the token's claim person_id must be the id of a person"),
        ({"person_id": 2**63}, "the token's claim person_id must be the id of a person"),
    ],
)
def test_a_signed_token_with_wrong_claims_is_refused(
    check: TokenCheck, issuer: Issuer, claims: dict[str, Any], reason: str
) -> None:
    assert refusal(check, issuer.token("admin", **claims)) == reason


def test_a_person_id_of_null_is_not_taken_for_none(check: TokenCheck, issuer: Issuer) -> None:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "exp": time.time() + 60, "scope": "admin", "person_id": None}
    token = jwt.encode(claims, issuer.key, "ES256", {"kid": "first"})
    assert "person_id" in refusal(check, token)


def test_clocks_may_differ_a_little(check: TokenCheck, issuer: Issuer) -> None:
    now = time.time()
    assert check.check(issuer.token(exp=now - LEEWAY_S / 2))
    assert check.check(issuer.token(nbf=now + LEEWAY_S / 2))


@pytest.mark.parametrize(
    ("scope", "scopes"),
    [("a  b", {"a", "b"}), (["a", "b c"], {"a", "b c"}), ("", set()), (None, set()), ([], set())],
)
def test_scopes_come_as_text_or_list(check: TokenCheck, issuer: Issuer, scope: object, scopes: set[str]) -> None:
    assert check.check(issuer.token(scope=scope)).scopes == scopes


def test_a_person_id_may_be_written_as_text(check: TokenCheck, issuer: Issuer) -> None:
    assert check.check(issuer.token(person_id="42")).person_id == 42


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b", "a.b.c", "....", "é.é.é", "\ud800", "e30.e30.", "x" * 9_000, raw_token({"alg": ["ES256"]}, {})],
)
def test_what_is_no_token_is_refused(check: TokenCheck, token: str) -> None:
    assert refusal(check, token)


def test_an_unsigned_token_is_refused(check: TokenCheck) -> None:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "exp": time.time() + 60, "scope": "admin"}
    for algorithm in ("none", "None", "", None, "HS256"):
        assert "must be signed by RS256 or ES256 or EdDSA" in refusal(
            check, raw_token({"alg": algorithm, "kid": "first"}, claims)
        )


def test_a_public_key_is_no_shared_secret(source: Source) -> None:
    """The classic confusion: a token signed by HMAC with the public key, which everybody has."""
    issuer = Issuer("RS256")
    source.document = jwks(issuer)
    public = issuer.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    claims = {"iss": ISSUER, "aud": AUDIENCE, "exp": time.time() + 60}
    header = {"alg": "HS256", "kid": "first"}
    signed = raw_token(header, claims).rpartition(".")[0]
    forged = raw_token(header, claims, hmac.digest(public, signed.encode(), "sha256"))
    assert "must be signed by" in refusal(check_of(source), forged)


def test_a_key_does_not_serve_another_algorithm(check: TokenCheck) -> None:
    """RS256 with the key id of an EC key."""
    assert "not signed by a key of its issuer" in refusal(check, Issuer("RS256").token("admin"))


def test_a_token_of_somebody_elses_key_is_refused(check: TokenCheck, issuer: Issuer) -> None:
    assert refusal(check, Issuer().token("admin")) == "the token's signature is wrong"
    good = issuer.token("people:read")
    header, _, signature = good.split(".")
    payload = raw_token({}, {"scope": "admin"}).split(".")[1]
    assert refusal(check, f"{header}.{payload}.{signature}") == "the token's signature is wrong"


def test_extensions_that_nobody_here_knows_are_refused(check: TokenCheck, issuer: Issuer) -> None:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "exp": time.time() + 60}
    token = jwt.encode(claims, issuer.key, "ES256", {"kid": "first", "crit": ["b64"], "b64": True})
    assert refusal(check, token)


def test_a_token_without_a_key_id_means_the_one_key_there_is(source: Source, issuer: Issuer) -> None:
    nameless = Issuer(kid=None)
    nameless.key = issuer.key
    assert check_of(source).check(nameless.token("admin"))
    source.document = jwks(issuer, Issuer(kid="second"))
    assert "not signed by a key of its issuer" in refusal(check_of(source), nameless.token("admin"))


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "{}",
        '{"keys": {}}',
        '{"keys": []}',
        '{"keys": [1, {"kty": "oct", "k": "c2VjcmV0"}]}',
        '{"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}',
        '{"keys": [{"kty": "EC", "crv": "P-256"}]}',
    ],
)
def test_without_usable_keys_nobody_can_be_told_apart(source: Source, issuer: Issuer, document: str) -> None:
    source.document = document
    with pytest.raises(DependencyDown):
        check_of(source).check(issuer.token("admin"))


def test_keys_for_encryption_and_weak_keys_do_not_count(source: Source, issuer: Issuer) -> None:
    other = Issuer(kid="second")
    for member in ({**issuer.jwk(), "use": "enc"}, {**issuer.jwk(), "alg": "ES384"}, {**issuer.jwk(), "kid": 7}):
        source.document = f'{{"keys": [{jwks(other)[10:-2]}, {json.dumps(member)}]}}'
        assert "not signed by a key of its issuer" in refusal(check_of(source), issuer.token("admin"))


def test_a_good_token_is_checked_once_and_forgotten_when_it_expires(source: Source, issuer: Issuer) -> None:
    clock = Clock()
    clock.now = time.time()
    keys = IssuerKeys("https://issuer.test/jwks.json", read=source.read)
    check = TokenCheck(keys, issuer=ISSUER, audience=AUDIENCE, clock=clock)
    token = issuer.token("people:read", expires_in_s=60)
    assert check.recall(token) is None
    caller = check.check(token)
    assert check.recall(token) is caller
    clock.now += 60 + LEEWAY_S + 1
    assert check.recall(token) is None


def test_a_new_key_is_found_at_once_and_an_unknown_one_asked_for_at_a_bounded_rate(
    source: Source, issuer: Issuer
) -> None:
    clock = Clock()
    check = check_of(source, clock)
    check.check(issuer.token())
    second = Issuer(kid="second")
    source.document = jwks(issuer, second)
    clock.now += URL_MIN_INTERVAL_S
    assert check.check(second.token())
    assert source.asked == 2
    for number in range(100):
        refusal(check, Issuer("EdDSA", kid=f"made up {number}").token())
    assert source.asked == 2
    clock.now += URL_MIN_INTERVAL_S
    refusal(check, Issuer("EdDSA", kid="made up").token())
    assert source.asked == 3


def test_a_key_that_is_taken_back_takes_the_tokens_that_were_found_good_with_it(source: Source, issuer: Issuer) -> None:
    clock = Clock()
    check = check_of(source, clock)
    token = issuer.token("admin")
    check.check(token)
    source.document = jwks(Issuer(kid="second"))
    clock.now += 301
    assert check.recall(token) is None
    assert "not signed by a key of its issuer" in refusal(check, token)


def test_an_issuer_that_is_down_does_not_matter_while_its_keys_are_known(source: Source, issuer: Issuer) -> None:
    clock = Clock()
    check = check_of(source, clock)
    check.check(issuer.token())
    source.error = OSError("no route")
    clock.now += 10_000
    assert check.check(issuer.token("people:read"))
    source.error, source.document = None, "nonsense"
    clock.now += 10_000
    assert check.check(issuer.token("people:write"))


def test_an_issuer_that_never_answered_is_a_dependency_that_is_down(source: Source, issuer: Issuer) -> None:
    source.error = OSError("no route")
    check = check_of(source)
    with pytest.raises(DependencyDown):
        check.check(issuer.token())
    with pytest.raises(DependencyDown):
        check.check(issuer.token())
    assert source.asked == 1


def test_a_file_of_keys_is_read_again_when_it_changes(tmp_path: Path, issuer: Issuer) -> None:
    path = issuer.write_jwks(tmp_path / "jwks.json")
    clock = Clock()
    check = TokenCheck(IssuerKeys(str(path), clock=clock), issuer=ISSUER, audience=AUDIENCE)
    assert isinstance(check.check(issuer.token()), Caller)
    second = Issuer("EdDSA", kid="second")
    second.write_jwks(path)
    clock.now += 2
    assert check.check(second.token())
    assert refusal(check, issuer.token())


def test_the_private_part_of_a_key_that_was_published_by_mistake_is_not_used(source: Source) -> None:
    issuer = Issuer("EdDSA")
    private = jwt.get_algorithm_by_name("EdDSA").to_jwk(issuer.key, as_dict=True)
    source.document = f'{{"keys": [{json.dumps({**private, "kid": "first"})}]}}'
    assert check_of(source).check(issuer.token())


def revoked(*ids: str) -> str:
    return json.dumps({"revoked": ids})


def check_with_list(source: Source, listed: Source, clock: Clock, issuer: Issuer) -> TokenCheck:
    source.document = jwks(issuer)
    keys = IssuerKeys("https://issuer.test/jwks.json", read=source.read, clock=clock)
    revocations = Revocations("https://issuer.test/revoked.json", read=listed.read, clock=clock)
    return TokenCheck(keys, issuer=ISSUER, audience=AUDIENCE, revocations=revocations)


def test_a_token_is_taken_back_within_seconds_also_one_that_was_found_good(source: Source, issuer: Issuer) -> None:
    clock, listed = Clock(), Source(revoked("other"))
    check = check_with_list(source, listed, clock, issuer)
    lost, kept = issuer.token("admin", jti="lost"), issuer.token("admin", jti="kept")
    caller = check.check(lost)
    check.check(kept)
    assert check.recall(lost) is caller
    listed.document = revoked("other", "lost")
    clock.now += 10
    assert check.recall(lost) is None
    assert refusal(check, lost) == "the token has been taken back"
    assert check.check(kept)
    with pytest.raises(NotAuthenticated, match="taken back"):
        check.check_again(caller)
    assert listed.asked == 2


def test_with_a_list_a_token_needs_an_id_and_without_one_it_does_not(source: Source, issuer: Issuer) -> None:
    check = check_with_list(source, Source(revoked()), Clock(), issuer)
    assert "no claim jti" in refusal(check, issuer.token("admin"))
    assert check_of(source).check(issuer.token("admin"))


@pytest.mark.parametrize("document", ["nonsense", "[]", "{}", '{"revoked": "one"}', '{"revoked": [1]}'])
def test_without_a_list_that_can_be_read_nobody_can_tell(source: Source, issuer: Issuer, document: str) -> None:
    clock, listed = Clock(), Source(document)
    check = check_with_list(source, listed, clock, issuer)
    with pytest.raises(DependencyDown, match="taken back"):
        check.check(issuer.token("admin", jti="one"))
    listed.document = revoked("two")
    clock.now += 10
    assert check.check(issuer.token("admin", jti="one"))
    # From then on, what was known goes on being used.
    listed.document = document
    clock.now += 10
    assert check.check(issuer.token("people:read", jti="one"))
    assert refusal(check, issuer.token("admin", jti="two")) == "the token has been taken back"
