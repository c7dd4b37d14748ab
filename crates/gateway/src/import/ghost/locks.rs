//! What Ghost's ways of locking mean here. Whatever is not understood is for staff only.

use crate::import::notes::Notes;
use masthead_domain::article::{Block, Gate};
use masthead_domain::paywall::Requirement;
use masthead_domain::slug::Slug;
use masthead_domain::viewer::Entitlement;
use serde_json::Value;

/// Any member of Ghost, a free one too.
fn members() -> Requirement {
    Requirement::any_of([Entitlement::Subscriber, Entitlement::Member])
}

/// Any paying member of Ghost.
fn paying() -> Requirement {
    Requirement::any_of([Entitlement::Member])
}

/// Who may read a post; `None` when everybody may.
pub(super) fn of_post(visibility: &str, tiers: Vec<Slug>, notes: &mut Notes) -> Option<Requirement> {
    match visibility {
        "public" => None,
        "members" => Some(members()),
        "paid" => Some(paying()),
        "tiers" => {
            if tiers.is_empty() {
                notes.changed("post for tiers that names no paid tier: for staff only");
            }
            Some(Requirement::any_of(tiers.into_iter().map(Entitlement::Tier)))
        }
        _ => {
            notes.changed("post with a visibility that is not known: for staff only");
            Some(Requirement::staff())
        }
    }
}

/// Who may see a card on the web by its own rule; `None` when everybody may.
pub(super) fn of_card(visibility: &Value, notes: &mut Notes) -> Option<Requirement> {
    let web = &visibility["web"];
    let rule = (web["nonMember"].as_bool(), web["memberSegment"].as_str());
    if let (Some(everybody), Some(segment)) = rule {
        return of_segment(everybody, segment, notes);
    }
    if let Some(shown) = visibility["showOnWeb"].as_bool() {
        return if shown { None } else { of_segment(false, "", notes) };
    }
    if let Some(hidden) = visibility["emailOnly"].as_bool() {
        return if hidden { of_segment(false, "", notes) } else { None };
    }
    if visibility.is_null() {
        return None;
    }
    notes.changed("card with a rule that is not known: for staff only");
    Some(Requirement::staff())
}

/// The same rule as it stands in Ghost's HTML: `nonMember:false memberSegment:"status:-free"`.
pub(super) fn of_mark(rule: &str, notes: &mut Notes) -> Option<Requirement> {
    let after = |name: &str| rule.split_once(name).map(|(_, rest)| rest.trim_start());
    let everybody = after("nonMember:").and_then(|rest| match rest.split_whitespace().next() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    });
    let segment = after("memberSegment:").and_then(|rest| rest.strip_prefix('"')?.split('"').next());
    match (everybody, segment) {
        (Some(everybody), Some(segment)) => of_segment(everybody, segment, notes),
        _ => {
            notes.changed("card with a rule that is not known: for staff only");
            Some(Requirement::staff())
        }
    }
}

/// Who holds more never sees less here. So what Ghost shows to people without a membership is public, and
/// what it shows to free members is for paying ones too.
fn of_segment(everybody: bool, segment: &str, notes: &mut Notes) -> Option<Requirement> {
    let parts: Vec<&str> = segment.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let known = parts.iter().all(|part| matches!(*part, "status:free" | "status:-free"));
    let (free, paid) = (parts.contains(&"status:free"), parts.contains(&"status:-free"));
    match (everybody, known, free, paid) {
        (true, true, true, true) => None,
        (true, ..) => {
            notes.changed("card that some members did not see: public");
            None
        }
        (false, true, true, true) => Some(members()),
        (false, true, false, true) => Some(paying()),
        (false, true, true, false) => {
            notes.changed("card for free members only: for paying members too");
            Some(members())
        }
        (false, true, false, false) => {
            notes.changed("card that nobody saw on the web: for staff only");
            Some(Requirement::staff())
        }
        (false, false, ..) => {
            notes.changed("card for a group of members that is not known: for staff only");
            Some(Requirement::staff())
        }
    }
}

/// One part of a body in the making.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "nearly every piece is a block, so no room is lost")]
pub(super) enum Piece {
    Block(Block),
    /// Here the free part ends.
    Paywall,
}

/// Puts the blocks among the pieces behind a rule of their own.
pub(super) fn behind(rule: &Requirement, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut gated = Vec::new();
    let mut content = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Block(block) => content.push(block),
            Piece::Paywall => {
                gated.extend(gate(rule, std::mem::take(&mut content)).map(Piece::Block));
                gated.push(Piece::Paywall);
            }
        }
    }
    gated.extend(gate(rule, content).map(Piece::Block));
    gated
}

fn gate(rule: &Requirement, content: Vec<Block>) -> Option<Block> {
    (!content.is_empty()).then(|| {
        Block::Gate(Gate {
            requirement: rule.clone(),
            headline: None,
            teaser: None,
            image: None,
            call_to_action: None,
            content,
        })
    })
}

/// Makes the body: what stands before the first paywall is free, the rest is one gate. Without a paywall
/// everything is; and nothing is when the post is public.
pub(super) fn lock(pieces: Vec<Piece>, requirement: Option<&Requirement>, notes: &mut Notes) -> Vec<Block> {
    let walls = pieces.iter().filter(|piece| **piece == Piece::Paywall).count();
    let Some(requirement) = requirement else {
        if walls > 0 {
            notes.changed("paywall card in a public post: left out, since it locks nothing there");
        }
        return pieces.into_iter().filter_map(block).collect();
    };
    if walls > 1 {
        notes.changed("second paywall card: left out, since the rest is locked already");
    }
    let first = pieces.iter().position(|piece| *piece == Piece::Paywall).unwrap_or(0);
    let mut pieces = pieces.into_iter();
    let mut body: Vec<Block> = pieces.by_ref().take(first).filter_map(block).collect();
    body.extend(gate(requirement, pieces.filter_map(block).collect()));
    body
}

fn block(piece: Piece) -> Option<Block> {
    match piece {
        Piece::Block(block) => Some(block),
        Piece::Paywall => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn card(visibility: &Value) -> Option<Requirement> {
        of_card(visibility, &mut Notes::default())
    }

    #[test]
    fn a_card_has_a_rule_of_its_own() {
        let web = |everybody: bool, segment: &str| {
            card(&json!({"web": {"nonMember": everybody, "memberSegment": segment}}))
        };
        for (everybody, segment, expected) in [
            (true, "status:free,status:-free", None),
            (true, "", None),
            (true, "status:-free", None),
            (false, "status:free,status:-free", Some(members())),
            (false, "status:-free,status:free", Some(members())),
            (false, "status:-free", Some(paying())),
            (false, "status:free", Some(members())),
            (false, "", Some(Requirement::staff())),
            (false, "label:vip", Some(Requirement::staff())),
            (false, "status:-free,label:vip", Some(Requirement::staff())),
        ] {
            assert_eq!(web(everybody, segment), expected, "{everybody} {segment}");
            let mark = format!("begin nonMember:{everybody} memberSegment:\"{segment}\" ");
            assert_eq!(of_mark(&mark, &mut Notes::default()), expected, "{mark}");
        }
    }

    #[test]
    fn older_and_unknown_rules() {
        for (visibility, expected) in [
            (json!(null), None),
            (json!({"showOnWeb": true, "showOnEmail": false, "segment": ""}), None),
            (json!({"showOnWeb": false, "showOnEmail": true, "segment": ""}), Some(Requirement::staff())),
            (json!({"emailOnly": true}), Some(Requirement::staff())),
            (json!({"web": {"nonMember": "yes"}}), Some(Requirement::staff())),
            (json!({}), Some(Requirement::staff())),
            (json!("public"), Some(Requirement::staff())),
        ] {
            assert_eq!(card(&visibility), expected, "{visibility}");
        }
        assert_eq!(of_mark("begin x", &mut Notes::default()), Some(Requirement::staff()));
    }

    #[test]
    fn a_post_is_locked_by_its_visibility() {
        let notes = &mut Notes::default();
        let tier: Slug = "patron".parse().expect("slug");
        assert_eq!(of_post("public", vec![], notes), None);
        assert_eq!(of_post("members", vec![], notes), Some(members()));
        assert_eq!(of_post("paid", vec![], notes), Some(paying()));
        assert_eq!(of_post("tiers", vec![], notes), Some(Requirement::staff()));
        let for_tier = Requirement::any_of([Entitlement::Tier(tier.clone())]);
        assert_eq!(of_post("tiers", vec![tier], notes), Some(for_tier));
        assert_eq!(of_post("", vec![], notes), Some(Requirement::staff()));
    }
}
