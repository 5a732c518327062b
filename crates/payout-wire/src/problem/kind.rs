//! The catalogue of errors.

/// The kinds of error that the API tells apart.
///
/// Up to [`ProviderError`](Self::ProviderError) they are the provider's own; the rest are ours, in the
/// same style, because a server answers every request with a problem document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// Something in the request is wrong; `errors` says what.
    InvalidParameters,
    /// The thing is in a state that does not allow this.
    InvalidState,
    /// No valid token, or no valid signature. Also when the idempotency key is not signed.
    Unauthenticated,
    /// The token does not allow this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// Somebody else changed the thing at the same time.
    ConcurrencyConflict,
    /// The first request under this idempotency key is still being worked on.
    IdempotencyKeyConcurrencyConflict,
    /// The idempotency key belongs to another request.
    IdempotencyKeyReuse,
    /// Too many requests.
    RateLimitExceeded,
    /// Something broke here.
    UnknownError,
    /// Something broke at the bank or at the provider.
    ProviderError,
    /// The path exists, but not for this method. Ours.
    MethodNotAllowed,
    /// The request took too long to arrive. Ours.
    RequestTimeout,
    /// The body is too large. Ours.
    PayloadTooLarge,
    /// The body is of a media type that is not read here. Ours.
    UnsupportedMediaType,
    /// What an operator decided cannot be decided of a payout that stands where it does. Ours.
    DecisionRefused,
    /// The server cannot take requests now. Ours.
    ServiceUnavailable,
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::InvalidParameters,
        Self::InvalidState,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::ConcurrencyConflict,
        Self::IdempotencyKeyConcurrencyConflict,
        Self::IdempotencyKeyReuse,
        Self::RateLimitExceeded,
        Self::UnknownError,
        Self::ProviderError,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::DecisionRefused,
        Self::ServiceUnavailable,
    ];

    /// The detail when no bearer token came along.
    pub const NO_BEARER_TOKEN: &str =
        "A Bearer token must be provided in the Authorization header.";

    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidParameters | Self::InvalidState => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::ConcurrencyConflict
            | Self::IdempotencyKeyConcurrencyConflict
            | Self::DecisionRefused => 409,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyKeyReuse => 422,
            Self::RateLimitExceeded => 429,
            Self::UnknownError => 500,
            Self::ProviderError => 502,
            Self::ServiceUnavailable => 503,
        }
    }

    /// The title. The PHP client compares that of [`IdempotencyKeyReuse`](Self::IdempotencyKeyReuse)
    /// letter by letter.
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidParameters => "Invalid Parameters",
            Self::InvalidState => "Invalid State",
            Self::Unauthenticated => "Unauthenticated",
            Self::Forbidden => "Forbidden",
            Self::NotFound => "Not Found",
            Self::ConcurrencyConflict => "Concurrency Conflict",
            Self::IdempotencyKeyConcurrencyConflict => "Idempotency-Key Concurrency Conflict",
            Self::IdempotencyKeyReuse => "Idempotency-Key Reuse",
            Self::RateLimitExceeded => "Rate Limit Exceeded",
            Self::UnknownError => "Unknown Error",
            Self::ProviderError => "Provider Error",
            Self::MethodNotAllowed => "Method Not Allowed",
            Self::RequestTimeout => "Request Timeout",
            Self::PayloadTooLarge => "Payload Too Large",
            Self::UnsupportedMediaType => "Unsupported Media Type",
            Self::DecisionRefused => "Decision Refused",
            Self::ServiceUnavailable => "Service Unavailable",
        }
    }

    /// The URI that names the kind: the provider's page of error types, at this kind.
    pub fn type_uri(self) -> String {
        format!("https://docs.truelayer.com/docs/error-types#{}", self.fragment())
    }

    /// What to say when there is nothing more particular to say.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::InvalidParameters => "The request body was invalid.",
            Self::InvalidState => "The resource is in a state that does not allow this.",
            Self::Unauthenticated => "Invalid request signature.",
            Self::Forbidden => "The token does not allow this request.",
            Self::NotFound => "Resource could not be found.",
            Self::ConcurrencyConflict => "Another request conflicted with the current request.",
            Self::IdempotencyKeyConcurrencyConflict => {
                "The Idempotency-Key value is being used for a concurrent request."
            }
            Self::IdempotencyKeyReuse => {
                "The Idempotency-Key value has already been used for a different request."
            }
            Self::RateLimitExceeded => "Too many requests; send fewer of them.",
            Self::UnknownError => "An error occurred. Please contact customer support.",
            Self::ProviderError => "Provider is temporarily unavailable, please retry.",
            Self::MethodNotAllowed => "This path does not take this method.",
            Self::RequestTimeout => "The request took too long to arrive.",
            Self::PayloadTooLarge => "The request body is too large.",
            Self::UnsupportedMediaType => "Send the body as application/json.",
            Self::DecisionRefused => "This cannot be decided of the payout as it stands.",
            Self::ServiceUnavailable => "The server cannot take requests now, please retry.",
        }
    }

    /// Whether the very same request, under the same idempotency key, may succeed later: the value of
    /// the header `Tl-Should-Retry`.
    pub const fn should_retry(self) -> bool {
        match self {
            Self::IdempotencyKeyConcurrencyConflict
            | Self::RateLimitExceeded
            | Self::UnknownError
            | Self::ProviderError
            | Self::ServiceUnavailable => true,
            Self::InvalidParameters
            | Self::InvalidState
            | Self::Unauthenticated
            | Self::Forbidden
            | Self::NotFound
            | Self::ConcurrencyConflict
            | Self::IdempotencyKeyReuse
            | Self::MethodNotAllowed
            | Self::RequestTimeout
            | Self::PayloadTooLarge
            | Self::UnsupportedMediaType
            | Self::DecisionRefused => false,
        }
    }

    /// The part of the type URI after `#`.
    pub(super) const fn fragment(self) -> &'static str {
        match self {
            Self::InvalidParameters => "invalid-parameters",
            Self::InvalidState => "invalid-state",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::ConcurrencyConflict => "conflict",
            Self::IdempotencyKeyConcurrencyConflict => "idempotency-key-concurrency-conflict",
            Self::IdempotencyKeyReuse => "idempotency-key-reuse",
            Self::RateLimitExceeded => "rate-limit-exceeded",
            Self::UnknownError => "unknown-error",
            Self::ProviderError => "provider-error",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::RequestTimeout => "request-timeout",
            Self::PayloadTooLarge => "payload-too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::DecisionRefused => "decision-refused",
            Self::ServiceUnavailable => "service-unavailable",
        }
    }
}
