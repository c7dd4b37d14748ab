//! What REST answers look like. Made from views and public records only.

mod article;
mod author;
mod envelope;
mod member;
mod publication;
mod source;

pub(super) use article::{ArticleDto, ArticleSummaryDto, BodyFormat};
pub(super) use author::AuthorDto;
pub(super) use envelope::{DataDto, ListDto, PageDto};
pub(super) use member::{
    BegunDto, ExportDto, FinishDto, NewsletterDto, ProfileChangeDto, ProfileDto, RefreshDto, SessionDto,
    SignOutDto, StartDto, SubscribeDto, TokensDto,
};
pub(super) use publication::{MeDto, SectionDto, TagDto, TierDto};
pub(super) use source::{SourceDto, SourcesDto};
