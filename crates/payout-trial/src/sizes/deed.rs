//! What is asked of a service again and again, at every size.

/// Something that is asked of a service again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Create,
    Get,
    Replay,
    FirstPage,
    FarPage,
    Event,
}

impl Deed {
    /// Those that leave the number of payouts as it is.
    pub(super) const QUIET: [Self; 5] =
        [Self::Get, Self::Replay, Self::FirstPage, Self::FarPage, Self::Event];

    /// Its key in JSON.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Get => "get_by_id",
            Self::Replay => "replay",
            Self::FirstPage => "first_page",
            Self::FarPage => "far_page",
            Self::Event => "event",
        }
    }

    /// What it is.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Create => "signed create",
            Self::Get => "get by id",
            Self::Replay => "replay of an old key",
            Self::FirstPage => "the first page of 25",
            Self::FarPage => "a page of 25 far back",
            Self::Event => "provider's event, taken in and followed",
        }
    }

    /// The status that every answer must have.
    pub(super) fn status(self) -> u16 {
        match self {
            Self::Create | Self::Replay | Self::Event => 202,
            Self::Get | Self::FirstPage | Self::FarPage => 200,
        }
    }
}
