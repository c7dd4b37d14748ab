//! Understanding Stripe's events. What we do not know is kept and changes nothing.

use super::{CONTRIBUTION, GIFT, MARK, NAME, Prices};
use crate::payment::{NoticeError, Noticed};
use masthead_domain::clock::Timestamp;
use masthead_domain::member::Email;
use masthead_domain::payment::{PaymentState, Report, SubscriptionReport};
use masthead_persistence::PaymentNotice;
use serde::Deserialize;
use serde_json::Value;

/// The longest name of an event, a customer or a kind that is kept, in bytes.
const MAX_NAME: usize = 255;

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

pub(super) fn understand(body: &[u8], prices: &Prices) -> Result<Noticed, NoticeError> {
    let raw = std::str::from_utf8(body).map_err(|_| NoticeError::Form)?;
    let event: Event = serde_json::from_str(raw).map_err(|_| NoticeError::Form)?;
    let named = |text: &str| (1..=MAX_NAME).contains(&text.len());
    let at = instant(event.created).filter(|_| named(&event.id) && named(&event.kind));
    let at = at.ok_or(NoticeError::Form)?;
    let customer = event.data.object["customer"].as_str().filter(|customer| named(customer));
    let customer = customer.map(str::to_owned);
    let report = report(&event, prices);
    if customer.is_none() && !report.as_ref().is_some_and(Report::is_of_return) {
        return Ok(Noticed::Ignored);
    }
    Ok(Noticed::Kept(Box::new(PaymentNotice {
        provider: NAME.to_owned(),
        customer,
        at,
        report,
        email: person(&event.data.object),
        raw: raw.to_owned(),
        id: event.id,
        kind: event.kind,
    })))
}

/// The address of whoever an object names.
fn person(object: &Value) -> Option<Email> {
    let places =
        ["/customer_details/email", "/billing_details/email", "/customer_email", "/receipt_email", "/email"];
    places.iter().find_map(|place| object.pointer(place)?.as_str()?.parse().ok())
}

/// What an event says about what a member has; `None` when it says nothing, or nothing that can be made out.
fn report(event: &Event, prices: &Prices) -> Option<Report> {
    let object = &event.data.object;
    match event.kind.as_str() {
        "checkout.session.completed" => {
            let member = object["client_reference_id"].as_str()?.parse().ok()?;
            Some(Report::Checkout { member })
        }
        "customer.subscription.created" => subscription(object, true, prices),
        "customer.subscription.updated"
        | "customer.subscription.deleted"
        | "customer.subscription.paused"
        | "customer.subscription.resumed" => subscription(object, false, prices),
        "payment_intent.succeeded" => payment(object),
        "charge.refunded" => Some(Report::Refund {
            payment: object["payment_intent"].as_str()?.to_owned(),
            in_full: object["refunded"].as_bool()?,
        }),
        // A dispute that was opened has taken nothing yet: it may be an inquiry.
        "charge.dispute.funds_withdrawn" => dispute(object, true),
        "charge.dispute.funds_reinstated" => dispute(object, false),
        "charge.dispute.closed" if object["status"] == "lost" => dispute(object, true),
        _ => None,
    }
}

fn dispute(object: &Value, withdrawn: bool) -> Option<Report> {
    Some(Report::Dispute {
        payment: object["payment_intent"].as_str()?.to_owned(),
        dispute: object["id"].as_str()?.to_owned(),
        withdrawn,
    })
}

/// A payment that is made once and marked as one of ours.
fn payment(object: &Value) -> Option<Report> {
    let reference = object["id"].as_str()?.to_owned();
    let amount = object["amount_received"].as_i64().filter(|amount| *amount > 0)?;
    let currency = object["currency"].as_str()?.to_ascii_uppercase();
    match object["metadata"][MARK].as_str()? {
        CONTRIBUTION => Some(Report::Payment { reference, amount, currency }),
        GIFT => {
            let id = object["metadata"][GIFT].as_str()?.parse().ok()?;
            Some(Report::GiftSubscription { id, reference, amount, currency })
        }
        _ => None,
    }
}

fn subscription(object: &Value, is_first: bool, prices: &Prices) -> Option<Report> {
    let item = &object["items"]["data"][0];
    let price = item["price"]["id"].as_str()?;
    let Some(tier) = prices.tier(price) else {
        tracing::warn!(
            price,
            "a subscription pays for a price that the settings do not name; it opens nothing"
        );
        return None;
    };
    // Since 2025 the period stands with the item, before that with the subscription.
    let time = |name: &str| item[name].as_i64().or_else(|| object[name].as_i64()).and_then(instant);
    let own = |name: &str| object[name].as_i64().and_then(instant);
    let (state, paid_until) = match object["status"].as_str()? {
        "active" | "trialing" => (PaymentState::Running, time("current_period_end")?),
        // The period that is not paid has begun: what was paid ended where it started.
        "past_due" => (PaymentState::Running, time("current_period_start")?),
        "canceled" => (PaymentState::Over, time("current_period_end").or_else(|| own("ended_at"))?),
        // `incomplete`, `incomplete_expired`, `unpaid`, `paused`, and what Stripe may add.
        _ => (PaymentState::Unpaid, time("current_period_start").or_else(|| own("start_date"))?),
    };
    Some(Report::Subscription(SubscriptionReport {
        reference: object["id"].as_str()?.to_owned(),
        tier: tier.clone(),
        is_first,
        state,
        starts: own("start_date").or_else(|| own("created"))?,
        paid_until,
        cancelled: own("canceled_at"),
        ended: own("ended_at"),
    }))
}

fn instant(seconds: i64) -> Option<Timestamp> {
    Timestamp::try_from(seconds.checked_mul(1_000_000)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::Interval;
    use serde_json::json;

    fn prices() -> Prices {
        [("price_patron".to_owned(), "patron".parse().expect("slug"), Interval::Month)].into_iter().collect()
    }

    fn understood(kind: &str, object: Value) -> Option<Report> {
        let event =
            json!({"id": "evt_1", "type": kind, "created": 1_795_000_000, "data": {"object": object}});
        match understand(event.to_string().as_bytes(), &prices()).expect("an event") {
            Noticed::Kept(notice) => notice.report,
            Noticed::Ignored => None,
        }
    }

    fn a_subscription(status: &str) -> Value {
        json!({
            "id": "sub_1", "customer": "cus_1", "status": status, "start_date": 1_000, "canceled_at": null,
            "ended_at": if status == "canceled" { json!(1_500) } else { Value::Null },
            "items": {"data": [{
                "price": {"id": "price_patron"}, "current_period_start": 1_200, "current_period_end": 2_000,
            }]},
        })
    }

    fn state(status: &str) -> (PaymentState, i64) {
        match understood("customer.subscription.updated", a_subscription(status)) {
            Some(Report::Subscription(report)) => (report.state, report.paid_until.seconds()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_status_says_until_when_it_is_paid() {
        assert_eq!(state("active"), (PaymentState::Running, 2_000));
        assert_eq!(state("trialing"), (PaymentState::Running, 2_000));
        assert_eq!(state("past_due"), (PaymentState::Running, 1_200));
        assert_eq!(state("canceled"), (PaymentState::Over, 2_000));
        for unpaid in ["incomplete", "incomplete_expired", "unpaid", "paused", "invented"] {
            assert_eq!(state(unpaid).0, PaymentState::Unpaid, "{unpaid}");
        }
    }

    #[test]
    fn the_older_form_of_a_subscription_is_understood() {
        let mut old = a_subscription("active");
        old["current_period_end"] = json!(3_000);
        old["items"]["data"][0]["current_period_end"] = Value::Null;
        let report = understood("customer.subscription.created", old);
        let Some(Report::Subscription(report)) = report else { panic!("{report:?}") };
        assert_eq!((report.paid_until.seconds(), report.is_first), (3_000, true));
    }

    #[test]
    fn a_dispute_says_where_the_money_is() {
        let withdrawn = |what: &str, status: &str| {
            let dispute =
                json!({"id": "dp_1", "payment_intent": "pi_1", "customer": "cus_1", "status": status});
            match understood(&format!("charge.dispute.{what}"), dispute) {
                Some(Report::Dispute { withdrawn, .. }) => Some(withdrawn),
                None => None,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(withdrawn("created", "needs_response"), None);
        assert_eq!(withdrawn("funds_withdrawn", "needs_response"), Some(true));
        assert_eq!(withdrawn("closed", "lost"), Some(true));
        assert_eq!(withdrawn("closed", "won"), None, "the money comes by an event of its own");
        assert_eq!(withdrawn("funds_reinstated", "won"), Some(false));
    }

    #[test]
    fn what_says_nothing_of_members_is_not_kept() {
        let mut foreign = a_subscription("active");
        foreign["items"]["data"][0]["price"]["id"] = json!("price_of_another_shop");
        assert_eq!(understood("customer.subscription.created", foreign), None);
        assert_eq!(understood("invoice.paid", json!({"customer": "cus_1"})), None);
        let intent = json!({"id": "pi_1", "customer": "cus_1", "amount_received": 500, "currency": "eur"});
        assert_eq!(understood("payment_intent.succeeded", intent), None, "the payment of a subscription");
        assert_eq!(
            understood(
                "checkout.session.completed",
                json!({"customer": "cus_1", "client_reference_id": "me"})
            ),
            None
        );
        let nobodys = json!({"id": "e", "type": "price.updated", "created": 1, "data": {"object": {}}});
        assert!(matches!(understand(nobodys.to_string().as_bytes(), &prices()), Ok(Noticed::Ignored)));
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for body in ["", "{}", "[]", r#"{"id":"","type":"x","created":1,"data":{"object":{}}}"#, "\u{0}"] {
            assert_eq!(understand(body.as_bytes(), &prices()).err(), Some(NoticeError::Form), "{body}");
        }
    }
}
