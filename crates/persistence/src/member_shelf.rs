//! The shelves on which members stand, by the creation of their accounts: one for every list that is asked for.

use masthead_domain::id::NewsletterId;
use masthead_domain::member::{Member, MemberSelection, Status};
use masthead_domain::slug::Slug;

/// The name of a shelf.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MemberShelfName(String);

impl MemberShelfName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn everybody() -> Self {
        Self("all".to_owned())
    }

    fn status(status: Status) -> Self {
        Self(format!("status:{}", status.code()))
    }

    fn label(label: &str) -> Self {
        Self(format!("label:{label}"))
    }

    /// Who has, had or will have a tier.
    pub(crate) fn tier(tier: &Slug) -> Self {
        Self(format!("tier:{tier}"))
    }

    pub(crate) fn newsletter(newsletter: NewsletterId) -> Self {
        Self(format!("newsletter:{}", newsletter.uuid().simple()))
    }

    /// The shelves that follow from the member alone.
    pub(crate) fn own(member: &Member) -> Vec<Self> {
        let mut own = vec![Self::everybody(), Self::status(member.status)];
        own.extend(member.labels.iter().map(|label| Self::label(label)));
        own
    }

    /// The shelves whose members a selection holds. The first is the one to walk along.
    pub(crate) fn of(selection: &MemberSelection) -> Vec<Self> {
        let MemberSelection { email: _, status, tier, newsletter, label, created: _ } = selection;
        let mut shelves: Vec<_> = [
            label.as_deref().map(Self::label),
            tier.as_ref().map(Self::tier),
            newsletter.map(Self::newsletter),
            status.map(Self::status),
        ]
        .into_iter()
        .flatten()
        .collect();
        if shelves.is_empty() {
            shelves.push(Self::everybody());
        }
        shelves
    }
}
