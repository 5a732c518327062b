//! A law that no macro names is never tried.

use std::fs;
use std::path::Path;

#[test]
fn every_law_of_a_store_is_in_its_macro() {
    every_law_is_listed("store");
}

#[test]
fn every_law_of_a_gateway_is_in_its_macro() {
    every_law_is_listed("gateway");
}

fn every_law_is_listed(module: &str) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let macros = read(&source.join(format!("{module}.rs")));
    let listed: Vec<&str> = macros.split_whitespace().collect();
    let mut laws = Vec::new();

    for entry in fs::read_dir(source.join(module)).expect("the module has a folder") {
        let text = read(&entry.expect("the folder can be read").path());
        laws.extend(text.lines().filter_map(law_of).map(str::to_owned));
    }

    assert!(laws.len() > 30, "only these laws were found: {laws:?}");
    for law in laws {
        let times = listed.iter().filter(|word| **word == law).count();
        assert_eq!(times, 1, "{law} is listed {times} times");
    }
}

/// The name of the law that this line begins.
fn law_of(line: &str) -> Option<&str> {
    line.strip_prefix("pub async fn ")?.split(['(', '<']).next()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the source is there")
}
