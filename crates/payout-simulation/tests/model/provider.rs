//! The provider: what it remembers, what it does, what it says.

use payout_domain::{
    Evidence, FailureReason, GatewayPayoutId, ParkReason, ProviderStatus, Timestamp, TransactionId,
};
use uuid::Uuid;

use crate::bounds::{MARGIN, TOKEN_LIFE, TRANSMISSIONS, Tick, WINDOW};

/// The provider's memory and its book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Provider {
    /// What it remembers of each key. One is used, unless that error is planted.
    pub(crate) keys: [Memory; TRANSMISSIONS],
    /// Its payouts. A third would prove nothing that a second has not.
    pub(crate) payouts: [Option<Booked>; 2],
}

/// What the provider remembers of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Memory {
    #[default]
    Never,
    Seen {
        /// Since when: the window counts from then.
        since: Tick,
        /// The payout that was made under it.
        payout: Option<usize>,
    },
    Forgotten,
}

/// A payout in the provider's book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Booked {
    /// How it stands.
    pub(crate) standing: Standing,
    /// Whether it is younger than a tick: listings may not show it yet.
    pub(crate) is_new: bool,
}

/// How a payout stands with the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Standing {
    Pending,
    Executed,
    Failed,
    Returned,
}

/// What the provider does with a transmission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// Turns it away before anything happens: too many, no connection, the token has expired.
    TurnAway,
    /// Makes the payout, or, if it remembers the key, says that it has.
    Accept,
    /// Refuses it for good; also a repetition, whose first transmission it has taken.
    Refuse,
    /// Says that the key belongs to another request, though it does not.
    KeyReused,
    /// Breaks before anything has happened, and says nothing that helps.
    Break,
}

/// What comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    NotProcessed,
    Accepted(usize),
    Rejected,
    KeyReused,
}

impl Reaction {
    pub(crate) const ALL: [Self; 5] =
        [Self::TurnAway, Self::Accept, Self::Refuse, Self::KeyReused, Self::Break];
}

impl Standing {
    pub(crate) const ALL: [Self; 4] = [Self::Pending, Self::Executed, Self::Failed, Self::Returned];

    /// What may come next.
    pub(crate) fn next(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Executed, Self::Failed],
            Self::Executed => &[Self::Returned],
            Self::Failed | Self::Returned => &[],
        }
    }

    /// Whether the provider may say this of a payout that stands so: words come late and twice.
    pub(crate) fn has_been(self, earlier: Self) -> bool {
        match earlier {
            Self::Pending => true,
            Self::Executed => matches!(self, Self::Executed | Self::Returned),
            Self::Failed | Self::Returned => self == earlier,
        }
    }

    /// Whether money has left the merchant account, for good or for a while.
    pub(crate) fn has_paid(self) -> bool {
        matches!(self, Self::Executed | Self::Returned)
    }

    fn said(self) -> ProviderStatus {
        // Its own times tell nothing apart here.
        let at = Timestamp::default();
        match self {
            Self::Pending => ProviderStatus::Pending,
            Self::Executed => ProviderStatus::Executed { at, scheme: None },
            Self::Failed => ProviderStatus::Failed { at, reason: FailureReason::Blocked },
            Self::Returned => ProviderStatus::Failed { at, reason: FailureReason::Returned },
        }
    }
}

impl Answer {
    /// What a worker takes it for.
    pub(crate) fn as_evidence(self, attempt: u32) -> Evidence {
        match self {
            Self::NotProcessed => Evidence::NotProcessed { attempt },
            Self::Accepted(number) => Evidence::Acknowledged { gateway_payout_id: id(number) },
            Self::Rejected => Evidence::Rejected { attempt, detail: "422".into() },
            Self::KeyReused => Evidence::Parked(ParkReason::KeyReused),
        }
    }
}

impl Provider {
    /// Whether it may take a token that was issued then: its own clock decides, and that may be
    /// behind by the margin.
    pub(crate) fn may_take(issued: Tick, now: Tick) -> bool {
        now < issued.saturating_add(TOKEN_LIFE).saturating_add(MARGIN)
    }

    /// The payout under this key, as long as the key is remembered.
    pub(crate) fn known(&self, key: usize) -> Option<usize> {
        match self.keys.get(key)? {
            Memory::Seen { payout, .. } => *payout,
            Memory::Never | Memory::Forgotten => None,
        }
    }

    /// Whether it may have forgotten that it has seen this key.
    pub(crate) fn has_forgotten(&self, key: usize) -> bool {
        self.keys.get(key) == Some(&Memory::Forgotten)
    }

    /// Sees a key, for the first time as far as it remembers.
    pub(crate) fn see(&mut self, key: usize, now: Tick) -> Option<()> {
        let memory = self.keys.get_mut(key)?;
        if !matches!(memory, Memory::Seen { .. }) {
            *memory = Memory::Seen { since: now, payout: None };
        }
        Some(())
    }

    /// The payout under this key: the one that it remembers, or a new one.
    pub(crate) fn book(&mut self, key: usize, now: Tick) -> Option<usize> {
        if let Some(known) = self.known(key) {
            return Some(known);
        }
        self.see(key, now)?;
        let number = self.payouts.iter().position(Option::is_none)?;
        let booked = Booked { standing: Standing::Pending, is_new: true };
        *self.payouts.get_mut(number)? = Some(booked);
        if let Memory::Seen { payout, .. } = self.keys.get_mut(key)? {
            *payout = Some(number);
        }
        Some(number)
    }

    /// Time goes by: keys are forgotten as early as promised.
    pub(crate) fn tick(&mut self, now: Tick) {
        for memory in &mut self.keys {
            if let Memory::Seen { since, .. } = memory
                && since.saturating_add(WINDOW) <= now
            {
                *memory = Memory::Forgotten;
            }
        }
        for booked in self.payouts.iter_mut().flatten() {
            booked.is_new = false;
        }
    }

    /// What it says of one of its payouts when it says that it stood so.
    pub(crate) fn word(&self, number: usize, standing: Standing) -> Option<Evidence> {
        let booked = self.payouts.get(number)?.as_ref()?;
        let said = Evidence::Reported { gateway_payout_id: id(number), status: standing.said() };
        booked.standing.has_been(standing).then_some(said)
    }

    /// Its payouts.
    pub(crate) fn booked(&self) -> impl Iterator<Item = &Booked> {
        self.payouts.iter().flatten()
    }
}

/// What the provider's statement tells when the money of a payout is back.
pub(crate) fn money_came_back(number: usize) -> Evidence {
    Evidence::MoneyCameBack {
        gateway_payout_id: id(number),
        transaction_id: TransactionId::from_uuid(Uuid::from_u128(1)),
        at: Timestamp::default(),
    }
}

/// The provider's name for its first payout, its second, ...
fn id(number: usize) -> GatewayPayoutId {
    let number = u128::try_from(number).unwrap_or(u128::MAX);
    GatewayPayoutId::from_uuid(Uuid::from_u128(number))
}
