//! Members, devices, tokens and invitations.

use crate::sample::{NOW, device, member};
use crate::suite::sign_in::line;
use database::invitations::{self, Redeemed};
use database::{Database, devices, members, settings, tokens};
use identity::{ApiToken, AuditAction, Invitation, MemberName, Purpose, Scope, SecretHash};
use model::{InvitationId, MemberId, ServerRole, TokenId};
use std::time::Duration;

const fn secret(number: u8) -> SecretHash {
    SecretHash::from_bytes([number; 32])
}

fn invitation(number: u128, purpose: Purpose, uses_left: u32) -> Invitation {
    Invitation {
        id: InvitationId::from_u128(number),
        purpose,
        created_by: None,
        created_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(60)),
        uses_left,
    }
}

pub async fn a_link_is_redeemed_once_and_secrets_are_found_by_hash(database: &Database) {
    // The first visitor becomes the administrator; the setup link then no longer opens.
    let setup = invitation(1, Purpose::Setup, 5);
    invitations::insert(database, &setup, secret(1)).await.unwrap();
    assert_eq!(invitations::find_by_secret(database, secret(1)).await.unwrap(), Some(setup));
    let ada = member(10, "Ada", ServerRole::Guest);
    let redeem = async |link: u8, newcomer: &identity::Member, number: u128| {
        let device = device(number, newcomer.id);
        let proof = secret(100 + u8::try_from(number).unwrap());
        invitations::redeem(database, secret(link), newcomer, &device, proof, NOW, &[]).await.unwrap()
    };
    let Redeemed::As(ada) = redeem(1, &ada, 1).await else { panic!("the setup link opens") };
    assert_eq!(ada.role, ServerRole::Administrator);
    assert_eq!(members::count_administrators(database).await.unwrap(), 1);
    assert_eq!(redeem(1, &member(11, "Eve", ServerRole::Guest), 2).await, Redeemed::Closed);
    let (found, whose) = devices::find_by_secret(database, secret(101)).await.unwrap().unwrap();
    assert_eq!((found, whose), (device(1, ada.id), ada.clone()));
    assert_eq!(devices::find_by_secret(database, secret(9)).await.unwrap(), None);

    // Six at once for two uses: two get in.
    let join = invitation(2, Purpose::Join(ServerRole::Member), 2);
    invitations::insert(database, &join, secret(2)).await.unwrap();
    assert_eq!(invitations::list(database, NOW, 10).await.unwrap(), [join]);
    let mut crowd = tokio::task::JoinSet::new();
    for number in 20..26_u8 {
        let database = database.clone();
        crowd.spawn(async move {
            let newcomer = member(number.into(), "Bob", ServerRole::Guest);
            let device = device(number.into(), newcomer.id);
            let done =
                invitations::redeem(&database, secret(2), &newcomer, &device, secret(100 + number), NOW, &[]);
            matches!(done.await.unwrap(), Redeemed::As(member) if member.role == ServerRole::Member)
        });
    }
    let entered = crowd.join_all().await.into_iter().filter(|&entered| entered).count();
    assert_eq!(entered, 2);
    assert_eq!(members::list(database, None, 10).await.unwrap().len(), 3);

    // Another device of one's own, and a link whose time is over.
    invitations::insert(database, &invitation(3, Purpose::SignIn(ada.id), 1), secret(3)).await.unwrap();
    assert_eq!(redeem(3, &member(30, "Nobody", ServerRole::Guest), 30).await, Redeemed::As(ada.clone()));
    assert_eq!(members::get(database, MemberId::from_u128(30)).await.unwrap(), None);
    assert_eq!(devices::list(database, ada.id).await.unwrap().len(), 2);
    let late = Invitation { expires_at: NOW, ..invitation(4, Purpose::Join(ServerRole::Member), 1) };
    invitations::insert(database, &late, secret(4)).await.unwrap();
    assert_eq!(redeem(4, &member(31, "Late", ServerRole::Guest), 31).await, Redeemed::Closed);
    assert_eq!(invitations::sweep(database, NOW).await.unwrap(), 3);

    tokens_are_found_until_revoked(database, &ada).await;
    the_last_administrator_stays(database, &ada).await;

    assert_eq!(settings::get_or_set(database, "key", b"one").await.unwrap(), b"one");
    assert_eq!(settings::get_or_set(database, "key", b"two").await.unwrap(), b"one");
    settings::set(database, "key", &[0, 255]).await.unwrap();
    assert_eq!(settings::get(database, "key").await.unwrap(), Some(vec![0, 255]));
    assert!(settings::remove(database, "key").await.unwrap());
}

async fn tokens_are_found_until_revoked(database: &Database, ada: &identity::Member) {
    let token = ApiToken {
        id: TokenId::from_u128(1),
        member: ada.id,
        label: "bot".into(),
        scopes: [Scope::Listen, Scope::Add].into_iter().collect(),
        created_at: NOW,
        last_used_at: None,
        expires_at: Some(NOW.plus(Duration::from_secs(5))),
    };
    tokens::insert(database, &token, secret(7)).await.unwrap();
    assert_eq!(
        tokens::find_by_secret(database, secret(7)).await.unwrap(),
        Some((token.clone(), ada.clone()))
    );
    tokens::used(database, token.id, ada.id, NOW).await.unwrap();
    assert_eq!(
        tokens::list(database, ada.id).await.unwrap(),
        [ApiToken { last_used_at: Some(NOW), ..token.clone() }]
    );
    assert!(!tokens::remove(database, token.id, MemberId::from_u128(20)).await.unwrap(), "not Bob's");
    assert!(tokens::remove(database, token.id, ada.id).await.unwrap());
    assert_eq!(tokens::find_by_secret(database, secret(7)).await.unwrap(), None);
}

async fn the_last_administrator_stays(database: &Database, ada: &identity::Member) {
    assert!(
        !members::set_role(database, ada.id, ServerRole::Member, &line(AuditAction::RoleChanged))
            .await
            .unwrap()
    );
    let removal = line(AuditAction::MemberRemoved);
    assert_eq!(members::remove(database, ada.id, &removal).await.unwrap(), None);
    let second = member(50, "Grace", ServerRole::Administrator);
    members::insert(database, &second).await.unwrap();
    assert!(members::rename(database, second.id, &MemberName::parse("Hopper").unwrap()).await.unwrap());
    assert_eq!(members::get(database, second.id).await.unwrap().unwrap().name.as_str(), "Hopper");
    assert!(members::remove(database, ada.id, &removal).await.unwrap().is_some());
    assert_eq!(
        devices::find_by_secret(database, secret(101)).await.unwrap(),
        None,
        "devices go with their member"
    );
}
