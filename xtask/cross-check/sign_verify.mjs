// Signs and verifies with the provider's Node package, on the command line of `payout`.
//
//     sign_verify.mjs sign --key PRIVATE.pem --kid KID --method POST --path /v3/payouts \
//         --header 'Idempotency-Key: abc' --body-file FILE
//     sign_verify.mjs verify --public-key PUBLIC.pem ... --signature SIGNATURE
//
// Exits with 0 for done or valid, 1 for refused, 70 when this script itself is at fault.
// Start it in the folder where the package is installed.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";

// Node would look beside this file, where nothing is installed.
const { SignatureError, sign, verify } =
  createRequire(join(process.cwd(), "package.json"))("truelayer-signing");

const text = { type: "string" };
const options = {
  key: text,
  "public-key": text,
  kid: text,
  method: text,
  path: text,
  header: { type: "string", multiple: true, default: [] },
  "body-file": text,
  signature: text,
};

try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  run(positionals[0], values);
} catch (error) {
  console.error(error);
  process.exitCode = error instanceof SignatureError ? 1 : 70;
}

function run(verb, values) {
  const request = {
    method: values.method,
    path: values.path,
    headers: Object.fromEntries(values.header.map((header) => header.split(/: (.*)/s, 2))),
    body: readFileSync(values["body-file"], "utf8"),
  };
  if (verb === "sign") {
    const privateKeyPem = readFileSync(values.key, "utf8");
    console.log(sign({ ...request, kid: values.kid, privateKeyPem }));
  } else if (verb === "verify") {
    const publicKeyPem = readFileSync(values["public-key"], "utf8");
    verify({ ...request, publicKeyPem, signature: values.signature });
  } else {
    throw new Error(`no such verb: ${verb}`);
  }
}
