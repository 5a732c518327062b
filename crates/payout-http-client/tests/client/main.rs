//! The client against a server that does what it is told, and nothing that a good server would do.

mod scripted_server;
mod world;

mod api;
mod key_set;
mod operator;
mod prepare;
mod proxy;
mod read;
mod token;
mod transmission;
mod webhook;
