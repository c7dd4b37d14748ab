//! Writing the table, page by page, so that it takes no more memory for many members than for few.

use super::super::list::{Card, Filter, list};
use super::COLUMNS;
use super::cells::escaped;
use crate::error::Problem;
use crate::operation::{Acting, Reading};
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use masthead_domain::id::MemberId;
use masthead_domain::page::{MAX_PAGE, PageRequest, PageSize, Position, Window};
use masthead_domain::viewer::Role;
use std::collections::HashMap;

/// The provider whose name for a customer stands in the table.
const PROVIDER: &str = "stripe";

/// What is to be written next.
enum Next {
    Page(Option<Position>),
    End,
}

/// The members that a filter finds, as a table, the newest first. That somebody took it is recorded. For publishers.
///
/// # Errors
/// 401 and 403 for whoever may not; a problem when the database fails.
pub async fn export(
    acting: &Acting<'_>,
    filter: Filter,
) -> Result<impl Stream<Item = Result<Bytes, Problem>> + use<>, Problem> {
    acting.must_be(Role::Publisher)?;
    let work = acting.begin().await?;
    acting.finish(work, "members.exported", "members").await?;
    let reading = acting.reading().clone();
    Ok(try_unfold(Next::Page(None), move |next| {
        let (reading, filter) = (reading.clone(), filter.clone());
        async move {
            match next {
                Next::Page(after) => Ok(Some(page(&reading, &filter, after).await?)),
                Next::End => Ok(None),
            }
        }
    }))
}

async fn page(reading: &Reading, filter: &Filter, after: Option<Position>) -> Result<(Bytes, Next), Problem> {
    let is_first = after.is_none();
    let size = PageSize::new(MAX_PAGE).map_err(|_| Problem::internal())?;
    let found = list(reading, filter, &PageRequest { size, window: Window::After(after) }).await?;
    let ids: Vec<MemberId> = found.items().map(|card| card.saved.member.id).collect();
    let customers: HashMap<_, _> =
        reading.store().registry().customers_of(PROVIDER, &ids).await?.into_iter().collect();
    let mut table = csv::Writer::from_writer(Vec::new());
    // It goes into memory.
    let failed = |_| Problem::internal();
    if is_first {
        table.write_record(COLUMNS).map_err(failed)?;
    }
    for card in found.items() {
        let customer = customers.get(&card.saved.member.id).map_or("", String::as_str);
        let cells = row(card, customer);
        table.write_record(cells.iter().map(|cell| escaped(cell).into_owned())).map_err(failed)?;
    }
    let next = match found.rows.last().filter(|_| found.has_next) {
        Some((position, _)) => Next::Page(Some(position.clone())),
        None => Next::End,
    };
    let bytes = table.into_inner().map_err(|_| Problem::internal())?;
    Ok((bytes.into(), next))
}

fn row(card: &Card, customer: &str) -> [String; COLUMNS.len()] {
    let member = &card.saved.member;
    let tiers: Vec<_> = card.tiers.iter().map(ToString::to_string).collect();
    [
        member.id.to_string(),
        member.email.as_str().to_owned(),
        member.name.clone().unwrap_or_default(),
        member.note.clone().unwrap_or_default(),
        (!card.newsletters.is_empty()).to_string(),
        card.is_comped.to_string(),
        customer.to_owned(),
        member.created.to_string(),
        String::new(),
        member.labels.join(","),
        tiers.join(","),
    ]
}
