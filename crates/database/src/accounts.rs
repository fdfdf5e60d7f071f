//! Accounts of music services that members have linked, with their tokens, which come and go sealed.
//!
//! Deliberately not here: opening what is sealed, and refreshing.

use crate::query::{Execute, queries};
use crate::row::row;
use crate::{Database, Error, Result, sealed, transaction};
use identity::{AuditEntry, Sealed};
use model::{MemberId, WallTime};

row! {
    struct AccountRow {
        member_id: String, provider: String, account_name: String, scopes: String, access_token: String,
        refresh_token: Option<String>, expires_at: i64, created_at: i64, client_id: String,
        is_premium: Option<bool>, ended_at: Option<i64>,
    }
}

queries! {
    PUT(Text, Text, Text, Text, Text, Text, Int, Int, Text, Bool, Int) =
        "insert into accounts (member_id, provider, account_name, scopes, access_token, refresh_token, expires_at,
           created_at, client_id, is_premium, ended_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (member_id, provider) do update set account_name = excluded.account_name,
           scopes = excluded.scopes, access_token = excluded.access_token,
           refresh_token = excluded.refresh_token, expires_at = excluded.expires_at,
           client_id = excluded.client_id, is_premium = excluded.is_premium, ended_at = excluded.ended_at";
    GET(Text, Text) -> AccountRow =
        "select member_id, provider, account_name, scopes, access_token, refresh_token, expires_at, created_at,
           client_id, is_premium, ended_at
         from accounts where member_id = $1 and provider = $2";
    RENEW(Text, Text, Text, Text, Text, Int) =
        "update accounts set access_token = $4, refresh_token = $5, expires_at = $6
         where member_id = $1 and provider = $2 and access_token = $3";
    END(Text, Text, Text, Int) =
        "update accounts set ended_at = $4 where member_id = $1 and provider = $2 and access_token = $3";
    SET_PREMIUM(Text, Text, Bool) =
        "update accounts set is_premium = $3 where member_id = $1 and provider = $2";
    PEOPLE(Text, Text) -> i64 = "select count(*) from accounts where provider = $1 and client_id = $2";
    OTHERS(Text, Text, Text) -> i64 =
        "select count(*) from accounts where provider = $1 and client_id = $2 and member_id <> $3";
    REMOVE(Text, Text) = "delete from accounts where member_id = $1 and provider = $2";
}

/// A linked account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedAccount {
    /// Whose.
    pub member: MemberId,
    /// Which service, as in `spotify`.
    pub provider: String,
    /// The service's name of the account.
    pub account_name: String,
    /// What was granted, separated by spaces.
    pub scopes: String,
    /// The access token, sealed.
    pub access_token: Sealed,
    /// The refresh token, sealed.
    pub refresh_token: Option<Sealed>,
    /// When the access token ends.
    pub expires_at: WallTime,
    /// When it was linked.
    pub created_at: WallTime,
    /// The client id it was linked with.
    pub client_id: String,
    /// Whether it pays, once that is known.
    pub is_premium: Option<bool>,
    /// Since when the service does not accept it any more.
    pub ended_at: Option<WallTime>,
}

/// Links an account, or replaces the tokens of the one that is linked.
///
/// # Errors
/// [`Error::ForeignKey`] if the member is gone; whatever the engine says.
pub async fn put(on: impl Execute, account: &LinkedAccount) -> Result<()> {
    let values = [
        account.member.into(),
        (&account.provider).into(),
        (&account.account_name).into(),
        (&account.scopes).into(),
        sealed::value(&account.access_token),
        account.refresh_token.as_ref().map(sealed::value).unwrap_or(crate::value::Value::Null),
        account.expires_at.into(),
        account.created_at.into(),
        (&account.client_id).into(),
        account.is_premium.into(),
        account.ended_at.into(),
    ];
    PUT.run(on, values).await.map(drop)
}

/// A member's account at a service.
///
/// # Errors
/// Whatever the engine says.
pub async fn get(on: impl Execute, member: MemberId, provider: &str) -> Result<Option<LinkedAccount>> {
    let row = GET.find(on, [member.into(), provider.into()]).await?;
    row.map(AccountRow::into_account).transpose()
}

/// Links an account, unless `seats_max` other members have linked one with the same client id, with a line in the audit
/// log; whether it was linked.
///
/// # Errors
/// Whatever the engine says.
pub async fn connect(
    database: &Database,
    account: &LinkedAccount,
    seats_max: usize,
    line: &AuditEntry,
) -> Result<bool> {
    transaction!(database, |tx| {
        let values = [(&account.provider).into(), (&account.client_id).into(), account.member.into()];
        if OTHERS.one(&mut tx, values).await? >= seats_max as i64 {
            return Ok(false);
        }
        put(&mut tx, account).await?;
        crate::audit::record(&mut tx, line).await?;
        Ok(true)
    })
}

/// Replaces the tokens of an account that still has those of `before`; whether it had.
///
/// # Errors
/// Whatever the engine says.
pub async fn renew(on: impl Execute, before: &LinkedAccount, after: &LinkedAccount) -> Result<bool> {
    let values = [
        before.member.into(),
        (&before.provider).into(),
        sealed::value(&before.access_token),
        sealed::value(&after.access_token),
        after.refresh_token.as_ref().map_or(crate::value::Value::Null, sealed::value),
        after.expires_at.into(),
    ];
    Ok(RENEW.run(on, values).await? > 0)
}

/// Notes that the service does not accept an account any more, if it still has these tokens.
///
/// # Errors
/// Whatever the engine says.
pub async fn end(on: impl Execute, account: &LinkedAccount, at: WallTime) -> Result<()> {
    let values =
        [account.member.into(), (&account.provider).into(), sealed::value(&account.access_token), at.into()];
    END.run(on, values).await.map(drop)
}

/// Notes whether an account pays.
///
/// # Errors
/// Whatever the engine says.
pub async fn set_premium(on: impl Execute, member: MemberId, provider: &str, is_premium: bool) -> Result<()> {
    SET_PREMIUM.run(on, [member.into(), provider.into(), is_premium.into()]).await.map(drop)
}

/// How many members have linked an account with a client id.
///
/// # Errors
/// Whatever the engine says.
pub async fn people(on: impl Execute, provider: &str, client_id: &str) -> Result<usize> {
    let count = PEOPLE.one(on, [provider.into(), client_id.into()]).await?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Forgets an account and its tokens, with a line in the audit log; whether there was one.
///
/// # Errors
/// Whatever the engine says.
pub async fn disconnect(
    database: &Database,
    member: MemberId,
    provider: &str,
    line: &AuditEntry,
) -> Result<bool> {
    transaction!(database, |tx| {
        let known = remove(&mut tx, member, provider).await?;
        if known {
            crate::audit::record(&mut tx, line).await?;
        }
        Ok(known)
    })
}

/// Forgets an account and its tokens; whether there was one.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(on: impl Execute, member: MemberId, provider: &str) -> Result<bool> {
    Ok(REMOVE.run(on, [member.into(), provider.into()]).await? > 0)
}

impl AccountRow {
    fn into_account(self) -> Result<LinkedAccount> {
        let refresh = self.refresh_token.as_deref();
        Ok(LinkedAccount {
            member: self.member_id.parse().map_err(|error| Error::unreadable("accounts.member_id", error))?,
            provider: self.provider,
            account_name: self.account_name,
            scopes: self.scopes,
            access_token: sealed::read("accounts.access_token", &self.access_token)?,
            refresh_token: refresh.map(|text| sealed::read("accounts.refresh_token", text)).transpose()?,
            expires_at: WallTime::from_micros(self.expires_at),
            created_at: WallTime::from_micros(self.created_at),
            client_id: self.client_id,
            is_premium: self.is_premium,
            ended_at: self.ended_at.map(WallTime::from_micros),
        })
    }
}
