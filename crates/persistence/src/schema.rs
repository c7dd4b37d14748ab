//! The names of tables and columns, as statements use them.

use sea_orm::DeriveIden;

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Publication {
    Table,
    ArticleId,
    Version,
    Slug,
    SectionId,
    PublishedAt,
    Document,
    Fingerprint,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Draft {
    Table,
    ArticleId,
    Version,
    Slug,
    SectionId,
    Document,
    Fingerprint,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum ArticleSlug {
    Table,
    Slug,
    ArticleId,
    RetiredAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Shelf {
    Table,
    Stage,
    Name,
    ArticleId,
    Version,
    PublishedAt,
    UpdatedAt,
    IsWithdrawn,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Change {
    Table,
    Sequence,
    SubjectKind,
    SubjectId,
    Kind,
    Version,
    At,
}

/// The columns of records, which are kept whole as JSON.
#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Record {
    Id,
    Version,
    Content,
    Fingerprint,
    Slug,
    Shelf,
    ParentId,
    Position,
    EditorId,
    Email,
    Status,
    CreatedAt,
    MemberId,
    ProviderReference,
    Tier,
    StartsAt,
    LapsesAt,
    Seats,
    Taken,
    CodeHash,
    GiverId,
    RedeemedBy,
    UnpaidSince,
    LetterDue,
    Recipient,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum MemberShelf {
    Table,
    Name,
    CreatedAt,
    MemberId,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum NewsletterSubscription {
    Table,
    MemberId,
    NewsletterId,
    ConfirmedAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Session {
    Table,
    Id,
    MemberId,
    Label,
    CreatedAt,
    UsedAt,
    ExpiresAt,
    RevokedAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum SignIn {
    Table,
    Id,
    Email,
    Wishes,
    CodeHash,
    LinkHash,
    Tries,
    CreatedAt,
    ExpiresAt,
    UsedAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum RefreshToken {
    Table,
    SessionId,
    Generation,
    Hash,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Consent {
    Table,
    Id,
    MemberId,
    Purpose,
    Wording,
    Source,
    GivenAt,
    ConfirmedAt,
    WithdrawnAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Suppression {
    Table,
    Hash,
    At,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Policy {
    Table,
    Version,
    Content,
    SavedAt,
    SavedBy,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum PaymentEvent {
    Table,
    Provider,
    EventId,
    Customer,
    MemberId,
    Reference,
    GiftSubscriptionId,
    At,
    ReceivedAt,
    Kind,
    Report,
    Forgotten,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum PaymentDelivery {
    Table,
    Provider,
    EventId,
    Customer,
    Email,
    ReceivedAt,
    Raw,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Unlock {
    Table,
    Holder,
    PeriodStart,
    ArticleId,
    At,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Gift {
    Table,
    Id,
    ArticleId,
    CodeHash,
    CreatedAt,
    ExpiresAt,
    RevokedAt,
    Giver,
    Uses,
    Used,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Pass {
    Table,
    Id,
    CodeHash,
    Entitlements,
    FromAt,
    UntilAt,
    Uses,
    Used,
    MadeBy,
    CreatedAt,
    RevokedAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Preview {
    Table,
    Id,
    ArticleId,
    CodeHash,
    CreatedAt,
    ExpiresAt,
    RevokedAt,
    ArticleVersion,
    MadeBy,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum ApiKey {
    Table,
    Id,
    PartnerId,
    Role,
    Name,
    Prefix,
    SecretHash,
    Scopes,
    CreatedAt,
    ExpiresAt,
    RevokedAt,
    UsedAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum PrivateFeed {
    Table,
    Id,
    MemberId,
    Name,
    Prefix,
    SecretHash,
    CreatedAt,
    UsedAt,
    RevokedAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum SavedFilter {
    Table,
    Id,
    PartnerId,
    Name,
    Conditions,
    CreatedAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum PartnerUsage {
    Table,
    PartnerId,
    Day,
    Requests,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Audit {
    Table,
    Sequence,
    At,
    Actor,
    Action,
    Subject,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum GroupDomain {
    Table,
    Domain,
    GroupId,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum GroupOwner {
    Table,
    MemberId,
    GroupId,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum GroupShutOut {
    Table,
    MemberId,
    GroupId,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum GroupSeat {
    Table,
    Id,
    GroupId,
    MemberId,
    TakenBy,
    Email,
    TakenAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum GroupInvitation {
    Table,
    Id,
    GroupId,
    Email,
    CodeHash,
    CreatedAt,
    ExpiresAt,
    RevokedAt,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Idempotency {
    Table,
    Name,
    Holder,
    Fingerprint,
    Attempt,
    StartedAt,
    DoneAt,
    Answer,
}

/// What a partner was told of each article.
#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Delta {
    Table,
    PartnerId,
    ArticleId,
    Sequence,
    FirstSequence,
    EnteredSequence,
    CorrectedSequence,
    CorrectedVersion,
    Version,
    Terms,
    State,
    At,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum DeltaFollower {
    Table,
    PartnerId,
    Revision,
    Sequence,
    LogSequence,
    LogAt,
    PublishedAt,
    PublishedId,
    CheckedId,
    Licence,
    Sections,
    At,
}

#[derive(DeriveIden, Clone, Copy)]
pub(crate) enum Delivery {
    Table,
    PartnerId,
    ArticleId,
    FirstAt,
    LastAt,
    UpdatedAt,
    Digest,
    Editions,
    Extent,
    HasLinks,
    Surface,
}
