//! What operations are about.

/// What operations are about, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tag {
    Access,
    Payouts,
    MerchantAccounts,
    Payments,
    Refunds,
    Events,
    Operators,
    Clients,
    Controls,
    Server,
}

impl Tag {
    pub(crate) const ALL: [Self; 10] = [
        Self::Access,
        Self::Payouts,
        Self::MerchantAccounts,
        Self::Payments,
        Self::Refunds,
        Self::Events,
        Self::Operators,
        Self::Clients,
        Self::Controls,
        Self::Server,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Access => "Access",
            Self::Payouts => "Payouts",
            Self::MerchantAccounts => "Merchant accounts",
            Self::Payments => "Payments",
            Self::Refunds => "Refunds",
            Self::Events => "Events",
            Self::Operators => "Operators",
            Self::Clients => "Clients",
            Self::Controls => "Sandbox controls",
            Self::Server => "Server",
        }
    }

    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Access => "Tokens, which every call needs that is not said to need none.",
            Self::Payouts => "Money that goes back to where it came from.",
            Self::MerchantAccounts => "What is paid from, what moved there, and who has paid in.",
            Self::Payments => "Money that comes in.",
            Self::Refunds => "Payments that are paid back.",
            Self::Events => "What is told by webhook, to the service and by it.",
            Self::Operators => "What people see and decide of payouts of all clients.",
            Self::Clients => "Who may call.",
            Self::Controls => {
                "Plays users and banks. They need no credentials, and answer only to this machine and \
                 to no browser."
            }
            Self::Server => "The server itself.",
        }
    }
}
