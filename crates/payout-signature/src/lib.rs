//! Tl-Signature v2: signing and verifying requests with ES512, key sets, and access tokens.
