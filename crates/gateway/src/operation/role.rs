//! Who may do what: the one place where a role is asked for.

use crate::error::{Code, Problem};
use masthead_domain::viewer::{Role, Staff, Viewer};

/// The member of the staff who asks, if they may read what this role may.
///
/// # Errors
/// 401 when nobody is named, 403 when it is somebody else.
pub fn require(viewer: &Viewer, role: Role) -> Result<&Staff, Problem> {
    match viewer {
        Viewer::Staff(staff) if staff.role >= role => Ok(staff),
        Viewer::Anonymous => Err(Problem::authentication_required()),
        _ => {
            let detail = format!("This needs a token of the staff with the role {} or above.", role.code());
            Err(Problem::new(Code::InsufficientRole, detail))
        }
    }
}

/// The same, to change something.
///
/// # Errors
/// As [`require`]; 403 too when they only read.
pub fn require_to_change(viewer: &Viewer, role: Role) -> Result<&Staff, Problem> {
    let staff = require(viewer, role)?;
    refuse_who_only_reads(viewer)?;
    Ok(staff)
}

/// Refuses somebody of the staff who only reads, whatever is to be changed.
pub(super) fn refuse_who_only_reads(viewer: &Viewer) -> Result<(), Problem> {
    match viewer {
        Viewer::Staff(Staff { reads_only: true, .. }) => {
            Err(Problem::new(Code::InsufficientScope, "This key only reads. Use one that manages."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_do_what_those_before_it_may() {
        for (place, held) in Role::ALL.into_iter().enumerate() {
            let viewer = Viewer::Staff(Staff::new("desk", held));
            for (needed, role) in Role::ALL.into_iter().enumerate() {
                let code = require(&viewer, role).map_err(|problem| problem.code());
                let expected = if needed <= place { Ok(()) } else { Err(Code::InsufficientRole) };
                assert_eq!(code.map(|_| ()), expected, "{held:?} {role:?}");
            }
        }
        let reads = Viewer::Staff(Staff { reads_only: true, ..Staff::new("desk", Role::Admin) });
        assert!(require(&reads, Role::Admin).is_ok());
        let refused = require_to_change(&reads, Role::Writer).map(|_| ()).map_err(|problem| problem.code());
        assert_eq!(refused, Err(Code::InsufficientScope));
        assert!(require_to_change(&Viewer::staff("desk"), Role::Admin).is_ok());
        let code = |viewer| require(&viewer, Role::Writer).expect_err("no staff").code();
        assert_eq!(code(Viewer::Anonymous), Code::AuthenticationRequired);
        assert_eq!(code(Viewer::member("somebody", [])), Code::InsufficientRole);
    }
}
