"""What schemathesis needs to get past a server's door: tokens, signatures and ids that name something.

Every request is signed as it leaves, so whatever is generated is what is signed. Most positive cases are
about things that exist; negative ones are left as they are. Variables say where the servers are:

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
from schemathesis.specs.openapi.checks import ParameterLocation

URL = os.environ["PAYOUT_URL"]
DATA = Path(os.environ["PAYOUT_DATA"])
PROVIDER_URL = os.environ["PAYOUT_PROVIDER_URL"]
PROVIDER_DATA = Path(os.environ["PAYOUT_PROVIDER_DATA"])
OPERATOR_SECRET = Path(os.environ["PAYOUT_OPERATOR_SECRET"]).read_text().strip()
CHANCE = random.Random(int(os.environ["PAYOUT_SEED"]))

# What needs no credentials.
OPEN = ("/connect/token", "/.well-known/jwks", "/healthz", "/readyz", "/openapi.json", "/docs", "/sandbox/")

# The sandbox's bank for pounds.
BANK = "mock-payments-gb-redirect"

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

    def decide(self, method, path, body):
        """Decides something as the operator."""
        headers = {"Authorization": "Bearer " + self.of_operator()}
        return done(requests.request(method, self.url + path, json=body, headers=headers, timeout=10))


class Credentials(AuthBase):
    """Adds what proves who asks, over the very bytes that leave."""

    def __call__(self, request):
        path = urlsplit(request.url).path
        if path.startswith(OPEN):
            return request
        # What is wrong with the head on purpose stays wrong.
        is_signed = not CASE.is_wrong_in_head
        if path.startswith("/webhooks"):
            if not is_signed:
                return request
            # The sandbox's own key signs events, as it does when it tells them.
            covered, jku = ["X-TL-Webhook-Timestamp"], PROVIDER_URL + "/.well-known/jwks"
            key = Key(PROVIDER_DATA, "webhook-key")
            request.headers["Tl-Signature"] = key.sign(request, covered, jku=jku)
            return request
        is_operators = path.startswith("/operator/")
        token = DOOR.of_operator() if is_operators else DOOR.of_client()
        request.headers["Authorization"] = "Bearer " + token
        if is_signed and not is_operators and request.method in {"POST", "PUT", "DELETE", "PATCH"}:
            request.headers["Tl-Signature"] = DOOR.key.sign(request, ["Idempotency-Key"])
        return request


def done(answer):
    answer.raise_for_status()
    return answer.json()


class Case:
    """What is being sent."""

    is_wrong_in_head = False


class World:
    """Things that exist on the server under test."""

    def __init__(self):
        provider = DOOR if PROVIDER_URL == URL else Door(PROVIDER_URL, PROVIDER_DATA)
        deposit = {"user_id": "sam", "amount_in_minor": 5_000_000, "currency": "GBP"}
        paid_in = provider.ask("POST", "/sandbox/deposits", deposit)
        self.merchant_account = paid_in["merchant_account_id"]
        self.payment = paid_in["payment_id"]
        self.payment_source = paid_in["payment_source_id"]
        # A service learns of a payment by the provider's webhook, or when it asks for it.
        until(lambda: DOOR.ask("GET", f"/v3/payments/{self.payment}")["status"] == "settled")
        self.payouts = [self.pay_out() for _ in range(3)]

    def pay_out(self):
        order = {"merchant_account_id": self.merchant_account, "amount_in_minor": 100, "currency": "GBP"}
        order["beneficiary"] = {
            "type": "payment_source",
            "payment_source_id": self.payment_source,
            "user_id": "sam",
            "reference": "conform",
        }
        return DOOR.ask("POST", "/v3/payouts", order)["id"]

    def pay_in(self, **flow):
        """A payment of which the bank is chosen, and its flow begun if one is said."""
        order = {"amount_in_minor": 100, "currency": "GBP", "user": {"id": "sam"}}
        order["payment_method"] = {
            "type": "bank_transfer",
            "provider_selection": {"type": "preselected", "provider_id": BANK},
            "beneficiary": {"type": "merchant_account", "merchant_account_id": self.merchant_account},
        }
        if "provider_selection" in flow:
            order["payment_method"]["provider_selection"] = {"type": "user_selected"}
        payment = DOOR.ask("POST", "/v3/payments", order)["id"]
        if flow:
            DOOR.ask("POST", f"/v3/payments/{payment}/authorization-flow", flow)
        return payment

    def held_payout(self):
        """A payout of which nothing was sent, because sending is paused."""
        DOOR.decide("PUT", "/operator/pause", {"because": "conform"})
        return self.pay_out()

    def new_client(self):
        order = {"client_id": f"conform-{CHANCE.getrandbits(64):x}"}
        return DOOR.decide("POST", "/operator/clients", order)["client"]["client_id"]

    def arrange(self, case):
        """Lets a case be about something that exists, as far as there is such a thing."""
        name = case.operation.definition.raw.get("operationId")
        arrange = getattr(self, "for_" + name, None)
        if arrange is not None:
            arrange(case)
        elif "id" in case.path_parameters:
            known = self.named_in(case.operation.path)
            case.path_parameters["id"] = known or case.path_parameters["id"]
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = str(uuid.UUID(int=CHANCE.getrandbits(128)))

    def named_in(self, path):
        if "payouts" in path:
            return CHANCE.choice(self.payouts)
        if "merchant" in path:
            return self.merchant_account
        if "payments" in path:
            return self.payment
        return None

    def for_issueToken(self, case):
        if isinstance(case.body, dict):
            case.body.update({"client_id": DOOR.client, "client_secret": DOOR.secret, "scope": "payments"})

    def for_createPayout(self, case):
        if not isinstance(case.body, dict):
            return
        case.body["merchant_account_id"] = self.merchant_account
        case.body.update({"amount_in_minor": CHANCE.randint(1, 500), "currency": "GBP"})
        beneficiary = case.body.get("beneficiary")
        if isinstance(beneficiary, dict) and "payment_source_id" in beneficiary:
            beneficiary.update({"payment_source_id": self.payment_source, "user_id": "sam"})

    def for_createPayment(self, case):
        if isinstance(case.body, dict) and isinstance(case.body.get("payment_method"), dict):
            case.body.update({"amount_in_minor": CHANCE.randint(1, 500), "currency": "GBP"})
            case.body["payment_method"]["beneficiary"]["merchant_account_id"] = self.merchant_account

    def for_startAuthorizationFlow(self, case):
        self.on_payment(case)

    def for_selectProvider(self, case):
        self.on_payment(case, provider_selection={}, form={"input_types": ["text"]})
        if isinstance(case.body, dict):
            case.body["provider_id"] = BANK

    def for_giveConsent(self, case):
        self.on_payment(case, consent={}, form={"input_types": ["text"]})

    def for_submitForm(self, case):
        self.on_payment(case, form={"input_types": ["text"]})

    def for_cancelPayment(self, case):
        self.on_payment(case)

    def on_payment(self, case, **flow):
        """A service makes no payments, and says so whatever the id."""
        if PROVIDER_URL == URL:
            case.path_parameters["id"] = self.pay_in(**flow)

    def for_createRefund(self, case):
        case.path_parameters["id"] = self.payment
        if isinstance(case.body, dict) and case.body.get("amount_in_minor") is not None:
            case.body["amount_in_minor"] = CHANCE.randint(1, 5)

    def for_listPaymentSources(self, case):
        case.path_parameters["id"] = self.merchant_account
        case.query["user_id"] = "sam"

    def for_listTransactions(self, case):
        case.path_parameters["id"] = self.merchant_account
        case.query.update({"from": "2020-01-01T00:00:00Z", "to": "2099-01-01T00:00:00Z"})

    def for_cancelPayout(self, case):
        case.path_parameters["id"] = self.held_payout()

    def for_changeClient(self, case):
        case.path_parameters["id"] = self.new_client()

    for_rotateSecret = for_changeClient
    for_revokeClient = for_changeClient

    def for_receiveEvent(self, case):
        now = datetime.datetime.now(datetime.timezone.utc)
        case.headers["X-TL-Webhook-Timestamp"] = now.strftime("%Y-%m-%dT%H:%M:%SZ")


def until(holds):
    """Waits for what comes about by itself."""
    for _ in range(100):
        try:
            if holds():
                return
        except requests.HTTPError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the world did not become what it should")


DOOR = Door(URL, DATA)
CASE = Case()
WORLD = World()

schemathesis.auth.set_from_requests(Credentials())


@schemathesis.hook
def before_call(context, case, kwargs):
    """Lets most positive cases be about something that exists, and leaves the others as they are."""
    is_negative = case.meta is not None and case.meta.generation.mode.is_negative
    CASE.is_wrong_in_head = is_negative and case.meta.is_negative_at(ParameterLocation.HEADER)
    if case.meta is not None and not is_negative and CHANCE.random() < 0.8:
        WORLD.arrange(case)
