#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    payout_fuzz::hear("verdicts", bytes);
});
