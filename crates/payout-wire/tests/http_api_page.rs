//! What `docs/http-api.md` shows is what is written on the wire.

use std::fs;
use std::path::Path;

/// Each marked block of the page with the golden file that it names.
fn examples(page: &str) -> Vec<(&str, &str)> {
    page.split("<!-- golden: ")
        .skip(1)
        .map(|part| {
            let (name, rest) =
                part.split_once(" -->\n```json\n").expect("a block follows its mark");
            let (json, _) = rest.split_once("\n```").expect("the block ends");
            (name, json)
        })
        .collect()
}

#[test]
fn every_example_of_the_page_is_a_golden_file() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(here.join("../../docs/http-api.md")).expect("the page is there");

    let examples = examples(&page);

    assert!(examples.len() > 20, "the page shows every body");
    assert_eq!(page.matches("```json").count(), examples.len(), "no example stands for itself");
    for (name, json) in examples {
        let golden = fs::read_to_string(here.join("tests/golden").join(name));
        assert_eq!(golden.expect("the golden file is there").trim_end(), json, "{name}");
    }
}
