//! In which order things happen. Mocks prove order and count here, and nothing else.

mod dispatch;
mod hearing;
mod request;
mod world;
