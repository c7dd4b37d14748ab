//! The publication over REST, under `/v1`. Each endpoint is a file; each reads its parameters, calls one
//! use case and writes the answer.

mod answer;
pub mod articles;
mod audit;
pub mod authors;
mod body;
mod dto;
mod links;
mod me;
mod openapi;
mod parameters;
pub mod partners;
pub mod sections;
mod sources;
mod staff;
pub mod tags;
mod tiers;
mod token;

pub(crate) use dto::LicenceDto;
pub use openapi::document;
pub(crate) use openapi::frame;

use utoipa_actix_web::service_config::ServiceConfig;

/// Puts the endpoints into an application and into its OpenAPI document.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(articles::list::list_articles)
        .service(articles::get::get_article)
        .service(articles::sources::list_article_sources)
        .service(articles::related::list_related_articles)
        .service(sections::list::list_sections)
        .service(sections::get::get_section)
        .service(authors::list::list_authors)
        .service(authors::get::get_author)
        .service(sources::get_source)
        .service(tags::list::list_tags)
        .service(tags::get::get_tag)
        .service(tiers::list_tiers)
        .service(me::get_me)
        .service(token::create_token)
        .service(partners::list::list_partners)
        .service(partners::list::create_partner)
        .service(partners::one::get_partner)
        .service(partners::one::change_partner)
        .service(partners::one::delete_partner)
        .service(partners::licence::get_licence)
        .service(partners::licence::replace_licence)
        .service(partners::keys::list_keys)
        .service(partners::keys::create_key)
        .service(partners::keys::revoke_key)
        .service(audit::list_deeds);
}
