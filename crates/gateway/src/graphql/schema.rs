//! The schema, and what the guard is told about it.

use super::guard::{Catalogue, Guard, Limits, SharedFields};
use super::http::Endpoint;
use super::session::Session;
use super::spending::Meter;
use super::types::{Mutation, Query};
use async_graphql::{EmptySubscription, SDLExportOptions, Schema, SchemaBuilder};

/// The schema of the publication.
pub type Publication = Schema<Query, Mutation, EmptySubscription>;

/// The fields whose values are the same for all viewers of one class, as long as the publication stays the
/// same. An answer that reaches any other field is made anew for every request. When you add a field,
/// leave it out unless you are certain.
const SHARED: SharedFields = &[
    (
        "Query",
        &[
            "article",
            "articles",
            "section",
            "sections",
            "author",
            "authors",
            "source",
            "tag",
            "tags",
            "tiers",
            "newsletters",
            "node",
            "nodes",
        ],
    ),
    ("Node", &["id"]),
    (
        "Article",
        &[
            "id",
            "slug",
            "url",
            "kind",
            "status",
            "title",
            "standfirst",
            "summary",
            "hero",
            "body",
            "bodyPortable",
            "bodyHtml",
            "bodyText",
            "bodyMarkdown",
            "access",
            "section",
            "tags",
            "bylines",
            "sources",
            "language",
            "provenance",
            "corrections",
            "attribution",
            "canonical",
            "metaTitle",
            "metaDescription",
            "published",
            "updated",
            "words",
            "readingMinutes",
            "jsonLd",
            "rights",
            "meter",
            "related",
        ],
    ),
    ("ArticleAccess", &["granted", "locks"]),
    ("Lock", &["id", "access"]),
    ("Access", &["granted", "reason", "required", "offers"]),
    ("Offer", &["kind", "tier", "left"]),
    ("Meter", &["limit", "left", "resets"]),
    ("Byline", &["role", "author"]),
    ("ArticleSources", &["access", "nodes"]),
    ("Citation", &["source", "note", "url"]),
    ("Provenance", &["text", "statement", "responsibleEditor", "reviews"]),
    ("Review", &["reviewer", "at", "revision", "note"]),
    ("Correction", &["at", "text"]),
    ("Rights", &["holder", "termsUrl", "usageTerms", "tdmReservation", "tdmPolicy", "contentUsage", "rsl"]),
    ("Image", &["src", "alt", "caption", "credit", "digitalSourceType", "width", "height"]),
    ("TextBlock", &["key", "style", "listItem", "text", "spans"]),
    ("ListItem", &["kind", "level"]),
    ("Span", &["text", "marks"]),
    ("Mark", &["kind", "href", "articleId"]),
    ("ImageBlock", &["key", "image"]),
    ("EmbedBlock", &["key", "kind", "url", "title", "description", "provider", "caption"]),
    ("QuoteBlock", &["key", "text", "attribution"]),
    ("CalloutBlock", &["key", "tone", "title", "content"]),
    ("CodeBlock", &["key", "code", "language"]),
    ("DividerBlock", &["key"]),
    ("HtmlBlock", &["key", "html"]),
    ("Gate", &["key", "headline", "teaser", "image", "callToAction", "access", "content"]),
    ("Section", &["id", "slug", "name", "description", "parent", "path", "children", "articles"]),
    (
        "Author",
        &[
            "id",
            "slug",
            "name",
            "kind",
            "disclosure",
            "bio",
            "beat",
            "portrait",
            "website",
            "support",
            "responsibleEditor",
            "articles",
        ],
    ),
    ("Source", &["id", "title", "publisher", "kind", "language", "date", "articles"]),
    ("Tag", &["id", "slug", "name", "description", "articles"]),
    ("Tier", &["id", "slug", "name", "description", "benefits", "price", "grants", "active"]),
    ("Newsletter", &["id", "slug", "name", "description", "makesSubscriber"]),
    ("Price", &["currency", "monthly", "yearly"]),
    ("ArticleConnection", &["edges", "nodes", "pageInfo", "totalCount"]),
    ("ArticleEdge", &["cursor", "node"]),
    ("AuthorConnection", &["edges", "nodes", "pageInfo"]),
    ("AuthorEdge", &["cursor", "node"]),
    ("TagConnection", &["edges", "nodes", "pageInfo"]),
    ("TagEdge", &["cursor", "node"]),
    ("PageInfo", &["hasNextPage", "hasPreviousPage", "startCursor", "endCursor"]),
];

/// The fields that render a whole body.
const HEAVY: &[(&str, &[&str])] =
    &[("Article", &["body", "bodyPortable", "bodyHtml", "bodyText", "bodyMarkdown"])];

fn builder() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
}

/// The schema definition language, as it is committed.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    builder().finish().sdl_with_options(options)
}

/// The endpoint: the schema behind its guard.
///
/// # Panics
/// Never: the schema that is written out can be read back, as a test shows.
#[must_use]
pub fn endpoint(limits: Limits) -> Endpoint<Publication> {
    // The executor's own limits run late and count coarsely; they are the second belt. It is asked for one
    // field more in some selections, see `guard::Shape`.
    let most = usize::try_from(limits.fields.saturating_mul(2)).unwrap_or(usize::MAX);
    let mut schema = builder()
        .extension(Meter)
        .disable_suggestions()
        .limit_depth(limits.depth)
        .limit_recursive_depth(limits.levels)
        .limit_complexity(most)
        .limit_directives(limits.directives);
    if !limits.introspection {
        schema = schema.disable_introspection();
    }
    let mut catalogue =
        Catalogue::read(&sdl(), SHARED, &limits).expect("the schema that was written can be read");
    catalogue.weigh(HEAVY, limits.body_weight);
    Endpoint::new(
        schema.finish(),
        Guard::new(limits, catalogue),
        |request, gateway, caller, spending, client| {
            request.data(Session::new(gateway, caller, spending, client))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

    #[test]
    fn a_type_is_shared_as_a_whole_or_not_at_all() {
        /// What the publication is asked for beside itself.
        const OF_ONE_PERSON: [&str; 25] = [
            "accessClasses",
            "audit",
            "deliveriesOfArticle",
            "deliveriesToPartner",
            "explainAccess",
            "giftSubscriptions",
            "gifts",
            "group",
            "groupInvitations",
            "groupSeats",
            "groups",
            "institutions",
            "member",
            "members",
            "licencePreview",
            "partner",
            "partnerUsage",
            "partners",
            "passes",
            "policies",
            "policy",
            "previews",
            "serviceKeys",
            "tierRecord",
            "viewer",
        ];
        let catalogue = Catalogue::read(&sdl(), SHARED, &Limits::default()).expect("a schema");
        for field in catalogue.unshared() {
            let (of, name) = field.split_once('.').expect("a type and a field");
            match of {
                "Query" => assert!(OF_ONE_PERSON.contains(&name), "{field}"),
                _ => assert!(SHARED.iter().all(|(shared, _)| *shared != of), "{field}"),
            }
        }
    }

    /// The executor leaves out a field that failed, and `null` is written in its place. That is right only
    /// for a field that may be null.
    #[test]
    fn every_field_that_reads_is_nullable() {
        let document = async_graphql::parser::parse_schema(sdl()).expect("a schema");
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let TypeKind::Object(object) = definition.node.kind else { continue };
            for field in object.fields {
                let of = definition.node.name.node.as_str();
                let field = field.node;
                let reads = !field.arguments.is_empty() || matches!(field.name.node.as_str(), "totalCount");
                let root = (of == "Query" && field.name.node != "viewer") || of == "Mutation";
                assert!(!(reads || root) || field.ty.node.nullable, "{of}.{}", field.name.node);
            }
        }
    }
}
