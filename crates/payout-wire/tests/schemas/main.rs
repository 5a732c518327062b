//! What the bodies look like, held against the bodies, their readers and each other.

mod document;
mod examples;
mod readers;
