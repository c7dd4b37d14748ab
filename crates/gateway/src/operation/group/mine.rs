//! What members do with seats in groups, for themselves.

use super::super::link::bits;
use super::super::member::{Accounts, asking, refused};
use super::seats::for_owner;
use crate::auth::Caller;
use crate::error::{Code, Problem};
use masthead_domain::clock::Timestamp;
use masthead_domain::group::{Group, Invitation, Seat, SeatBy};
use masthead_domain::id::{GroupId, MemberId, SubscriptionId};
use masthead_domain::member::{Email, Member};
use masthead_persistence::{SavedGroup, Seating, Store, Work};

/// An invitation to the member's address.
#[derive(Clone, Debug)]
pub struct Invited {
    /// What is kept of it.
    pub invitation: Invitation,
    /// Into which group.
    pub group: Group,
}

/// What a member has to do with groups.
#[derive(Clone, Debug)]
pub struct MyGroups {
    /// Their seats, each with its group, the newest first.
    pub seats: Vec<(Seat, Group)>,
    /// The groups whose seats they manage, the newest first.
    pub owned: Vec<SavedGroup>,
    /// The invitations to their address that are good.
    pub invited: Vec<Invited>,
}

impl Accounts {
    /// What the member has to do with groups.
    ///
    /// # Errors
    /// A problem when no member asks or the database fails.
    pub async fn groups(&self, caller: &Caller) -> Result<MyGroups, Problem> {
        let member = self.member(asking(caller)?).await?;
        groups_of(&self.store, &member, self.clock.now()).await
    }

    /// Takes the seat that an invitation offers. Whoever has the code may take it, whatever address they sign in with: the
    /// letter may have gone to another one of theirs. The code is used up with that.
    ///
    /// # Errors
    /// A problem when no member asks, when the code is wrong, late or was used before, which all sound the same, or when
    /// no seat is left.
    pub async fn accept_invitation(&self, caller: &Caller, code: &str) -> Result<(Seat, Group), Problem> {
        let (mut work, member) = self.begin_for(asking(caller)?).await?;
        let hash = self.secrets.invitation_hash(code.trim());
        let invitation = work.invitation_by_code(&hash).await?.ok_or_else(refused)?;
        let found = work.group(invitation.group).await?.ok_or_else(refused)?;
        if !found.group.is_open(self.clock.now()) {
            return Err(refused());
        }
        self.seat(work, member.id, found.group, SeatBy::Invitation, invitation.email).await
    }

    /// Takes a seat in the group that has the domain of the member's address, which is proven. It takes their own doing:
    /// a seat shows the group their address, and takes it from somebody else.
    ///
    /// # Errors
    /// A problem when no member asks, 404 when no group has their domain, or when no seat is left.
    pub async fn take_seat(&self, caller: &Caller) -> Result<(Seat, Group), Problem> {
        let (now, asking) = (self.clock.now(), asking(caller)?);
        // Most who ask have no such group. They are refused without a turn of writing.
        let reading = self.member(asking).await?;
        open_group(self.store.registry().group_of_domain(&reading.email).await?, now)?;
        let (mut work, member) = self.begin_for(asking).await?;
        let group = open_group(work.group_of_domain(&member.email).await?, now)?;
        self.seat(work, member.id, group, SeatBy::Domain, member.email).await
    }

    /// Gives up the member's seat in a group.
    ///
    /// # Errors
    /// A problem when no member asks, 404 when they have no seat there.
    pub async fn leave_group(&self, caller: &Caller, group: GroupId) -> Result<(), Problem> {
        let (mut work, member) = self.begin_for(asking(caller)?).await?;
        if !work.free_seat_of(group, member.id).await? {
            return Err(Problem::not_found());
        }
        work.commit().await?;
        self.settle().await;
        Ok(())
    }

    /// Gives the member a seat, or finds the one that they have. Invitations to that address are used up with it.
    async fn seat(
        &self,
        mut work: Work,
        member: MemberId,
        group: Group,
        by: SeatBy,
        email: Email,
    ) -> Result<(Seat, Group), Problem> {
        let now = self.clock.now();
        let id = SubscriptionId::new(now, bits(&*self.chance)?);
        let seat = Seat { id, group: group.id, member, by, email: Some(email.clone()), since: now };
        let seat = match work.take_seat(&seat).await? {
            Seating::Taken => seat,
            Seating::Had(seat) => seat,
            Seating::Full => {
                return Err(Problem::new(Code::NoSeatsLeft, "All seats of the group are taken."));
            }
            Seating::ShutOut => {
                let detail = "Your seat was taken back. You get another one by an invitation.";
                return Err(Problem::new(Code::Conflict, detail));
            }
        };
        work.use_invitations(group.id, &email).await?;
        work.commit().await?;
        self.settle().await;
        Ok((seat, group))
    }
}

/// The group that has a domain, if its seats may be taken.
fn open_group(found: Option<SavedGroup>, now: Timestamp) -> Result<Group, Problem> {
    let none = || Problem::new(Code::NotFound, "No group has the domain of your address.");
    found.map(|saved| saved.group).filter(|group| group.is_open(now)).ok_or_else(none)
}

pub(in crate::operation) async fn groups_of(
    store: &Store,
    member: &Member,
    now: Timestamp,
) -> Result<MyGroups, Problem> {
    let registry = store.registry();
    let invited = registry.invitations_to(&member.email, now).await?;
    let owned = registry.groups_of_owner(member.id).await?;
    Ok(MyGroups {
        seats: registry.seats_of(member.id).await?,
        owned: owned.into_iter().map(|saved| for_owner(saved, member.id)).collect(),
        invited: invited.into_iter().map(|(invitation, group)| Invited { invitation, group }).collect(),
    })
}
