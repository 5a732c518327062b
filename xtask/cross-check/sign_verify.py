"""Signs and verifies with the provider's Python package, on the command line of `payout`.

    sign_verify.py key new --kid KID --out PRIVATE.pem --public-out PUBLIC.pem
    sign_verify.py sign --key PRIVATE.pem --kid KID --method POST --path /v3/payouts \
        --header 'Idempotency-Key: abc' --body-file FILE
    sign_verify.py verify --public-key PUBLIC.pem ... --signature SIGNATURE

Exits with 0 for done or valid, 1 for refused, 70 when this script itself is at fault.
"""

import argparse
import sys
import traceback
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from truelayer_signing import HttpMethod, sign_with_pem, verify_with_pem
from truelayer_signing.errors import TlSigningException


def new_key(arguments):
    """Writes the private key as SEC1, the dialect of `openssl ecparam -genkey`."""
    key = ec.generate_private_key(ec.SECP521R1())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM,
        serialization.PublicFormat.SubjectPublicKeyInfo,
    )
    # A key that others can read is refused by whoever is to sign with it.
    arguments.out.touch(mode=0o600)
    arguments.out.write_bytes(private)
    arguments.public_out.write_bytes(public)


def sign(arguments):
    signer = sign_with_pem(arguments.kid, arguments.key.read_text())
    print(with_request(signer, arguments).sign())


def verify(arguments):
    verifier = verify_with_pem(arguments.public_key.read_text())
    with_request(verifier, arguments).verify(arguments.signature)


def with_request(builder, arguments):
    """Signer and verifier take the request the same way."""
    for header in arguments.header:
        name, value = header.split(": ", maxsplit=1)
        builder.add_header(name, value)
    builder.set_method(HttpMethod(arguments.method))
    builder.set_path(arguments.path)
    # As bytes: reading text would turn CR LF into LF.
    return builder.set_body(arguments.body_file.read_bytes().decode())


def command_line():
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(required=True)

    new = verbs.add_parser("key").add_subparsers(required=True).add_parser("new")
    new.add_argument("--kid")
    new.add_argument("--out", type=Path, required=True)
    new.add_argument("--public-out", type=Path, required=True)
    new.set_defaults(run=new_key)

    for name, run, key in [("sign", sign, "--key"), ("verify", verify, "--public-key")]:
        verb = verbs.add_parser(name)
        verb.add_argument(key, type=Path, required=True)
        verb.add_argument("--kid", required=True)
        verb.add_argument("--method", required=True)
        verb.add_argument("--path", required=True)
        verb.add_argument("--header", action="append", default=[])
        verb.add_argument("--body-file", type=Path, required=True)
        verb.add_argument("--signature", required=name == "verify")
        verb.set_defaults(run=run)
    return parser.parse_args()


if __name__ == "__main__":
    command = command_line()
    try:
        command.run(command)
    except TlSigningException as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        sys.exit(1)
    except Exception:
        traceback.print_exc()
        sys.exit(70)
