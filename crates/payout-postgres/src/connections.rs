//! Connections, and what every one of them must be.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts,
};
use payout_ports::Sealing;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls, Row, Statement};

use crate::failure::Failure;
use crate::settings::{self, Session};
use crate::tls::Tls;
use crate::{OpenError, StoreOptions};

/// What a statement is given.
pub(crate) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Ends a transaction. Nothing cuts its wait for a standby short: the server would answer as if the
/// standby had it.
const COMMIT: &str = "SET LOCAL statement_timeout = 0; COMMIT";

/// Connections that are used in turn. One that broke is replaced when the next one is asked for.
#[derive(Clone)]
pub(crate) struct Connections {
    pool: Pool,
    answer_timeout: Duration,
    sealing: Sealing,
}

impl Connections {
    /// A pool that connects when somebody asks.
    pub(crate) fn new(
        config: Config,
        tls: Tls,
        session: Arc<Session>,
        options: &StoreOptions,
    ) -> Result<Self, OpenError> {
        // Connections that broke are known to be broken; a question before each use costs as much as
        // the use.
        let recycle = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match tls {
            Tls::No => Manager::from_config(config, NoTls, recycle),
            Tls::Yes(connector) => Manager::from_config(config, connector, recycle),
        };
        let timeouts = Timeouts {
            wait: Some(options.pool_timeout),
            create: Some(options.connect_timeout.saturating_mul(2)),
            recycle: None,
        };
        let pool = Pool::builder(manager)
            .max_size(options.connections.get())
            .runtime(Runtime::Tokio1)
            .timeouts(timeouts)
            .post_create(hook(session))
            .build()
            .map_err(|error| OpenError::Failed(error.into()))?;
        let (answer_timeout, sealing) = (options.answer_timeout, options.sealing.clone());
        Ok(Self { pool, answer_timeout, sealing })
    }

    /// A connection of one's own.
    pub(crate) async fn get(&self) -> Result<Connection, Failure> {
        let object = self.pool.get().await.map_err(Failure::NoConnection)?;
        let (answer_timeout, sealing) = (self.answer_timeout, self.sealing.clone());
        Ok(Connection { object: Some(object), answer_timeout, sealing })
    }

    /// Gives out no connection any more.
    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("status", &self.pool.status()).finish_non_exhaustive()
    }
}

/// Settles each new connection, and refuses one to a server that has become a standby or careless.
fn hook(session: Arc<Session>) -> Hook {
    Hook::async_fn(move |client, _| {
        let session = Arc::clone(&session);
        Box::pin(async move {
            client.batch_execute(session.sql()).await.map_err(HookError::Backend)?;
            let rows = client.query(settings::READ, &[]).await.map_err(HookError::Backend)?;
            settings::judge(&settings::read(&rows))
                .map_err(|error| HookError::message(payout_ports::chain(&error)))?;
            Ok(())
        })
    })
}

/// A connection while it is used.
///
/// Unless it is given back in order it is closed, also when its user is dropped half-way: nobody else
/// must find a transaction on it.
pub(crate) struct Connection {
    object: Option<Object>,
    answer_timeout: Duration,
    sealing: Sealing,
}

impl Connection {
    /// Waits for this work on it, but not for ever.
    pub(crate) async fn limit<T>(
        &self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::time::timeout(self.answer_timeout, work).await.unwrap_or(Err(Failure::Late))
    }

    /// How what is of a person is kept.
    pub(crate) fn sealing(&self) -> &Sealing {
        &self.sealing
    }

    /// Gives it back. No transaction is open on it.
    pub(crate) fn give_back(mut self) {
        drop(self.object.take());
    }

    pub(crate) async fn prepare(&self, sql: &'static str) -> Result<Statement, Failure> {
        Ok(self.client()?.prepare_cached(sql).await?)
    }

    /// Every row of a statement.
    pub(crate) async fn query(
        &self,
        sql: &'static str,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, Failure> {
        let statement = self.prepare(sql).await?;
        self.query_prepared(&statement, parameters).await
    }

    /// The one row of a statement, if there is one.
    pub(crate) async fn query_one(
        &self,
        sql: &'static str,
        parameters: Parameters<'_>,
    ) -> Result<Option<Row>, Failure> {
        Ok(self.query(sql, parameters).await?.into_iter().next())
    }

    /// How many rows a statement has written.
    pub(crate) async fn execute(
        &self,
        sql: &'static str,
        parameters: Parameters<'_>,
    ) -> Result<u64, Failure> {
        let statement = self.prepare(sql).await?;
        self.execute_prepared(&statement, parameters).await
    }

    /// As [`query`](Self::query). It is on its way as soon as it is polled, so that several that are
    /// polled in turn take one round trip.
    pub(crate) async fn query_prepared(
        &self,
        statement: &Statement,
        parameters: Parameters<'_>,
    ) -> Result<Vec<Row>, Failure> {
        Ok(self.client()?.query(statement, parameters).await?)
    }

    /// As [`execute`](Self::execute); see [`query_prepared`](Self::query_prepared).
    pub(crate) async fn execute_prepared(
        &self,
        statement: &Statement,
        parameters: Parameters<'_>,
    ) -> Result<u64, Failure> {
        Ok(self.client()?.execute(statement, parameters).await?)
    }

    pub(crate) async fn begin(&self) -> Result<(), Failure> {
        Ok(self.client()?.batch_execute("BEGIN").await?)
    }

    /// Begins a transaction that only reads, and sees one moment.
    pub(crate) async fn begin_snapshot(&self) -> Result<(), Failure> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(self.client()?.batch_execute(begin).await?)
    }

    pub(crate) async fn commit(&self) -> Result<(), Failure> {
        Ok(self.client()?.batch_execute(COMMIT).await?)
    }

    pub(crate) async fn roll_back(&self) -> Result<(), Failure> {
        Ok(self.client()?.batch_execute("ROLLBACK").await?)
    }

    fn client(&self) -> Result<&Object, Failure> {
        self.object.as_ref().ok_or(Failure::Closed)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
    }
}

/// Works on a connection of its own and gives it back if all went well.
macro_rules! on_connection {
    ($connections:expr, $connection:ident => $work:expr) => {{
        let $connection = $connections.get().await?;
        let answer = $connection.limit($work).await?;
        $connection.give_back();
        answer
    }};
}
pub(crate) use on_connection;
