//! Accounts elsewhere, the audit log, and what is stored sealed.

use super::log::{decided, opened, seconds};
use crate::sample::{NOW, device, hash, member};
use database::audit::AuditFilter;
use database::identities::{Arrival, Arrived, Linking};
use database::nests as log;
use database::{
    Database, accounts, audit, avatars, blobs, client_ids, devices, identities, invitations, members,
};
use identity::{
    AUDIT_KEPT, AuditAction, AuditEntry, Invitation, LinkedIdentity, Member, Purpose, Sealed, SecretHash,
};
use library::Blob;
use model::{AuditId, IdentityId, InvitationId, MemberId, Role, SeededEntropy, ServerRole};
use nest::{Actor, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A line with an id of its own.
pub fn line(action: AuditAction) -> AuditEntry {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    AuditEntry::new(action, NOW, &mut SeededEntropy::from_seed(NEXT.fetch_add(1, Ordering::SeqCst)))
}

fn account(number: u128, subject: &str) -> LinkedIdentity {
    LinkedIdentity {
        id: IdentityId::from_u128(number),
        member: MemberId::from_u128(number),
        issuer: "https://issuer.example".into(),
        subject: subject.into(),
        address: Sealed::from_bytes(vec![1, 0xfe, number as u8]),
        created_at: NOW,
        last_used_at: NOW,
    }
}

struct Guest<'a> {
    number: u8,
    subject: &'a str,
    is_admitted: bool,
    invitation: Option<SecretHash>,
}

async fn arrive(database: &Database, guest: Guest<'_>) -> Arrived {
    let number = u128::from(guest.number);
    let newcomer = member(number, "Ana", ServerRole::Guest);
    let lines = [
        AuditAction::InvitationUsed,
        AuditAction::MemberJoined,
        AuditAction::IdentityLinked,
        AuditAction::SignedIn,
    ];
    let arrival = Arrival {
        identity: &account(number, guest.subject),
        readdressed: None,
        past: None,
        newcomer: &newcomer,
        device: &device(number, newcomer.id),
        device_secret: SecretHash::from_bytes([guest.number; 32]),
        invitation: guest.invitation,
        is_admitted: guest.is_admitted,
        audit: &lines.map(line),
    };
    identities::arrive(database, &arrival).await.unwrap()
}

async fn actions(database: &Database, by: MemberId) -> Vec<AuditAction> {
    let filter = AuditFilter { by: Some(by), ..AuditFilter::default() };
    let lines = audit::list(database, filter, 100).await.unwrap();
    let mut actions: Vec<_> = lines.iter().map(|line| line.entry.action).collect();
    actions.sort();
    actions
}

pub async fn somebody_whom_a_service_vouches_for_comes_in_once_and_again(database: &Database) {
    let stranger = Guest { number: 1, subject: "ana", is_admitted: false, invitation: None };
    assert_eq!(arrive(database, stranger).await, Arrived::NotAdmitted);
    assert_eq!(members::list(database, None, 10).await.unwrap(), [], "nothing of a refusal stays");

    let admitted = Guest { number: 2, subject: "ana", is_admitted: true, invitation: None };
    let Arrived::As(ana) = arrive(database, admitted).await else { panic!("the address admits") };
    assert_eq!((ana.id, ana.role), (MemberId::from_u128(2), ServerRole::Member));
    use AuditAction::{IdentityLinked, InvitationUsed, MemberJoined, SignedIn};
    assert_eq!(actions(database, ana.id).await, [SignedIn, IdentityLinked, MemberJoined]);

    // Again, when the address would not admit any more: the account is known.
    let again = Guest { number: 3, subject: "ana", is_admitted: false, invitation: None };
    assert_eq!(arrive(database, again).await, Arrived::As(ana.clone()));
    assert_eq!(devices::list(database, ana.id).await.unwrap().len(), 2);
    assert_eq!(actions(database, ana.id).await, [SignedIn, SignedIn, IdentityLinked, MemberJoined]);

    // Somebody invited, whatever their address; the invitation is used up by that.
    let secret = SecretHash::from_bytes([200; 32]);
    let invitation = Invitation {
        id: InvitationId::from_u128(1),
        purpose: Purpose::Join(ServerRole::Administrator),
        created_by: None,
        created_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(60)),
        uses_left: 1,
    };
    invitations::insert(database, &invitation, secret).await.unwrap();
    let invited = |number, subject| Guest { number, subject, is_admitted: false, invitation: Some(secret) };
    let Arrived::As(ben) = arrive(database, invited(4, "ben")).await else { panic!("invited") };
    assert_eq!(ben.role, ServerRole::Administrator);
    assert_eq!(actions(database, ben.id).await, [SignedIn, IdentityLinked, MemberJoined, InvitationUsed]);
    assert_eq!(arrive(database, invited(5, "cleo")).await, Arrived::NotAdmitted);

    linking_and_unlinking(database, ana.id, ben.id).await;
}

async fn linking_and_unlinking(database: &Database, ana: MemberId, ben: MemberId) {
    let second = LinkedIdentity { member: ana, ..account(10, "ana at work") };
    let entry = line(AuditAction::IdentityLinked);
    assert_eq!(identities::link(database, &second, None, &entry).await.unwrap(), Linking::Linked);
    assert_eq!(
        identities::link(database, &second, None, &entry).await.unwrap(),
        Linking::Linked,
        "it was before"
    );
    let stolen = LinkedIdentity { member: ben, ..account(11, "ana at work") };
    assert_eq!(identities::link(database, &stolen, None, &entry).await.unwrap(), Linking::Taken);
    let found = identities::find(database, "https://issuer.example", "ana at work").await.unwrap();
    assert_eq!(found, Some(second.clone()));
    for number in 20..28 {
        let more = LinkedIdentity { member: ana, ..account(number, &format!("more {number}")) };
        let entry = line(AuditAction::IdentityLinked);
        assert_eq!(identities::link(database, &more, None, &entry).await.unwrap(), Linking::Linked);
    }
    let one_more = LinkedIdentity { member: ana, ..account(29, "one more") };
    assert_eq!(identities::link(database, &one_more, None, &entry).await.unwrap(), Linking::TooMany);
    assert!(!identities::remove(database, second.id, ben).await.unwrap(), "not Ben's");
    assert!(identities::remove(database, second.id, ana).await.unwrap());
    assert_eq!(identities::list(database, ana).await.unwrap().len(), 9);
}

pub async fn of_many_first_arrivals_of_one_account_one_makes_the_member(database: &Database) {
    let mut crowd = tokio::task::JoinSet::new();
    for number in 1..7 {
        let database = database.clone();
        crowd.spawn(async move {
            let guest = Guest { number, subject: "ana", is_admitted: true, invitation: None };
            match arrive(&database, guest).await {
                Arrived::As(member) => member.id,
                Arrived::NotAdmitted => panic!("the address admits"),
            }
        });
    }
    let came = crowd.join_all().await;
    assert!(came.iter().all(|id| *id == came[0]), "{came:?}");
    assert_eq!(members::list(database, None, 10).await.unwrap().len(), 1);
    assert_eq!(devices::list(database, came[0]).await.unwrap().len(), 6);
}

pub async fn the_audit_log_is_read_by_pages_and_swept(database: &Database) {
    let ada = member(1, "Ada", ServerRole::Administrator);
    members::insert(database, &ada).await.unwrap();
    let entry = |number: u64, action| AuditEntry {
        id: AuditId::from_u128(number.into()),
        at: NOW.plus(Duration::from_secs(number)),
        by: (!number.is_multiple_of(3)).then_some(ada.id),
        ..line(action).about("subject").saying(format!("line {number}")).from([203, 0, 113, 7].into())
    };
    for number in 1..=10 {
        let action = if number % 2 == 0 { AuditAction::SignedIn } else { AuditAction::TokenMade };
        audit::record(database, &entry(number, action)).await.unwrap();
    }
    let read = async |filter| {
        let lines = audit::list(database, filter, 4).await.unwrap();
        lines.iter().map(|line| line.entry.detail.clone()).collect::<Vec<_>>()
    };
    let all = AuditFilter::default();
    assert_eq!(read(all).await, ["line 10", "line 9", "line 8", "line 7"]);
    let before = Some(AuditId::from_u128(7));
    assert_eq!(read(AuditFilter { before, ..all }).await, ["line 6", "line 5", "line 4", "line 3"]);
    let action = Some(AuditAction::SignedIn);
    let of_ada = AuditFilter { action, by: Some(ada.id), before };
    assert_eq!(read(of_ada).await, ["line 4", "line 2"]);
    let newest = audit::list(database, all, 2).await.unwrap();
    assert_eq!(newest[0].by_name.as_deref(), Some("Ada"));
    assert_eq!((newest[1].entry.by, newest[1].by_name.as_deref()), (None, None));
    assert_eq!(newest[0].entry.network, "203.0.113.0/24");

    // The first three are too old, and of the rest five may stay.
    let now = NOW.plus(AUDIT_KEPT).plus(Duration::from_secs(4));
    assert_eq!(audit::sweep_beyond(database, now, 5).await.unwrap(), 5);
    let left = audit::list(database, all, 100).await.unwrap();
    assert_eq!(left.len(), 5);
    assert_eq!(left[4].entry.detail, "line 6");
    assert_eq!(audit::sweep(database, now).await.unwrap(), 0);
}

pub async fn what_happens_to_nests_is_in_the_audit_log_with_the_event(database: &Database) {
    let (nest, state) = opened(database, 1).await;
    let host = MemberId::from_u128(1);
    let ada = Actor::Person { id: host, name: "Ada".into(), role: Role::Host };
    let (_, events) = decided(&state, &Command::HandOver(MemberId::from_u128(2)), &ada, seconds(1));
    log::append(database, nest, &events, &[]).await.unwrap();
    let late = log::append(database, nest, &events, &[]).await;
    assert!(late.is_err(), "an event is appended once, and its line with it");
    let lines = audit::list(database, AuditFilter::default(), 10).await.unwrap();
    let told: Vec<_> = lines.iter().map(|line| (line.entry.action, line.entry.by)).collect();
    let handed_over = (AuditAction::NestHandedOver, Some(host));
    assert_eq!(told[0], handed_over);
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[1].0, AuditAction::NestOpened);
    assert!(lines.iter().all(|line| line.entry.subject == nest.to_string()));
    assert_eq!(lines[0].entry.detail, MemberId::from_u128(2).to_string());
}

pub async fn tokens_of_a_linked_account_come_and_go_sealed(database: &Database) {
    let ana = member(1, "Ana", ServerRole::Member);
    members::insert(database, &ana).await.unwrap();
    let account = accounts::LinkedAccount {
        member: ana.id,
        provider: "spotify".into(),
        account_name: "ana".into(),
        scopes: "streaming user-read-playback-state".into(),
        access_token: Sealed::from_bytes(vec![1, 2, 0xff]),
        refresh_token: Some(Sealed::from_bytes(vec![0; 40])),
        expires_at: NOW,
        created_at: NOW,
        client_id: "app".into(),
        is_premium: Some(true),
        ended_at: None,
    };
    accounts::put(database, &account).await.unwrap();
    assert_eq!(accounts::get(database, ana.id, "spotify").await.unwrap(), Some(account.clone()));
    assert_eq!(accounts::get(database, ana.id, "soundcloud").await.unwrap(), None);
    let renewed = accounts::LinkedAccount {
        access_token: Sealed::from_bytes(vec![9]),
        refresh_token: None,
        expires_at: NOW.plus(Duration::from_secs(9)),
        ..account.clone()
    };
    assert!(accounts::renew(database, &account, &renewed).await.unwrap());
    assert_eq!(accounts::get(database, ana.id, "spotify").await.unwrap(), Some(renewed.clone()));
    assert!(!accounts::renew(database, &account, &renewed).await.unwrap(), "somebody was faster");
    accounts::end(database, &account, NOW).await.unwrap();
    assert_eq!(accounts::get(database, ana.id, "spotify").await.unwrap(), Some(renewed.clone()));
    accounts::end(database, &renewed, NOW).await.unwrap();
    accounts::set_premium(database, ana.id, "spotify", false).await.unwrap();
    let ended = accounts::LinkedAccount { ended_at: Some(NOW), is_premium: Some(false), ..renewed };
    assert_eq!(accounts::get(database, ana.id, "spotify").await.unwrap(), Some(ended));
    assert!(accounts::remove(database, ana.id, "spotify").await.unwrap());
    assert!(!accounts::remove(database, ana.id, "spotify").await.unwrap());
}

pub async fn a_client_id_has_room_for_so_many_people_and_one_owner(database: &Database) {
    let people: Vec<_> = (1..=3).map(|n| member(n, "Somebody", ServerRole::Member)).collect();
    for person in &people {
        members::insert(database, person).await.unwrap();
    }
    let account = |person: &Member| accounts::LinkedAccount {
        member: person.id,
        provider: "spotify".into(),
        account_name: "x".into(),
        scopes: String::new(),
        access_token: Sealed::from_bytes(vec![1]),
        refresh_token: None,
        expires_at: NOW,
        created_at: NOW,
        client_id: "app".into(),
        is_premium: None,
        ended_at: None,
    };
    let line = || line(AuditAction::AccountConnected);
    for (person, fits) in people.iter().zip([true, true, false]) {
        let connected = accounts::connect(database, &account(person), 2, &line()).await.unwrap();
        assert_eq!(connected, fits, "{}", person.id);
    }
    assert!(
        accounts::connect(database, &account(&people[1]), 2, &line()).await.unwrap(),
        "again: their own seat"
    );
    assert_eq!(accounts::people(database, "spotify", "app").await.unwrap(), 2);
    assert!(accounts::disconnect(database, people[0].id, "spotify", &line()).await.unwrap());
    assert!(!accounts::disconnect(database, people[0].id, "spotify", &line()).await.unwrap());
    assert!(accounts::connect(database, &account(&people[2]), 2, &line()).await.unwrap());
    let brought = |client_id: &str, person: &Member| client_ids::ClientId {
        provider: "spotify".into(),
        client_id: client_id.into(),
        by: client_ids::BroughtBy::Member(person.id),
        secret: Some(Sealed::from_bytes(vec![7, 8])),
        created_at: NOW,
    };
    let [ana, ben, _] = &people[..] else { unreachable!() };
    assert!(client_ids::bring(database, &brought("a", ana), &line()).await.unwrap());
    assert!(!client_ids::bring(database, &brought("a", ben), &line()).await.unwrap(), "it is ana's");
    assert!(client_ids::bring(database, &brought("b", ana), &line()).await.unwrap(), "in place of the other");
    assert!(client_ids::bring(database, &brought("a", ben), &line()).await.unwrap(), "it is nobody's now");
    let all = client_ids::list(database, "spotify").await.unwrap();
    assert_eq!(all, [brought("a", ben), brought("b", ana)]);
    let of_ana = client_ids::BroughtBy::Member(ana.id);
    assert_eq!(client_ids::brought(database, "spotify", of_ana).await.unwrap(), Some(brought("b", ana)));
    let removed = client_ids::remove(database, "spotify", of_ana, &line()).await.unwrap();
    assert_eq!(removed.as_deref(), Some("b"));
    assert_eq!(client_ids::get(database, "spotify", "b").await.unwrap(), None);
}

pub async fn a_member_s_picture_is_kept_until_another_comes(database: &Database) {
    let ana = member(1, "Ana", ServerRole::Member);
    members::insert(database, &ana).await.unwrap();
    assert_eq!(avatars::get(database, ana.id).await.unwrap(), None);
    for number in [1, 2, 2] {
        let picture = Blob { hash: hash(number), size_bytes: 10 };
        avatars::set(database, ana.id, picture, NOW).await.unwrap();
        assert_eq!(avatars::get(database, ana.id).await.unwrap(), Some(hash(number)));
    }
    assert_eq!(blobs::references(database, hash(1)).await.unwrap(), 0);
    assert_eq!(blobs::references(database, hash(2)).await.unwrap(), 1);
}
