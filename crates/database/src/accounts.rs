//! Accounts of music services that members have linked, with their tokens, which come and go sealed.
//!
//! Deliberately not here: opening what is sealed, and refreshing.

use crate::query::{Execute, queries};
use crate::row::row;
use crate::{Error, Result, sealed};
use identity::Sealed;
use model::{MemberId, WallTime};

row! {
    struct AccountRow {
        member_id: String, provider: String, account_name: String, scopes: String, access_token: String,
        refresh_token: Option<String>, expires_at: i64, created_at: i64,
    }
}

queries! {
    PUT(Text, Text, Text, Text, Text, Text, Int, Int) =
        "insert into accounts
           (member_id, provider, account_name, scopes, access_token, refresh_token, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (member_id, provider) do update set account_name = excluded.account_name,
           scopes = excluded.scopes, access_token = excluded.access_token,
           refresh_token = excluded.refresh_token, expires_at = excluded.expires_at";
    GET(Text, Text) -> AccountRow =
        "select member_id, provider, account_name, scopes, access_token, refresh_token, expires_at, created_at
         from accounts where member_id = $1 and provider = $2";
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
        })
    }
}
