//! Which crates may name a library that decides how a crate looks.

use super::finding::Finding;
use super::house::House;
use super::map::{LIBRARIES, Owned, Tests};
use super::workspace::{Crate, Kind, Use};

/// Finds libraries in crates that do not own them.
pub(crate) fn check(house: &House) -> Vec<Finding> {
    let members = house.crates.iter();
    members.flat_map(|member| check_crate(house, member)).collect()
}

fn check_crate(house: &House, member: &Crate) -> Vec<Finding> {
    let owned = member.uses.iter().filter_map(|used| Some((used, owner_of(&used.name)?)));
    owned
        .filter(|(used, owned)| !may_name(&member.name, used, owned))
        .map(|(used, owned)| member.finding(&house.tree, used, advice(used, owned)))
        .collect()
}

fn owner_of(library: &str) -> Option<&'static Owned> {
    LIBRARIES.iter().find(|owned| owned.library == library)
}

fn may_name(member: &str, used: &Use, owned: &Owned) -> bool {
    match (used.kind, &owned.tests) {
        (Kind::Product, _) => {
            owned.owners.contains(&member)
                || (used.optional && owned.optional_for.contains(&member))
        }
        (Kind::Tests, Tests::OfAnyCrate) => true,
        (Kind::Tests, Tests::OnlyOf(members)) => members.contains(&member),
    }
}

fn advice(used: &Use, owned: &Owned) -> String {
    let (place, owners) = match (used.kind, &owned.tests) {
        (Kind::Tests, Tests::OnlyOf(members)) => ("in tests ", members.join(", ")),
        (Kind::Product | Kind::Tests, _) => ("", owned.owners.join(", ")),
    };
    format!("Do without `{}`: only these may name it {place}- {owners}.", used.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::findings;

    fn findings_in(member: Crate) -> Vec<String> {
        findings(check, &House::of_crates(vec![member]))
    }

    #[test]
    fn a_library_in_a_crate_that_does_not_own_it_is_found() {
        assert_eq!(
            findings_in(Crate::named("payout-service").using("reqwest")),
            ["crates/payout-service/Cargo.toml:1: Do without `reqwest`: \
              only these may name it - payout-http-client."]
        );
    }

    #[test]
    fn the_owner_may_name_its_library() {
        assert!(findings_in(Crate::named("payout-sqlite").using("rusqlite")).is_empty());
    }

    #[test]
    fn the_domain_may_name_serde_only_behind_a_feature() {
        assert!(findings_in(Crate::named("payout-domain").using_optionally("serde")).is_empty());
        assert_eq!(findings_in(Crate::named("payout-domain").using("serde")).len(), 1);
    }

    #[test]
    fn tests_may_name_a_library_but_mocks_are_for_the_service() {
        assert!(findings_in(Crate::named("payout-http-client").testing_with("axum")).is_empty());
        assert!(findings_in(Crate::named("payout-service").testing_with("mockall")).is_empty());
        assert_eq!(findings_in(Crate::named("payout-sqlite").testing_with("mockall")).len(), 1);
    }
}
