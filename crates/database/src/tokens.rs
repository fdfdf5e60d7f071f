//! API tokens, found by the hash of their secret.

use crate::devices::secret_value;
use crate::members::{self, MemberRow};
use crate::query::{Execute, queries};
use crate::row::row;
use crate::{Database, Error, Result, audit, transaction};
use identity::{ApiToken, AuditEntry, Member, ScopeSet, SecretHash};
use model::{MemberId, TokenId, WallTime};

row! {
    struct TokenRow {
        id: String, member_id: String, label: String, scopes: i64, created_at: i64, last_used_at: Option<i64>,
        expires_at: Option<i64>,
    }
}
row! {
    struct FoundRow {
        token_id: String, label: String, scopes: i64, token_created_at: i64, last_used_at: Option<i64>,
        expires_at: Option<i64>, member_id: String, name: String, role: String, member_created_at: i64,
    }
}

queries! {
    INSERT(Text, Text, Text, Text, Int, Int, Int) =
        "insert into tokens (id, member_id, secret_hash, label, scopes, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)";
    BY_SECRET(Text) -> FoundRow =
        "select tokens.id as token_id, tokens.label as label, tokens.scopes as scopes,
                tokens.created_at as token_created_at, tokens.last_used_at as last_used_at,
                tokens.expires_at as expires_at, members.id as member_id, members.name as name,
                members.role as role, members.created_at as member_created_at
         from tokens join members on members.id = tokens.member_id where tokens.secret_hash = $1";
    OF_MEMBER(Text) -> TokenRow =
        "select id, member_id, label, scopes, created_at, last_used_at, expires_at from tokens
         where member_id = $1 order by created_at desc, id";
    USED(Text, Int) =
        "update tokens set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2)";
    IDS(Text) -> String = "select id from tokens where member_id = $1 order by id";
    REMOVE(Text, Text) = "delete from tokens where id = $1 and member_id = $2";
}

impl TokenRow {
    fn into_token(self) -> Result<ApiToken> {
        Ok(ApiToken {
            id: self.id.parse().map_err(|error| Error::unreadable("tokens.id", error))?,
            member: self.member_id.parse().map_err(|error| Error::unreadable("tokens.member_id", error))?,
            label: self.label,
            scopes: ScopeSet::from_bits(u8::try_from(self.scopes).unwrap_or(0)),
            created_at: WallTime::from_micros(self.created_at),
            last_used_at: self.last_used_at.map(WallTime::from_micros),
            expires_at: self.expires_at.map(WallTime::from_micros),
        })
    }
}

impl FoundRow {
    fn into_parts(self) -> Result<(ApiToken, Member)> {
        let token = TokenRow {
            id: self.token_id,
            member_id: self.member_id.clone(),
            label: self.label,
            scopes: self.scopes,
            created_at: self.token_created_at,
            last_used_at: self.last_used_at,
            expires_at: self.expires_at,
        };
        let member = MemberRow {
            id: self.member_id,
            name: self.name,
            role: self.role,
            created_at: self.member_created_at,
        };
        Ok((token.into_token()?, member.into_member()?))
    }
}

/// Adds somebody new with the token of the program that brings them, and lines of audit, all at once.
///
/// # Errors
/// Whatever the engine says.
pub async fn insert_with_member(
    database: &Database,
    member: &Member,
    token: &ApiToken,
    secret: SecretHash,
    lines: &[AuditEntry],
) -> Result<()> {
    transaction!(database, |tx| {
        members::add(&mut tx, member).await?;
        members::seen(&mut tx, member.id, member.created_at).await?;
        insert(&mut tx, token, secret).await?;
        for line in lines {
            audit::record(&mut tx, line).await?;
        }
        Ok(())
    })
}

/// Adds a token.
///
/// # Errors
/// [`Error::ForeignKey`] if its member is gone; whatever the engine says.
pub async fn insert(on: impl Execute, token: &ApiToken, secret: SecretHash) -> Result<()> {
    let values = [
        token.id.into(),
        token.member.into(),
        secret_value(secret),
        (&token.label).into(),
        u32::from(token.scopes.bits()).into(),
        token.created_at.into(),
        token.expires_at.into(),
    ];
    INSERT.run(on, values).await.map(drop)
}

/// The token with this secret, and whose it is. Whether it has expired is for the caller to ask.
///
/// # Errors
/// Whatever the engine says.
pub async fn find_by_secret(database: &Database, secret: SecretHash) -> Result<Option<(ApiToken, Member)>> {
    BY_SECRET.find(database, [secret_value(secret)]).await?.map(FoundRow::into_parts).transpose()
}

/// The tokens of a person, newest first.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(database: &Database, member: MemberId) -> Result<Vec<ApiToken>> {
    OF_MEMBER.all(database, [member.into()]).await?.into_iter().map(TokenRow::into_token).collect()
}

/// The tokens of a person.
pub(crate) async fn ids(on: impl Execute, member: MemberId) -> Result<Vec<TokenId>> {
    let read = |id: String| id.parse().map_err(|error| Error::unreadable("tokens.id", error));
    IDS.all(on, [member.into()]).await?.into_iter().map(read).collect()
}

/// Notes that a token was used, and so its owner was heard of. Callers do this seldom, not with every request.
///
/// # Errors
/// Whatever the engine says.
pub async fn used(database: &Database, id: TokenId, member: MemberId, now: WallTime) -> Result<()> {
    members::seen(database, member, now).await?;
    USED.run(database, [id.into(), now.into()]).await.map(drop)
}

/// Revokes a token of this member; whether there was one.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(on: impl Execute, id: TokenId, member: MemberId) -> Result<bool> {
    Ok(REMOVE.run(on, [id.into(), member.into()]).await? > 0)
}
