//! The cells of a row, read from left to right.

use std::str::FromStr;
use std::sync::Arc;

use payout_domain::{AccountIdentifier, Metadata, Money, Timestamp};
use payout_ports::{Personal, PersonalField};
use rusqlite::Row;
use rusqlite::types::{FromSql, ValueRef};
use uuid::Uuid;

use crate::failure::Failure;
use payout_domain::record_text as text;

/// The cells of a row, read from left to right, in the order in which the statement names its
/// columns. What cannot be read is named by its column, never by its contents.
pub(crate) struct Cells<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(row: &'a Row<'a>) -> Self {
        Self { row, next: 0 }
    }

    /// A value as SQLite keeps it.
    pub(crate) fn plain<T: FromSql>(&mut self, column: &'static str) -> Result<T, Failure> {
        T::column_result(self.cell()?).map_err(|_| Failure::Unreadable(column))
    }

    /// A number that counts something.
    pub(crate) fn count(&mut self, column: &'static str) -> Result<u64, Failure> {
        u64::try_from(self.plain::<i64>(column)?).map_err(|_| Failure::Unreadable(column))
    }

    /// A UUID of sixteen bytes.
    pub(crate) fn uuid(&mut self, column: &'static str) -> Result<Uuid, Failure> {
        self.plain(column).map(Uuid::from_bytes)
    }

    pub(crate) fn optional_uuid(&mut self, column: &'static str) -> Result<Option<Uuid>, Failure> {
        Ok(self.plain::<Option<_>>(column)?.map(Uuid::from_bytes))
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
        let cell = self.cell()?;
        if cell == ValueRef::Null {
            return Ok(None);
        }
        read(cell, column, |text| text.parse().ok()).map(Some)
    }

    /// A value that is read by this function, which says `None` to what it cannot read.
    pub(crate) fn read_as<T>(
        &mut self,
        column: &'static str,
        reader: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        read(self.cell()?, column, reader)
    }

    /// Two cells: minor units and currency.
    pub(crate) fn money(&mut self) -> Result<Money, Failure> {
        let minor: i64 = self.plain("amount_minor")?;
        let currency = self.parsed("currency")?;
        let minor = u64::try_from(minor).map_err(|_| Failure::Unreadable("amount_minor"))?;
        Money::from_minor(minor, currency).map_err(|_| Failure::Unreadable("amount_minor"))
    }

    /// A text of a person, which may be sealed.
    pub(crate) fn personal<T>(
        &mut self,
        of: Personal<'_>,
        field: PersonalField,
        reader: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        let column = field.as_str();
        let kept = self.cell()?.as_str().map_err(|_| Failure::Unreadable(column))?;
        let text = of.read(field, kept).map_err(|why| Failure::NotOpened { column, why })?;
        reader(&text).ok_or(Failure::Unreadable(column))
    }

    /// Bytes of a person, which may be sealed.
    pub(crate) fn personal_bytes(
        &mut self,
        of: Personal<'_>,
        field: PersonalField,
    ) -> Result<Arc<[u8]>, Failure> {
        let column = field.as_str();
        let kept = self.cell()?.as_blob().map_err(|_| Failure::Unreadable(column))?;
        let bytes = of.read_bytes(field, kept);
        bytes.map(Arc::from).map_err(|why| Failure::NotOpened { column, why })
    }

    /// A text of a person that nobody may have told.
    pub(crate) fn optional_personal(
        &mut self,
        of: Personal<'_>,
        field: PersonalField,
    ) -> Result<Option<String>, Failure> {
        if self.row.get_ref(self.next)? == ValueRef::Null {
            return self.plain(field.as_str());
        }
        self.personal(of, field, |text| Some(text.to_owned())).map(Some)
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

    fn cell(&mut self) -> Result<ValueRef<'a>, Failure> {
        let cell = self.row.get_ref(self.next)?;
        self.next = self.next.saturating_add(1);
        Ok(cell)
    }
}

fn read<T>(
    cell: ValueRef<'_>,
    column: &'static str,
    reader: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Failure> {
    cell.as_str().ok().and_then(reader).ok_or(Failure::Unreadable(column))
}
