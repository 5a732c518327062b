//! Two stores, one history: whatever is done to both, they answer alike.
