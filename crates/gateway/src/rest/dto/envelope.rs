//! What stands around the rows of a list.

use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest) struct ListDto<T> {
    /// The rows, in the list's order.
    pub(in crate::rest) data: Vec<T>,
    /// Where the page stands.
    pub(in crate::rest) page: PageDto,
}

/// Where a page stands in its list. The same ways stand in the `Link` header.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Page)]
pub(in crate::rest) struct PageDto {
    /// The cursor of the next page; null on the last.
    pub(in crate::rest) next: Option<String>,
    /// The cursor of the page before; null on the first.
    pub(in crate::rest) previous: Option<String>,
    /// How many rows the whole list has, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::rest) total: Option<u64>,
}

/// A list that comes whole.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::rest) struct DataDto<T> {
    /// The rows, in the list's order.
    pub(in crate::rest) data: Vec<T>,
}
