//! What somebody must be to do something.

use super::{Caller, bearer};
use crate::error::{Code, Problem};
use masthead_domain::viewer::{Role, Staff, Viewer};

impl Caller {
    /// Somebody on the staff with this role or one that may do more.
    ///
    /// # Errors
    /// 401 without a credential, 403 for everybody else.
    pub fn staff(&self, least: Role) -> Result<&Staff, Problem> {
        match &*self.viewer {
            Viewer::Staff(staff) if staff.role >= least => Ok(staff),
            Viewer::Anonymous if !self.has_credential() => Err(bearer::missing()),
            _ => {
                let detail = format!("This is for the publisher's staff from the role {} on.", least.code());
                Err(Problem::new(Code::Forbidden, detail))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use masthead_domain::clock::Timestamp;

    #[test]
    fn a_role_may_do_what_those_before_it_may() {
        let staff = |role| {
            Caller::described(Viewer::Staff(Staff { subject: "desk".into(), role }), Some(Timestamp::EPOCH))
        };
        for (place, role) in Role::ALL.into_iter().enumerate() {
            for (other, least) in Role::ALL.into_iter().enumerate() {
                assert_eq!(staff(role).staff(least).is_ok(), place >= other, "{role:?} {least:?}");
            }
        }
        let code = |caller: Caller| caller.staff(Role::Writer).expect_err("no staff").code();
        assert_eq!(code(Caller::anonymous()), Code::InvalidToken);
        assert_eq!(code(Caller::described(Viewer::member("x", []), Some(Timestamp::EPOCH))), Code::Forbidden);
    }
}
