//! Webhooks: stored, read on from where they came, and given up.

use super::log::{decided, opened, person, song};
use database::audit::AuditFilter;
use database::webhooks::{self, WEBHOOKS_PER_NEST_MAX, Webhook};
use database::{Database, audit, nests};
use identity::{AuditAction, AuditEntry, Sealed};
use model::{MemberId, NestId, SeededEntropy, WallTime, WebhookEvent, WebhookForm, WebhookId};
use nest::Command;

const NOW: WallTime = WallTime::from_micros(1_700_000_000_000_000);

fn webhook(nest: NestId, number: u128) -> Webhook {
    Webhook {
        id: WebhookId::from_u128(number),
        nest,
        form: WebhookForm::Signed,
        address: Sealed::from_bytes(vec![0, 255, 7]),
        host: "example.org".to_owned(),
        secret: Some(Sealed::from_bytes(vec![1])),
        events: vec![WebhookEvent::NowPlaying, WebhookEvent::Paused],
        created_by: MemberId::from_u128(1),
        created_at: NOW,
        nests_until: NOW,
        delivered_at: None,
        failing: None,
        paused_at: None,
    }
}

fn line(action: AuditAction, number: u64) -> AuditEntry {
    AuditEntry::new(action, NOW, &mut SeededEntropy::from_seed(number))
}

async fn add(database: &Database, webhook: &Webhook, number: u64) -> bool {
    webhooks::insert(database, webhook, &line(AuditAction::WebhookAdded, number)).await.unwrap()
}

pub async fn a_webhook_begins_at_the_end_of_the_log_and_only_one_process_advances_it(database: &Database) {
    let (nest, state) = opened(database, 1).await;
    let webhook = webhook(nest, 1);
    assert!(add(database, &webhook, 1).await);
    assert_eq!(webhooks::list(database, nest).await.unwrap(), std::slice::from_ref(&webhook));
    assert_eq!(webhooks::get(database, webhook.id).await.unwrap(), Some(webhook.clone()));
    let begun = webhooks::position(database, &webhook).await.unwrap();
    assert_eq!(begun, state.sequence(), "what happened before is not told");
    let (state, events) = decided(&state, &Command::Add(song(1)), &person(1), NOW);
    nests::append(database, nest, &events, &[]).await.unwrap();
    let there = state.sequence();
    assert!(webhooks::advance(database, &webhook, begun, there).await.unwrap());
    assert!(!webhooks::advance(database, &webhook, begun, there).await.unwrap(), "somebody else did");
    assert_eq!(webhooks::position(database, &webhook).await.unwrap(), there);
}

pub async fn a_webhook_that_fails_says_so_and_goes_on_from_now_when_it_is_resumed(database: &Database) {
    let (nest, state) = opened(database, 1).await;
    let webhook = webhook(nest, 1);
    add(database, &webhook, 1).await;
    let later = WallTime::from_micros(NOW.micros() + 5);
    webhooks::failed(database, webhook.id, NOW, "no answer").await.unwrap();
    webhooks::failed(database, webhook.id, later, "status 500").await.unwrap();
    let failing = webhooks::list(database, nest).await.unwrap().remove(0).failing.unwrap();
    assert_eq!((failing.since, failing.at, failing.why.as_str()), (NOW, later, "status 500"));
    webhooks::pause(database, webhook.id, later).await.unwrap();
    assert_eq!(webhooks::active(database).await.unwrap(), []);
    let (state, events) = decided(&state, &Command::Add(song(1)), &person(1), NOW);
    nests::append(database, nest, &events, &[]).await.unwrap();
    assert!(webhooks::resume(database, &webhook).await.unwrap());
    let again = webhooks::active(database).await.unwrap();
    assert_eq!(again, std::slice::from_ref(&webhook));
    assert_eq!(webhooks::position(database, &webhook).await.unwrap(), state.sequence());
    webhooks::failed(database, webhook.id, NOW, "no answer").await.unwrap();
    webhooks::delivered(database, webhook.id, later).await.unwrap();
    let well = webhooks::get(database, webhook.id).await.unwrap().unwrap();
    assert_eq!((well.failing, well.delivered_at), (None, Some(later)));
}

pub async fn a_nest_has_so_many_webhooks_and_one_that_is_removed_leaves_nothing(database: &Database) {
    let (nest, _) = opened(database, 1).await;
    let most = WEBHOOKS_PER_NEST_MAX as u64;
    for number in 1..=most {
        assert!(add(database, &webhook(nest, number.into()), number).await);
    }
    assert!(!add(database, &webhook(nest, 99), 99).await);
    let first = webhook(nest, 1);
    assert!(webhooks::remove(database, first.id, &line(AuditAction::WebhookRemoved, 200)).await.unwrap());
    assert!(!webhooks::remove(database, first.id, &line(AuditAction::WebhookRemoved, 201)).await.unwrap());
    assert_eq!(webhooks::position(database, &first).await.unwrap(), 0);
    assert!(add(database, &webhook(nest, 99), 99).await);
    let added = AuditFilter { action: Some(AuditAction::WebhookAdded), ..AuditFilter::default() };
    assert_eq!(audit::list(database, added, 100).await.unwrap().len() as u64, most + 1);
    let removed = AuditFilter { action: Some(AuditAction::WebhookRemoved), ..AuditFilter::default() };
    assert_eq!(audit::list(database, removed, 100).await.unwrap().len(), 1);
    let opened = webhooks::nests_opened(database, WallTime::from_micros(0), 10).await.unwrap();
    assert_eq!(opened.len(), 1);
}
