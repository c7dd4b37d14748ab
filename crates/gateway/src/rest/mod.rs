//! The publication over REST, under `/v1`. Each endpoint is a file; each reads its parameters, calls one
//! use case and writes the answer.

mod access;
mod answer;
pub mod articles;
mod audit;
pub mod authors;
mod changes;
mod condition;
mod devices;
mod dto;
mod gifts;
mod groups;
mod idempotency;
mod institutions;
mod keys;
mod links;
mod me;
mod member;
pub mod members;
mod methods;
mod openapi;
pub(crate) mod parameters;
pub mod partners;
mod passes;
pub mod payments;
pub mod policy;
mod previews;
mod redeem;
pub mod sections;
mod sources;
mod staff;
pub mod tags;
pub mod tiers;
mod token;

pub(crate) use dto::{LicenceDto, feed_url, filter_url};
pub use methods::Methods;
pub use openapi::document;
pub(crate) use openapi::frame;

use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the endpoints into an application and into its OpenAPI document.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(articles::list::list_articles)
        .service(articles::get::get_article)
        .service(articles::json_ld::get_article_json_ld)
        .service(articles::sources::list_article_sources)
        .service(articles::related::list_related_articles)
        .service(changes::list_changes)
        .service(sections::list::list_sections)
        .service(sections::get::get_section)
        .service(authors::list::list_authors)
        .service(authors::get::get_author)
        .service(sources::get_source)
        .service(tags::list::list_tags)
        .service(tags::get::get_tag)
        .service(tiers::list::list_tiers)
        .service(tiers::list::create_tier)
        .service(tiers::one::get_tier)
        .service(tiers::one::change_tier)
        .service(me::get_me)
        .service(member::auth::start_sign_in)
        .service(member::auth::finish_sign_in)
        .service(member::auth::refresh_tokens)
        .service(member::auth::sign_out)
        .service(member::sessions::list_sessions)
        .service(member::sessions::end_session)
        .service(member::feeds::list_private_feeds)
        .service(member::feeds::create_private_feed)
        .service(member::feeds::revoke_private_feed)
        .service(member::account::get_profile)
        .service(member::account::update_profile)
        .service(member::account::export_me)
        .service(member::account::delete_me)
        .service(member::newsletters::list_newsletters)
        .service(member::newsletters::subscribe_newsletter)
        .service(member::newsletters::unsubscribe_newsletter)
        .service(member::newsletters::unsubscribe_one_click)
        .service(payments::checkout::start_checkout)
        .service(payments::contributions::start_contribution)
        .service(payments::gifts::list_gift_subscriptions)
        .service(payments::gifts::make_gift_subscriptions)
        .service(payments::gifts::redeem_gift_subscription)
        .service(payments::gifts::revoke_gift_subscription)
        .service(payments::webhook::take_payment_event)
        .service(articles::unlock::unlock_article)
        .service(articles::give::give_article)
        .service(articles::preview::preview_article)
        .service(devices::register_device)
        .service(gifts::list_gifts)
        .service(gifts::redeem_gift)
        .service(gifts::revoke_gift)
        .service(previews::list_previews)
        .service(previews::redeem_preview)
        .service(previews::revoke_preview)
        .service(passes::make_pass)
        .service(passes::list_passes)
        .service(passes::redeem_pass)
        .service(passes::revoke_pass)
        .service(institutions::list_institutions)
        .service(institutions::add_institution)
        .service(institutions::end_institution)
        .service(institutions::begin_institution_session)
        .service(policy::get::get_policy)
        .service(policy::put::put_policy)
        .service(policy::versions::list_policy_versions)
        .service(access::explain_access)
        .service(access::list_access_classes)
        .service(token::create_token)
        .service(partners::list::list_partners)
        .service(partners::list::create_partner)
        .service(partners::one::get_partner)
        .service(partners::one::change_partner)
        .service(partners::one::delete_partner)
        .service(partners::licence::get_licence)
        .service(partners::licence::replace_licence)
        .service(partners::deliveries::list_deliveries_to_partner)
        .service(partners::deliveries::list_deliveries_of_article)
        .service(partners::preview::preview_partner_licence)
        .service(partners::preview::preview_licence)
        .service(partners::preview::sample_partner_feed)
        .service(partners::preview::sample_feed)
        .service(partners::preview::list_usage)
        .service(partners::keys::list_keys)
        .service(partners::keys::create_key)
        .service(partners::keys::revoke_key)
        .service(partners::filters::list_saved_filters)
        .service(partners::filters::create_saved_filter)
        .service(partners::filters::delete_saved_filter)
        .service(keys::list_service_keys)
        .service(keys::create_service_key)
        .service(keys::revoke_service_key)
        .service(members::list::list_members)
        .service(members::list::create_member)
        .service(members::table::export_members)
        .service(members::table::import_members)
        .service(members::one::get_member)
        .service(members::one::change_member)
        .service(members::one::erase_member)
        .service(members::one::export_member)
        .service(members::subscriptions::give_subscription)
        .service(members::subscriptions::end_subscription)
        .service(members::feeds::list_member_feeds)
        .service(members::feeds::revoke_member_feed)
        .service(groups::list::list_groups)
        .service(groups::list::create_group)
        .service(groups::mine::accept_invitation)
        .service(groups::mine::take_seat)
        .service(groups::mine::list_my_groups)
        .service(groups::mine::leave_group)
        .service(groups::one::get_group)
        .service(groups::one::change_group)
        .service(groups::one::end_group)
        .service(groups::seats::list_seats)
        .service(groups::seats::take_back_seat)
        .service(groups::invitations::list_invitations)
        .service(groups::invitations::invite)
        .service(groups::invitations::revoke_invitation)
        .service(audit::list_deeds);
}
