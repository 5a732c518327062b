//! The media types of what is sent.

/// Of every body but those below.
pub const JSON: &str = "application/json";

/// Of every error; the .NET client reads an error only under exactly this name.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Of a token request as OAuth has it.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// Whether the value of a `Content-Type` header names this media type, whatever its parameters and
/// its case: `application/json; charset=UTF-8` is JSON.
pub fn is(content_type: &str, media_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(media_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_case_do_not_change_a_media_type() {
        for json in ["application/json", "application/json; charset=UTF-8", " Application/JSON ;x"]
        {
            assert!(is(json, JSON), "{json}");
        }
        for other in ["", "application/jsonp", "application/problem+json", "text/json"] {
            assert!(!is(other, JSON), "{other}");
        }
    }
}
