//! What went wrong underneath.

use std::error::Error;

/// What went wrong underneath, for the log.
pub type Cause = Box<dyn Error + Send + Sync>;

/// An error with its sources, on one line: an error prints itself, and its sources print the rest.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RepositoryError;

    #[test]
    fn an_error_is_told_with_all_its_sources() {
        let error = RepositoryError::Unavailable("the disk is full".into());

        assert_eq!(chain(&error), "the store is not available: the disk is full");
    }
}
