//! What we ask of the world: gateway, repositories, notifier, clock and ids.
