//! The laws of a sealer, over the one that stores are tested with.

use payout_conformance::play_sealer;

payout_conformance::sealer_laws!(play_sealer);
