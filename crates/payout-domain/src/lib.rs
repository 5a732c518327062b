//! What a payout is: money, currencies, accounts, the closed loop and the payout's life.
