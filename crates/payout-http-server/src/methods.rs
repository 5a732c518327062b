//! The methods of a path.

use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::MethodRouter;
use utoipa::openapi::HttpMethod;

use crate::Api;
use crate::openapi::Describe;

/// The methods of a path, each with what is said of it. There is no method without.
pub(crate) struct Methods {
    pub(crate) router: MethodRouter<Arc<Api>>,
    pub(crate) described: Vec<(HttpMethod, Describe)>,
}

impl Methods {
    fn new(router: MethodRouter<Arc<Api>>, method: HttpMethod, describe: Describe) -> Self {
        Self { router, described: vec![(method, describe)] }
    }

    /// These and those of the other.
    pub(crate) fn and(self, other: Self) -> Self {
        let described = [self.described, other.described].concat();
        Self { router: self.router.merge(other.router), described }
    }
}

macro_rules! method {
    ($name:ident, $method:ident) => {
        /// One method of a path.
        pub(crate) fn $name<H, M>(handler: H, describe: Describe) -> Methods
        where
            H: Handler<M, Arc<Api>>,
            M: 'static,
        {
            Methods::new(axum::routing::$name(handler), HttpMethod::$method, describe)
        }
    };
}

method!(get, Get);
method!(post, Post);
method!(put, Put);
method!(delete, Delete);
