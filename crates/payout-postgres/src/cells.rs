//! The cells of a row, read from left to right.

use std::str::FromStr;
use std::sync::Arc;

use payout_domain::{AccountIdentifier, Metadata, Money, Timestamp};
use payout_ports::{Personal, PersonalField};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use crate::failure::Failure;
use payout_domain::record_text as text;

/// The cells of a row, read from left to right, in the order in which the statement names its
/// columns. What cannot be read is named by its column, never by its contents.
pub(crate) struct Cells<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(row: &'a Row) -> Self {
        Self { row, next: 0 }
    }

    /// A value as PostgreSQL keeps it.
    pub(crate) fn plain<T: FromSql<'a>>(&mut self, column: &'static str) -> Result<T, Failure> {
        let cell = self.row.try_get(self.next).map_err(|_| Failure::Unreadable(column));
        self.next = self.next.saturating_add(1);
        cell
    }

    /// A whole number that fits its type.
    pub(crate) fn number<T: TryFrom<i64>>(&mut self, column: &'static str) -> Result<T, Failure> {
        let number: i64 = self.plain(column)?;
        T::try_from(number).map_err(|_| Failure::Unreadable(column))
    }

    pub(crate) fn uuid(&mut self, column: &'static str) -> Result<Uuid, Failure> {
        self.plain(column)
    }

    pub(crate) fn optional_uuid(&mut self, column: &'static str) -> Result<Option<Uuid>, Failure> {
        self.plain(column)
    }

    /// A digest of 32 bytes.
    pub(crate) fn digest(&mut self, column: &'static str) -> Result<[u8; 32], Failure> {
        let bytes: &[u8] = self.plain(column)?;
        bytes.try_into().map_err(|_| Failure::Unreadable(column))
    }

    pub(crate) fn time(&mut self, column: &'static str) -> Result<Timestamp, Failure> {
        self.plain(column).map(Timestamp::from_micros)
    }

    pub(crate) fn optional_time(
        &mut self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, Failure> {
        Ok(self.plain::<Option<_>>(column)?.map(Timestamp::from_micros))
    }

    /// A value that prints itself as a text and is read back from it.
    pub(crate) fn parsed<T: FromStr>(&mut self, column: &'static str) -> Result<T, Failure> {
        self.read_as(column, |text| text.parse().ok())
    }

    pub(crate) fn optional_parsed<T: FromStr>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<T>, Failure> {
        let text: Option<&str> = self.plain(column)?;
        text.map(str::parse).transpose().map_err(|_| Failure::Unreadable(column))
    }

    /// A value that is read by this function, which says `None` to what it cannot read.
    pub(crate) fn read_as<T>(
        &mut self,
        column: &'static str,
        reader: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        reader(self.plain(column)?).ok_or(Failure::Unreadable(column))
    }

    /// Two cells: minor units and currency.
    pub(crate) fn money(&mut self) -> Result<Money, Failure> {
        let minor = self.number("amount_minor")?;
        let currency = self.parsed("currency")?;
        Money::from_minor(minor, currency).map_err(|_| Failure::Unreadable("amount_minor"))
    }

    /// A text of a person, which may be sealed.
    pub(crate) fn personal<T>(
        &mut self,
        of: Personal<'_>,
        field: PersonalField,
        reader: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        let kept = self.plain(field.as_str())?;
        opened(of, field, kept, reader)
    }

    /// Bytes of a person, which may be sealed.
    pub(crate) fn personal_bytes(
        &mut self,
        of: Personal<'_>,
        field: PersonalField,
    ) -> Result<Arc<[u8]>, Failure> {
        let column = field.as_str();
        let bytes = of.read_bytes(field, self.plain(column)?);
        bytes.map(Arc::from).map_err(|why| Failure::NotOpened { column, why })
    }

    /// A text of a person that nobody may have told.
    pub(crate) fn optional_personal(
        &mut self,
        of: Personal<'_>,
        field: PersonalField,
    ) -> Result<Option<String>, Failure> {
        let kept: Option<&str> = self.plain(field.as_str())?;
        kept.map(|kept| opened(of, field, kept, |text| Some(text.to_owned()))).transpose()
    }

    pub(crate) fn holder_name(&mut self, of: Personal<'_>) -> Result<Option<String>, Failure> {
        self.optional_personal(of, PersonalField::AccountHolderName)
    }

    pub(crate) fn identifiers(
        &mut self,
        of: Personal<'_>,
    ) -> Result<Vec<AccountIdentifier>, Failure> {
        self.personal(of, PersonalField::AccountIdentifiers, text::identifiers_from)
    }

    pub(crate) fn metadata(&mut self, of: Personal<'_>) -> Result<Metadata, Failure> {
        self.personal(of, PersonalField::Metadata, text::metadata_from)
    }
}

fn opened<T>(
    of: Personal<'_>,
    field: PersonalField,
    kept: &str,
    reader: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Failure> {
    let column = field.as_str();
    let text = of.read(field, kept).map_err(|why| Failure::NotOpened { column, why })?;
    reader(&text).ok_or(Failure::Unreadable(column))
}
