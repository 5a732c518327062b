//! The document and the page that a server shows.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use expect_test::expect_file;
use payout_http_server::{Face, openapi};
use serde_json::Value;

use crate::call::Call;
use crate::contract::Contract;
use crate::house::House;

#[test]
fn golden_the_document_of_the_service() {
    expect_file!["../../../../docs/openapi/service.json"].assert_eq(&openapi(Face::SERVICE));
}

#[test]
fn golden_the_document_of_the_sandbox() {
    expect_file!["../../../../docs/openapi/sandbox.json"].assert_eq(&openapi(Face::SANDBOX));
}

/// A house with no more and no less than a server of this face.
fn house_of(face: Face) -> House {
    House::with(|api| {
        if face == Face::SERVICE {
            api.sandbox = None;
        } else {
            api.webhooks = None;
            api.operators.as_mut().expect("there are operators").client_desk = None;
        }
    })
}

#[tokio::test]
async fn a_server_shows_the_document_of_its_own_face() {
    for face in [Face::SERVICE, Face::SANDBOX] {
        let answer = Call::get("/openapi.json").send(&house_of(face)).await;

        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.body, openapi(face));
    }
}

#[tokio::test]
async fn every_route_is_in_the_document_with_every_method_and_there_are_no_others() {
    for face in [Face::SERVICE, Face::SANDBOX] {
        let house = house_of(face);
        let contract = Contract::of(house.face);
        let mut routed = BTreeSet::new();
        for path in &house.paths {
            let concrete = path.replace(['{', '}'], "");
            let refused = Call::new("SEARCH", &concrete, "").send(&house).await;
            let allowed = refused.header("allow").expect("no path takes SEARCH").to_owned();
            let methods = allowed.split(',').filter(|method| *method != "HEAD");
            routed.extend(methods.map(|method| format!("{method} {path}")));
        }

        let operations = contract.operations();
        let said: BTreeSet<_> = operations
            .iter()
            .flat_map(|it| it.spellings.iter().map(|path| format!("{} {path}", it.method)))
            .collect();

        assert_eq!(said, routed);
    }
}

#[tokio::test]
async fn every_operation_has_its_own_name_and_a_sentence() {
    for face in [Face::SERVICE, Face::SANDBOX] {
        let contract = Contract::of(face);
        let mut names = BTreeSet::new();

        for operation in contract.operations() {
            let name = operation.said["operationId"].as_str().expect("it has a name");
            assert!(names.insert(name.to_owned()), "{name} is there twice");
            assert!(operation.said["summary"].is_string(), "{name}");
        }
    }
}

#[tokio::test]
async fn every_parameter_of_a_path_is_described() {
    for face in [Face::SERVICE, Face::SANDBOX] {
        let contract = Contract::of(face);

        for operation in contract.operations() {
            let in_path: BTreeSet<_> = operation
                .path
                .split('/')
                .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
                .collect();
            let parameters = operation.said["parameters"].as_array().into_iter().flatten();
            let said: BTreeSet<_> = parameters
                .filter(|parameter| parameter["in"] == "path")
                .filter_map(|parameter| parameter["name"].as_str())
                .collect();

            assert_eq!(said, in_path, "{} {}", operation.method, operation.path);
        }
    }
}

/// Every `content` of a document, with the place where it stands.
fn contents<'a>(value: &'a Value, at: &str, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let at = format!("{at}/{name}");
                if name == "content" {
                    found.extend(
                        member.as_object().into_iter().flatten().map(|(_, it)| (at.clone(), it)),
                    );
                }
                contents(member, &at, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| contents(item, at, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn every_example_is_of_its_form() {
    for face in [Face::SERVICE, Face::SANDBOX] {
        let contract = Contract::of(face);
        let mut found = Vec::new();
        contents(&contract.document, "", &mut found);
        let mut shown = 0_usize;

        for (at, content) in found {
            for (name, example) in content["examples"].as_object().into_iter().flatten() {
                let name = format!("{at}: {name}");
                contract.check_body(&name, &content["schema"], &example["value"]);
                shown = shown.saturating_add(1);
            }
        }

        assert!(shown > 50, "{shown}");
    }
}

#[tokio::test]
async fn golden_the_page_has_the_style_that_a_browser_may_use() {
    let answer = Call::get("/docs").send(&House::new()).await;

    let (_, rest) = answer.body.split_once("<style>").expect("it has a style");
    let (style, _) = rest.split_once("</style>").expect("the style ends");
    let digest = STANDARD.encode(digest(&SHA256, style.as_bytes()));
    expect_file!["../../src/openapi/page/style.sha256"].assert_eq(&format!("{digest}\n"));
}

#[tokio::test]
async fn the_page_loads_nothing_and_runs_nothing() {
    let answer = Call::get("/docs").send(&House::new()).await;

    let policy = answer.header("content-security-policy").expect("a page has a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    for loading in ["<script", "<link", "<img", "src=", "javascript:", "url(", "@import", " style="]
    {
        assert!(!answer.body.contains(loading), "{loading}");
    }
}

#[tokio::test]
async fn the_page_shows_every_operation_and_every_form() {
    let house = House::new();
    let contract = Contract::of(house.face);
    let page = Call::get("/docs").send(&house).await.body;

    for operation in contract.operations() {
        let name = operation.said["operationId"].as_str().expect("it has a name");
        assert!(page.contains(&format!("<article id=\"{name}\">")), "{name}");
    }
    let schemas = contract.document["components"]["schemas"].as_object();
    for name in schemas.expect("there are schemas").keys() {
        assert!(page.contains(&format!("<article id=\"form-{name}\">")), "{name}");
    }
    for link in page.split("href=\"#").skip(1) {
        let (target, _) = link.split_once('"').expect("a link ends");
        assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
    }
}

#[tokio::test]
async fn whoever_may_not_write_learns_no_secret_from_the_document() {
    let secret = "swordfish-of-the-provider";
    let house = House::with(|api| {
        if let Some(webhooks) = &mut api.webhooks {
            webhooks.path_secret = Some(secret.to_owned());
        }
    });

    for path in ["/openapi.json", "/docs"] {
        let answer = Call::get(path).send(&house).await;

        assert!(answer.body.contains("/webhooks/{secret}"), "{path}");
        assert!(!answer.body.contains(secret), "{path}");
    }
}
