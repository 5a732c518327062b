"""What schemathesis needs to get past a server's door: tokens, signatures and ids that name something.

Every request is signed as it leaves, so whatever is generated is what is signed. Positive cases are told of
things that exist, most of the time; negative ones are left as they are. Variables say where the servers are:

    PAYOUT_URL, PAYOUT_DATA                    the server under test, and its data directory
    PAYOUT_PROVIDER_URL, PAYOUT_PROVIDER_DATA  the sandbox that plays the provider: the same for a sandbox
    PAYOUT_OPERATOR_SECRET                     a file with the secret of the operator `conform`
    PAYOUT_SEED                                what chance begins from
"""

import base64
import datetime
import json
import os
import random
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import requests
import schemathesis
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from requests.auth import AuthBase

URL = os.environ["PAYOUT_URL"]
DATA = Path(os.environ["PAYOUT_DATA"])
PROVIDER_URL = os.environ["PAYOUT_PROVIDER_URL"]
PROVIDER_DATA = Path(os.environ["PAYOUT_PROVIDER_DATA"])
OPERATOR_SECRET = Path(os.environ["PAYOUT_OPERATOR_SECRET"]).read_text().strip()
CHANCE = random.Random(int(os.environ["PAYOUT_SEED"]))

# What needs no credentials.
OPEN = ("/connect/token", "/.well-known/jwks", "/healthz", "/readyz", "/openapi.json", "/docs", "/sandbox/")

# Tokens of operators live for a quarter of an hour, and the others for longer.
TOKEN_LIFE_SECONDS = 300


class Key:
    """A private key of a server's data directory, and how it is called."""

    def __init__(self, data, name):
        self.kid = (data / f"{name}.kid").read_text().strip()
        pem = (data / f"{name}.pem").read_bytes()
        self.private = serialization.load_pem_private_key(pem, None)

    def sign(self, request, covered, **more):
        """A detached JWS over the bytes that leave. Bodies need not be texts, as they must elsewhere."""
        covered = [name for name in covered if name in request.headers]
        head = {"alg": "ES512", "kid": self.kid, "tl_version": "2", "tl_headers": ",".join(covered)}
        lines = [f"{request.method.upper()} {urlsplit(request.url).path}".encode()]
        lines += [name.encode() + b": " + octets(request.headers[name]) for name in covered]
        payload = b"\n".join(lines) + b"\n" + octets(request.body or b"")
        head = base64url(json.dumps(head | more).encode())
        signed = head + b"." + base64url(payload)
        r, s = utils.decode_dss_signature(self.private.sign(signed, ec.ECDSA(hashes.SHA512())))
        signature = r.to_bytes(66, "big") + s.to_bytes(66, "big")
        return (head + b".." + base64url(signature)).decode()


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


def octets(value):
    return value if isinstance(value, bytes) else value.encode("utf-8")


class Door:
    """Who we are, to a server."""

    def __init__(self, url, data):
        self.url = url
        self.secret = (data / "client-secret").read_text().strip()
        self.key = Key(data, "client-key")
        self.client = json.loads((data / "credentials.json").read_text())["client_id"]
        self.tokens = {}

    def token(self, name, secret):
        token, until = self.tokens.get(name, ("", 0))
        if time.monotonic() >= until:
            ask = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret}
            answer = requests.post(self.url + "/connect/token", json=ask, timeout=10)
            answer.raise_for_status()
            token = answer.json()["access_token"]
            self.tokens[name] = (token, time.monotonic() + TOKEN_LIFE_SECONDS)
        return token

    def of_client(self):
        return self.token(self.client, self.secret)

    def of_operator(self):
        return self.token("operator:conform", OPERATOR_SECRET)

    def ask(self, method, path, body=None):
        """Asks for something that the cases are to find."""
        headers = {"Authorization": "Bearer " + self.of_client()}
        if method != "POST" or path.startswith("/sandbox/"):
            return done(requests.request(method, self.url + path, json=body, headers=headers, timeout=10))
        key = {"Idempotency-Key": str(uuid.UUID(int=CHANCE.getrandbits(128)))}
        request = requests.Request("POST", self.url + path, json=body, headers=headers | key).prepare()
        request.headers["Tl-Signature"] = self.key.sign(request, ["Idempotency-Key"])
        return done(requests.Session().send(request, timeout=10))


class Credentials(AuthBase):
    """Adds what proves who asks, over the very bytes that leave."""

    def __call__(self, request):
        path = urlsplit(request.url).path
        if path.startswith(OPEN):
            return request
        if path.startswith("/webhooks"):
            # The sandbox's own key signs events, as it does when it tells them.
            covered, jku = ["X-TL-Webhook-Timestamp"], PROVIDER_URL + "/.well-known/jwks"
            key = Key(PROVIDER_DATA, "webhook-key")
            request.headers["Tl-Signature"] = key.sign(request, covered, jku=jku)
            return request
        is_operators = path.startswith("/operator/")
        token = DOOR.of_operator() if is_operators else DOOR.of_client()
        request.headers["Authorization"] = "Bearer " + token
        if not is_operators and request.method in {"POST", "PUT", "DELETE", "PATCH"}:
            request.headers["Tl-Signature"] = DOOR.key.sign(request, ["Idempotency-Key"])
        return request


def done(answer):
    answer.raise_for_status()
    return answer.json()


class World:
    """Things that exist on both servers."""

    def __init__(self):
        provider = DOOR if PROVIDER_URL == URL else Door(PROVIDER_URL, PROVIDER_DATA)
        deposit = {"user_id": "sam", "amount_in_minor": 5_000_000, "currency": "GBP"}
        paid_in = provider.ask("POST", "/sandbox/deposits", deposit)
        self.merchant_account = paid_in["merchant_account_id"]
        self.payment = paid_in["payment_id"]
        self.payment_source = paid_in["payment_source_id"]
        time.sleep(1)
        self.payouts = [self.pay_out() for _ in range(3)]

    def beneficiary(self):
        return {
            "type": "payment_source",
            "payment_source_id": self.payment_source,
            "user_id": "sam",
            "reference": "conform",
        }

    def pay_out(self):
        order = {
            "merchant_account_id": self.merchant_account,
            "amount_in_minor": 100,
            "currency": "GBP",
            "beneficiary": self.beneficiary(),
        }
        return DOOR.ask("POST", "/v3/payouts", order)["id"]

    def named_in(self, path):
        """An id that names something in such a path."""
        if "payouts" in path:
            return CHANCE.choice(self.payouts)
        if "merchant" in path:
            return self.merchant_account
        if "payments" in path:
            return self.payment
        return None

    def fill_path(self, case):
        known = self.named_in(case.operation.path)
        if known is not None and "id" in case.path_parameters:
            case.path_parameters["id"] = known

    def fill_query(self, case):
        if "user_id" in case.query:
            case.query["user_id"] = "sam"
        if "from" in case.query and "to" in case.query:
            case.query.update({"from": "2020-01-01T00:00:00Z", "to": "2099-01-01T00:00:00Z"})

    def fill_body(self, case):
        body = case.body
        if not isinstance(body, dict):
            return
        if "merchant_account_id" in body:
            body["merchant_account_id"] = self.merchant_account
        if "amount_in_minor" in body and "currency" in body:
            body.update({"amount_in_minor": CHANCE.randint(1, 500), "currency": "GBP"})
        beneficiary = body.get("beneficiary")
        if isinstance(beneficiary, dict) and "payment_source_id" in beneficiary:
            beneficiary.update({"payment_source_id": self.payment_source, "user_id": "sam"})
        method = body.get("payment_method")
        if isinstance(method, dict) and isinstance(method.get("beneficiary"), dict):
            method["beneficiary"]["merchant_account_id"] = self.merchant_account


DOOR = Door(URL, DATA)
WORLD = World()

schemathesis.auth.set_from_requests(Credentials())


@schemathesis.hook
def before_call(context, case, kwargs):
    """Lets most positive cases be about something that exists."""
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    if case.operation.path.startswith("/webhooks"):
        now = datetime.datetime.now(datetime.timezone.utc)
        case.headers["X-TL-Webhook-Timestamp"] = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    if CHANCE.random() < 0.8:
        WORLD.fill_path(case)
        WORLD.fill_query(case)
        WORLD.fill_body(case)
