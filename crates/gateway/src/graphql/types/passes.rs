//! What opens single articles, and what opens all for some time.

use super::page::{PageArguments, connection};
use super::query::key;
use super::scalar::{DateTime, Version};
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::cursor::ListName;
use crate::operation::{LinkCode, Opened, gift, institution, pass, preview, unlock};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use masthead_domain::viewer::Bearer;
use masthead_persistence::{ArticleKey, GiftRecord, PassRecord, PreviewRecord};

/// A token for whoever redeemed something.
#[derive(SimpleObject)]
pub(super) struct AccessToken {
    /// The token, to be sent as `Authorization: Bearer`.
    access_token: String,
    /// Of which kind its bearer is: `device`, `gift`, `pass` or `preview`.
    kind: String,
    /// When it ends.
    expires: DateTime,
    /// The one article that it is for; null when it is for all.
    article: Option<ID>,
}

impl AccessToken {
    fn issue(session: &Session, opened: &Opened) -> Result<Self, Problem> {
        let issued = session.gateway().issue(opened)?;
        Ok(Self {
            access_token: issued.token,
            kind: opened.bearer.kind().to_owned(),
            expires: DateTime(issued.expires),
            article: opened.article.map(|article| article.to_string().into()),
        })
    }
}

/// An article that was given away.
#[derive(Clone, SimpleObject)]
pub(super) struct Gift {
    id: ID,
    /// The article's id.
    article: ID,
    /// Who gave it: a member's id, or somebody of the staff as their token names them.
    giver: String,
    created: DateTime,
    /// When it ends.
    expires: DateTime,
    /// When it was taken back.
    revoked: Option<DateTime>,
    /// How often it can be opened.
    uses: u32,
    /// How often it has been opened.
    used: u32,
}

impl From<GiftRecord> for Gift {
    fn from(gift: GiftRecord) -> Self {
        Self {
            id: gift.id.to_string().into(),
            article: gift.article.to_string().into(),
            giver: gift.giver.name(),
            created: DateTime(gift.created),
            expires: DateTime(gift.expires),
            revoked: gift.revoked.map(DateTime),
            uses: gift.uses,
            used: gift.used,
        }
    }
}

connection!(
    /// A page of gifts.
    GiftConnection, GiftEdge, Gift, GiftRecord, "GiftConnection", "GiftEdge"
);

/// A gift that was just made. The code is shown this once.
#[derive(SimpleObject)]
pub(super) struct NewGift {
    gift: Gift,
    /// What the link is redeemed with.
    code: String,
    /// The article's address with the code in it.
    link: String,
}

/// A preview link that was just made. The code is shown this once.
#[derive(SimpleObject)]
pub(super) struct NewPreview {
    id: ID,
    /// The article's id.
    article: ID,
    /// The version that it shows. A later one ends it, and so does the publication.
    version: Version,
    /// When it ends.
    expires: DateTime,
    /// What the link is redeemed with.
    code: String,
    /// The article's address with the code in it.
    link: String,
}

/// A pass to make.
#[derive(InputObject)]
pub(super) struct PassInput {
    /// What it counts as, for every article: `subscriber`, `member`, `tier:SLUG`.
    entitlements: Vec<String>,
    /// From when on; from now on when nothing is said.
    from: Option<DateTime>,
    /// The first instant at which it counts no longer; at most a year later.
    until: DateTime,
    /// On how many devices its code can be redeemed: 1 to 10,000.
    #[graphql(default = 5)]
    uses: u32,
}

/// A pass that was just made. The code is shown this once.
#[derive(SimpleObject)]
pub(super) struct NewPass {
    id: ID,
    entitlements: Vec<String>,
    from: DateTime,
    until: DateTime,
    /// On how many devices its code can be redeemed.
    uses: u32,
    /// What the pass is redeemed with.
    code: String,
}

impl NewPass {
    fn new(pass: &PassRecord, code: &LinkCode) -> Self {
        Self {
            id: pass.id.to_string().into(),
            entitlements: pass.entitlements.iter().map(ToString::to_string).collect(),
            from: DateTime(pass.from),
            until: DateTime(pass.until),
            uses: pass.uses,
            code: code.as_str().to_owned(),
        }
    }
}

/// A pass for some time, without its code.
#[derive(Clone, SimpleObject)]
pub(super) struct Pass {
    id: ID,
    entitlements: Vec<String>,
    /// From when on.
    #[graphql(name = "from")]
    starts: DateTime,
    until: DateTime,
    /// On how many devices its code can be redeemed.
    uses: u32,
    /// How often it has been redeemed.
    used: u32,
    /// Who made it.
    by: String,
    created: DateTime,
    /// When it was taken back.
    revoked: Option<DateTime>,
}

impl From<PassRecord> for Pass {
    fn from(pass: PassRecord) -> Self {
        Self {
            id: pass.id.to_string().into(),
            entitlements: pass.entitlements.iter().map(ToString::to_string).collect(),
            starts: DateTime(pass.from),
            until: DateTime(pass.until),
            uses: pass.uses,
            used: pass.used,
            by: pass.by,
            created: DateTime(pass.created),
            revoked: pass.revoked.map(DateTime),
        }
    }
}

connection!(
    /// A page of passes.
    PassConnection, PassEdge, Pass, PassRecord, "PassConnection", "PassEdge"
);

/// A link to one version of an article before its publication, without its code.
#[derive(Clone, SimpleObject)]
pub(super) struct Preview {
    id: ID,
    /// The article's id.
    article: ID,
    /// The version that it shows.
    version: Version,
    /// Who made it.
    by: String,
    created: DateTime,
    /// When it ends.
    expires: DateTime,
    /// When it was taken back.
    revoked: Option<DateTime>,
}

impl From<PreviewRecord> for Preview {
    fn from(preview: PreviewRecord) -> Self {
        Self {
            id: preview.id.to_string().into(),
            article: preview.article.to_string().into(),
            version: Version(preview.version),
            by: preview.by,
            created: DateTime(preview.created),
            expires: DateTime(preview.expires),
            revoked: preview.revoked.map(DateTime),
        }
    }
}

connection!(
    /// A page of preview links.
    PreviewConnection, PreviewEdge, Preview, PreviewRecord, "PreviewConnection", "PreviewEdge"
);

/// What one can ask about gifts, preview links and passes.
#[derive(Default)]
pub(super) struct GiftQuery;

#[Object]
impl GiftQuery {
    /// The gifts that the viewer may take back, the newest first: a member's own; for editors, everybody's.
    async fn gifts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<GiftConnection>, Problem> {
        let session = Session::of(ctx);
        let list = ListName::new(gift::LIST);
        let request = PageArguments { first, after, last, before }.request(list)?;
        let page = gift::list(&session.reading, session.caller.bearer.as_ref(), &request).await?;
        Ok(Some(GiftConnection { page, list }))
    }

    /// All passes, the newest first. For publishers.
    async fn passes(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<PassConnection>, Problem> {
        let list = ListName::new(pass::LIST);
        let request = PageArguments { first, after, last, before }.request(list)?;
        let page = pass::all(&Session::of(ctx).reading, &request).await?;
        Ok(Some(PassConnection { page, list }))
    }

    /// All preview links, the newest first. For editors.
    async fn previews(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<PreviewConnection>, Problem> {
        let list = ListName::new(preview::LIST);
        let request = PageArguments { first, after, last, before }.request(list)?;
        let page = preview::all(&Session::of(ctx).reading, &request).await?;
        Ok(Some(PreviewConnection { page, list }))
    }
}

/// What is given, redeemed and taken back.
#[derive(Default)]
pub(super) struct PassMutation;

#[Object]
impl PassMutation {
    /// A token for a reader who is not signed in, so that a meter can run for them.
    async fn register_device(&self, ctx: &Context<'_>) -> Result<Option<AccessToken>, Problem> {
        let session = Session::of(ctx);
        let gateway = session.gateway();
        session.admit(&gateway.limits.devices)?;
        let opened = unlock::new_device(&*gateway.chance, gateway.clock.now())?;
        AccessToken::issue(session, &opened).map(Some)
    }

    /// Gives an article away. For members who hold what opens the whole body, as often a month as the policy says, and
    /// for the staff.
    async fn give_article(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        slug: Option<String>,
    ) -> Result<Option<NewGift>, Problem> {
        let session = Session::of(ctx);
        let key = key(id, slug, ArticleKey::Id, ArticleKey::Slug)?.ok_or_else(Problem::not_found)?;
        let new = gift::give(&session.acting(), session.caller.bearer.as_ref(), &key).await?;
        let link = session.site().gift_link(&new.slug, new.code.as_str());
        Ok(Some(NewGift { gift: new.gift.into(), code: new.code.as_str().to_owned(), link }))
    }

    /// Opens a gift: a token for its article. Each redemption counts.
    async fn redeem_gift(&self, ctx: &Context<'_>, code: String) -> Result<Option<AccessToken>, Problem> {
        let session = redeeming(ctx)?;
        let opened = gift::redeem(&session.reading, &LinkCode::sent(&code)?).await?;
        AccessToken::issue(session, &opened).map(Some)
    }

    /// Takes a gift back. For the giver and for editors.
    async fn revoke_gift(&self, ctx: &Context<'_>, id: ID) -> Result<Option<bool>, Problem> {
        let session = Session::of(ctx);
        let id = id.parse().map_err(|_| Problem::not_found())?;
        gift::revoke(&session.acting(), session.caller.bearer.as_ref(), id).await?;
        session.gateway().standings.forget(&Bearer::Gift(id));
        Ok(Some(true))
    }

    /// Makes a link to one version of an article before its publication. For editors.
    async fn preview_article(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        slug: Option<String>,
        #[graphql(desc = "How long the link lives; a week when nothing is said.")] seconds: Option<i64>,
    ) -> Result<Option<NewPreview>, Problem> {
        let session = Session::of(ctx);
        let key = key(id, slug, ArticleKey::Id, ArticleKey::Slug)?.ok_or_else(Problem::not_found)?;
        let new = preview::make(&session.acting(), &key, seconds).await?;
        Ok(Some(NewPreview {
            id: new.preview.id.to_string().into(),
            article: new.preview.article.to_string().into(),
            version: Version(new.preview.version),
            expires: DateTime(new.preview.expires),
            link: session.site().preview_link(&new.slug, new.code.as_str()),
            code: new.code.as_str().to_owned(),
        }))
    }

    /// Opens a preview link: a token with which its article exists.
    async fn redeem_preview(&self, ctx: &Context<'_>, code: String) -> Result<Option<AccessToken>, Problem> {
        let session = redeeming(ctx)?;
        let opened = preview::redeem(&session.reading, &LinkCode::sent(&code)?).await?;
        AccessToken::issue(session, &opened).map(Some)
    }

    /// Takes a preview link back. For editors.
    async fn revoke_preview(&self, ctx: &Context<'_>, id: ID) -> Result<Option<bool>, Problem> {
        let session = Session::of(ctx);
        let id = id.parse().map_err(|_| Problem::not_found())?;
        preview::revoke(&session.acting(), id).await?;
        session.gateway().standings.forget(&Bearer::Preview(id));
        Ok(Some(true))
    }

    /// Makes a pass for some time. For publishers and for what sells passes in their name.
    async fn make_pass(&self, ctx: &Context<'_>, pass: PassInput) -> Result<Option<NewPass>, Problem> {
        let PassInput { entitlements, from, until, uses } = pass;
        let terms = pass::Terms { entitlements, from: from.map(|from| from.0), until: until.0, uses };
        let (made, code) = pass::make(&Session::of(ctx).acting(), terms).await?;
        Ok(Some(NewPass::new(&made, &code)))
    }

    /// Opens a pass: a token with what it counts as. Each redemption counts.
    async fn redeem_pass(&self, ctx: &Context<'_>, code: String) -> Result<Option<AccessToken>, Problem> {
        let session = redeeming(ctx)?;
        let opened = pass::redeem(&session.reading, &LinkCode::sent(&code)?).await?;
        AccessToken::issue(session, &opened).map(Some)
    }

    /// Takes a pass back. For publishers.
    async fn revoke_pass(&self, ctx: &Context<'_>, id: ID) -> Result<Option<bool>, Problem> {
        let session = Session::of(ctx);
        let id = id.parse().map_err(|_| Problem::not_found())?;
        pass::revoke(&session.acting(), id).await?;
        session.gateway().standings.forget(&Bearer::Pass(id));
        Ok(Some(true))
    }

    /// A token for whoever is at an institution, by the address of the request.
    async fn begin_institution_session(&self, ctx: &Context<'_>) -> Result<Option<AccessToken>, Problem> {
        let session = redeeming(ctx)?;
        let opened = institution::open_at(&session.reading, session.client.address).await?;
        AccessToken::issue(session, &opened).map(Some)
    }
}

/// The session of a request that redeems something; an address may do so only so often.
fn redeeming<'a>(ctx: &Context<'a>) -> Result<&'a Session, Problem> {
    let session = Session::of(ctx);
    session.admit(&session.gateway().limits.redemptions)?;
    Ok(session)
}
