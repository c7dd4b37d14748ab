//! What REST answers look like. Made from views and public records only.

mod access;
mod article;
mod author;
mod change;
mod checkout;
mod delivery;
mod envelope;
mod feed;
mod fields;
mod gift_subscription;
mod group;
mod institution;
mod member;
mod membership;
mod partner;
mod passes;
mod policy;
mod preview;
mod publication;
mod source;
mod tier;

pub(super) use access::{AccessClassDto, DescribedViewer, ExplainRequest, ExplanationDto};
pub(super) use article::{ArticleDto, ArticleSummaryDto, BodyFormat};
pub(super) use author::AuthorDto;
pub(super) use change::ChangesDto;
pub(super) use checkout::{CheckoutDto, CheckoutRequest, ContributionRequest, Ordered};
pub(super) use delivery::DeliveryDto;
pub(super) use envelope::{DataDto, ListDto, PageDto};
pub(super) use feed::{FeedDto, FilterDto, MadeFeedDto, NewFeedDto, NewFilterDto};
pub(crate) use feed::{feed_url, filter_url};
pub(super) use gift_subscription::{GiftSubscriptionDto, GiftSubscriptionRequest, NewGiftSubscriptionDto};
pub(super) use group::{
    GroupChangeDto, GroupDto, InvitationDto, MyGroupsDto, MySeatDto, NewGroupDto, NewInvitationsDto, SeatDto,
};
pub(super) use institution::{InstitutionDto, InstitutionRequest, NewPassDto, PassDto, PassRequest};
pub(super) use member::{
    BegunDto, ExportDto, FinishDto, NewsletterDto, ProfileChangeDto, ProfileDto, RefreshDto, SessionDto,
    SignOutDto, StartDto, SubscribeDto, SubscriptionDto, TokensDto,
};
pub(super) use membership::{
    CompDto, MemberChangeDto, MemberDetailsDto, MemberDto, MembersImportDto, NewMemberDto,
};
pub(crate) use partner::LicenceDto;
pub(super) use partner::{
    ApiKeyDto, DeedDto, MadeApiKeyDto, NewApiKeyDto, NewPartnerDto, NewServiceKeyDto, PartnerChangeDto,
    PartnerDto,
};
pub(super) use passes::{CodeRequest, GiftDto, NewGiftDto, NewPreviewDto, PreviewDto, TokenDto, UnlockDto};
pub(super) use policy::{PolicyDto, PolicyShape};
pub(super) use preview::{LicencePreviewDto, UsageDayDto};
pub(super) use publication::{MeDto, SectionDto, TagDto};
pub(super) use source::{SourceDto, SourcesDto};
pub(super) use tier::{NewTierDto, TierChangeDto, TierDto};
