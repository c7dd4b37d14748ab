//! The other root: what one can do.

use super::desk::DeskMutation;
use super::feed::FeedMutation;
use super::gift_subscription::GiftSubscriptionMutation;
use super::group::GroupMutation;
use super::member::{Member, SignInAttempt, Tokens};
use super::membership::MembershipMutation;
use super::meter::MeterMutation;
use super::partner::PartnerMutation;
use super::passes::PassMutation;
use super::payment::PaymentMutation;
use super::tier::TierMutation;
use crate::error::Problem;
use crate::graphql::session::Session;
use crate::operation::member::{FinishSignIn, NameChange, Proof, StartSignIn};
use async_graphql::{Context, ID, MaybeUndefined, MergedObject, Object};

/// What one can do. A mutation that fails is null, and its error says why. Whoever is signed in may send a request with the
/// header field `Idempotency-Key`, and then again with the same key: it is done once.
#[derive(Default, MergedObject)]
pub struct Mutation(
    DeskMutation,
    FeedMutation,
    GiftSubscriptionMutation,
    GroupMutation,
    MemberMutation,
    MembershipMutation,
    MeterMutation,
    PartnerMutation,
    PassMutation,
    PaymentMutation,
    TierMutation,
);

/// What members do with their accounts.
#[derive(Default)]
struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Asks for a mail with a code and a link, to sign in or up. The answer is the same whether the address is known or
    /// not.
    async fn start_sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where the mail goes.")] email: String,
        #[graphql(desc = "Which version of the words stood beside the button.")] wording: String,
        #[graphql(desc = "The newsletters that are wanted, by slug.")] newsletters: Option<Vec<String>>,
        #[graphql(desc = "What a new member wants to be called.")] name: Option<String>,
    ) -> Result<Option<SignInAttempt>, Problem> {
        let session = Session::of(ctx);
        let newsletters = newsletters.unwrap_or_default();
        let wish = StartSignIn { email, newsletters, name, wording: Some(wording) };
        let begun = session.accounts().start_sign_in(wish, &session.client).await?;
        Ok(Some(SignInAttempt { attempt: begun.attempt.to_string().into(), expires_in: begun.seconds }))
    }

    /// Signs in with the code or the link of the mail. Makes the account on the first time.
    async fn finish_sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The attempt that the code belongs to.")] attempt: Option<ID>,
        #[graphql(desc = "The six digits of the mail.")] code: Option<String>,
        #[graphql(desc = "The token of the mail's link; without attempt and code.")] token: Option<String>,
    ) -> Result<Option<Tokens>, Problem> {
        let session = Session::of(ctx);
        let proof = Proof::new(attempt.as_deref().map(String::as_str), code, token)?;
        let finish = FinishSignIn { proof, client: session.client.clone() };
        Ok(Some(session.accounts().finish_sign_in(finish).await?.into()))
    }

    /// Gives new tokens for a refresh token, which is used up with that. One that comes a second time ends its session.
    async fn refresh_tokens(
        &self,
        ctx: &Context<'_>,
        refresh_token: String,
    ) -> Result<Option<Tokens>, Problem> {
        let session = Session::of(ctx);
        Ok(Some(session.accounts().refresh(&refresh_token).await?.into()))
    }

    /// Ends the session of a refresh token, or else of the access token.
    async fn sign_out(
        &self,
        ctx: &Context<'_>,
        refresh_token: Option<String>,
    ) -> Result<Option<bool>, Problem> {
        let session = Session::of(ctx);
        session.accounts().sign_out(&session.caller, refresh_token.as_deref()).await?;
        Ok(Some(true))
    }

    /// Ends one of the member's own sessions.
    async fn end_session(&self, ctx: &Context<'_>, session: ID) -> Result<Option<bool>, Problem> {
        let here = Session::of(ctx);
        let id = session.parse().map_err(|_| Problem::not_found())?;
        here.accounts().end_session(&here.caller, id).await?;
        Ok(Some(true))
    }

    /// Gets the member a newsletter from now on.
    async fn subscribe_newsletter(
        &self,
        ctx: &Context<'_>,
        slug: String,
        #[graphql(desc = "Which version of the words stood beside the button.")] wording: String,
    ) -> Result<Option<Member>, Problem> {
        let session = Session::of(ctx);
        session.accounts().subscribe(&session.caller, &slug, &wording, &session.client).await?;
        Ok(Some(session.accounts().profile(&session.caller).await?.into()))
    }

    /// Stops a newsletter for the member.
    async fn unsubscribe_newsletter(
        &self,
        ctx: &Context<'_>,
        slug: String,
    ) -> Result<Option<Member>, Problem> {
        let session = Session::of(ctx);
        session.accounts().unsubscribe(&session.caller, &slug).await?;
        Ok(Some(session.accounts().profile(&session.caller).await?.into()))
    }

    /// Changes the profile. What is left out stays.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the member wants to be called; null for nothing.")] name: MaybeUndefined<
            String,
        >,
    ) -> Result<Option<Member>, Problem> {
        let session = Session::of(ctx);
        let change = match name {
            MaybeUndefined::Undefined => NameChange::Keep,
            MaybeUndefined::Null => NameChange::Set(None),
            MaybeUndefined::Value(name) => NameChange::Set(Some(name)),
        };
        Ok(Some(session.accounts().update_profile(&session.caller, change).await?.into()))
    }

    /// Erases the member: the account and all that is known of them.
    async fn delete_account(&self, ctx: &Context<'_>) -> Result<Option<bool>, Problem> {
        let session = Session::of(ctx);
        session.accounts().erase(&session.caller).await?;
        Ok(Some(true))
    }
}
