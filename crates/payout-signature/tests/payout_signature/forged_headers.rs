//! JOSE headers that no honest signer writes, each one correctly signed.

use crate::fixtures::{PAYOUT, PAYOUT_PAYLOAD, forge, verify};

#[test]
fn every_jose_header_of_the_table_gets_the_expected_verdict() {
    let table = include_str!("../forgeries/jose_headers.txt");
    let rows = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut refused = 0;

    for row in rows {
        let (header, expected) = row.rsplit_once(" => ").expect("a row has a header and a verdict");

        let verdict = verify(&forge(header.as_bytes(), PAYOUT_PAYLOAD), &PAYOUT);

        assert_eq!(
            verdict.map_or_else(|error| error.to_string(), |()| "ok".to_owned()),
            expected,
            "{header}"
        );
        refused += u32::from(expected != "ok");
    }
    assert_eq!(refused, 126);
}

#[test]
fn a_jose_header_that_is_not_utf_8_is_refused() {
    let header = b"{\"alg\":\"ES512\",\"kid\":\"\xff\",\"tl_version\":\"2\",\"tl_headers\":\"\"}";

    let error = verify(&forge(header, PAYOUT_PAYLOAD), &PAYOUT).expect_err("it is not text");

    assert_eq!(
        error.to_string(),
        "malformed signature: the header is not a JSON object of distinct members"
    );
}
