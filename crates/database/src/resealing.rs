//! Everything that stands sealed in the database, to be sealed anew when the server's secret is changed.
//!
//! Deliberately not here: opening and sealing, and for what each value is sealed. A value that was written meanwhile is left
//! as it is: whoever wrote it sealed it with the key that is there now.

use crate::query::{Query, queries};
use crate::row::row;
use crate::{Database, Result, sealed};
use identity::{BlindIndex, Sealed};

row! {
    struct SealedRow { key: String, owner: String, sealed: String }
}

queries! {
    ADDRESSES(Text, Int) -> SealedRow =
        "select id as key, id as owner, address as sealed from identities where id > $1 order by id limit $2";
    PUT_ADDRESS(Text, Text, Text) = "update identities set address = $3 where id = $1 and address = $2";
    ACCESS_TOKENS(Text, Int) -> SealedRow =
        "select member_id || '/' || provider as key, member_id as owner, access_token as sealed from accounts
         where member_id || '/' || provider > $1 order by member_id || '/' || provider limit $2";
    PUT_ACCESS_TOKEN(Text, Text, Text) =
        "update accounts set access_token = $3 where member_id || '/' || provider = $1 and access_token = $2";
    REFRESH_TOKENS(Text, Int) -> SealedRow =
        "select member_id || '/' || provider as key, member_id as owner, coalesce(refresh_token, '') as sealed from accounts
         where member_id || '/' || provider > $1 and refresh_token is not null
         order by member_id || '/' || provider limit $2";
    PUT_REFRESH_TOKEN(Text, Text, Text) =
        "update accounts set refresh_token = $3 where member_id || '/' || provider = $1 and refresh_token = $2";
    CLIENT_SECRETS(Text, Int) -> SealedRow =
        "select provider || '/' || client_id as key, client_id as owner, coalesce(secret, '') as sealed from client_ids
         where provider || '/' || client_id > $1 and secret is not null order by provider || '/' || client_id limit $2";
    PUT_CLIENT_SECRET(Text, Text, Text) =
        "update client_ids set secret = $3 where provider || '/' || client_id = $1 and secret = $2";
    WEBHOOK_ADDRESSES(Text, Int) -> SealedRow =
        "select id as key, id as owner, address as sealed from webhooks where id > $1 order by id limit $2";
    PUT_WEBHOOK_ADDRESS(Text, Text, Text) = "update webhooks set address = $3 where id = $1 and address = $2";
    WEBHOOK_SECRETS(Text, Int) -> SealedRow =
        "select id as key, id as owner, coalesce(secret, '') as sealed from webhooks
         where id > $1 and secret is not null order by id limit $2";
    PUT_WEBHOOK_SECRET(Text, Text, Text) = "update webhooks set secret = $3 where id = $1 and secret = $2";
    PAST_ADDRESSES(Text, Int) -> SealedRow =
        "select member_id as key, member_id as owner, address as sealed from past_members
         where member_id > $1 order by member_id limit $2";
    PUT_PAST_ADDRESS(Text, Text, Text, Text) =
        "update past_members set address = $3, address_index = $4 where member_id = $1 and address = $2";
}

/// A column in which everything is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Addresses of accounts that sign members in.
    IdentityAddress,
    /// Tokens of accounts of music services.
    AccessToken,
    /// What renews them.
    RefreshToken,
    /// Secrets of client ids that people brought.
    ClientSecret,
    /// Addresses of webhooks.
    WebhookAddress,
    /// What their messages are signed with.
    WebhookSecret,
    /// Addresses that an imported history knows people by; they have an index beside them.
    PastAddress,
}

impl Column {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::IdentityAddress,
        Self::AccessToken,
        Self::RefreshToken,
        Self::ClientSecret,
        Self::WebhookAddress,
        Self::WebhookSecret,
        Self::PastAddress,
    ];

    const fn page(self) -> &'static Query<SealedRow> {
        match self {
            Self::IdentityAddress => &ADDRESSES,
            Self::AccessToken => &ACCESS_TOKENS,
            Self::RefreshToken => &REFRESH_TOKENS,
            Self::ClientSecret => &CLIENT_SECRETS,
            Self::WebhookAddress => &WEBHOOK_ADDRESSES,
            Self::WebhookSecret => &WEBHOOK_SECRETS,
            Self::PastAddress => &PAST_ADDRESSES,
        }
    }
}

/// One sealed value, as it was read.
#[derive(Clone, Debug)]
pub struct SealedValue {
    key: String,
    /// Whose it is: what it was sealed for, beside its purpose.
    pub owner: String,
    /// The value.
    pub sealed: Sealed,
}

/// At most `limit` values of a column, those that come after the one that was read last.
///
/// # Errors
/// [`Error::Unreadable`](crate::Error::Unreadable) for what is no sealed value; whatever the engine says.
pub async fn page(
    database: &Database,
    column: Column,
    after: Option<&SealedValue>,
    limit: u32,
) -> Result<Vec<SealedValue>> {
    let after = after.map_or("", |value| value.key.as_str());
    let rows = column.page().all(database, [after.into(), limit.into()]).await?;
    let read = |row: SealedRow| {
        let sealed = sealed::read("a sealed value", &row.sealed)?;
        Ok(SealedValue { key: row.key, owner: row.owner, sealed })
    };
    rows.into_iter().map(read).collect()
}

/// Puts a value in the place of one that was read; `false`: it was written meanwhile, or is gone.
///
/// # Errors
/// Whatever the engine says.
pub async fn replace(
    database: &Database,
    column: Column,
    read: &SealedValue,
    with: &Sealed,
    index: BlindIndex,
) -> Result<bool> {
    let values = [read.key.as_str().into(), sealed::value(&read.sealed), sealed::value(with)];
    let query = match column {
        Column::IdentityAddress => &PUT_ADDRESS,
        Column::AccessToken => &PUT_ACCESS_TOKEN,
        Column::RefreshToken => &PUT_REFRESH_TOKEN,
        Column::ClientSecret => &PUT_CLIENT_SECRET,
        Column::WebhookAddress => &PUT_WEBHOOK_ADDRESS,
        Column::WebhookSecret => &PUT_WEBHOOK_SECRET,
        Column::PastAddress => {
            let [key, was, with] = values;
            let changed = PUT_PAST_ADDRESS.run(database, [key, was, with, index.to_string().into()]).await?;
            return Ok(changed > 0);
        }
    };
    Ok(query.run(database, values).await? > 0)
}
