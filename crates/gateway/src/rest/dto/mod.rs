//! What REST answers look like. Made from views and public records only.

mod article;
mod author;
mod envelope;
mod partner;
mod publication;
mod source;

pub(super) use article::{ArticleDto, ArticleSummaryDto, BodyFormat};
pub(super) use author::AuthorDto;
pub(super) use envelope::{DataDto, ListDto, PageDto};
pub(crate) use partner::LicenceDto;
pub(super) use partner::{
    ApiKeyDto, DeedDto, MadeApiKeyDto, NewApiKeyDto, NewPartnerDto, PartnerChangeDto, PartnerDto,
};
pub(super) use publication::{MeDto, SectionDto, TagDto, TierDto};
pub(super) use source::{SourceDto, SourcesDto};
