//! Operators: people with names, each with an own secret.
//!
//! What a server keeps of a secret lies in `operators/` of its data directory, one small file for each
//! person, and is enough to recognise the secret and not enough to use it. The secret itself lies where
//! its owner keeps it.

mod directory;
mod secrets;

use payout_domain::OperatorName;

pub(crate) use directory::OperatorFiles;
pub(crate) use secrets::OwnSecrets;

/// The name of whoever runs this process, as far as it can be an operator's name.
pub(crate) fn of_this_user() -> OperatorName {
    let user = ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    sanitised(&user.unwrap_or_default())
}

fn sanitised(user: &str) -> OperatorName {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._@-".contains(c);
    let name: String = user.chars().map(|c| if allowed(c) { c } else { '-' }).take(64).collect();
    let nobody = || "operator".parse().expect("it is a name");
    name.parse().unwrap_or_else(|_| nobody())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_has_a_name_as_an_operator() {
        let long = "x".repeat(65);
        for (user, name) in [
            ("alice", "alice"),
            ("DOMAIN\\zoë", "DOMAIN-zo-"),
            ("", "operator"),
            (long.as_str(), &long[..64]),
        ] {
            assert_eq!(sanitised(user).as_str(), name);
        }
    }
}
