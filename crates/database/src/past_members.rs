//! Members whom an imported history knows by an address alone, and their awakening: whoever comes with that address,
//! verified, takes over the member and its history.

use crate::members::{self, MemberRow};
use crate::query::{Execute, queries};
use crate::row::row;
use crate::value::Value;
use crate::{Database, Error, Result, Transaction, sealed, transaction};
use identity::{BlindIndex, Member, MemberName, PastMember, Sealed};
use model::{MemberId, ServerRole, WallTime};
use std::collections::BTreeMap;

row! {
    struct FoundRow { address_index: String, id: String, name: String }
}

row! {
    struct AddressRow { address: String }
}

queries! {
    ADD(Text, Text, Text, Int) =
        "insert into past_members (member_id, address_index, address, created_at) values ($1, $2, $3, $4)";
    FIND(Text) -> FoundRow =
        "select past_members.address_index, members.id, members.name
         from past_members join members on members.id = past_members.member_id
         where past_members.address_index in (select value from each($1))";
    WAITING(Text) -> MemberRow =
        "select members.id, members.name, members.role, members.created_at
         from past_members join members on members.id = past_members.member_id
         where past_members.address_index = $1 and past_members.claimed_at is null";
    CLAIM(Text, Int) = "update past_members set claimed_at = $2 where member_id = $1";
    BECOME(Text, Text, Text) = "update members set name = $2, role = $3 where id = $1";
    HAND_OVER(Text, Text, Int) =
        "update past_members set member_id = $2, claimed_at = $3 where member_id = $1
           and not exists (select 1 from past_members others where others.member_id = $2)";
    HAND_OVER_PLAYS(Text, Text) = "update plays set added_by = $2 where added_by = $1";
    REMOVE(Text) = "delete from members where id = $1";
    ADDRESS(Text) -> AddressRow = "select address from past_members where member_id = $1";
}

/// Adds those past members who are not known yet. For each of `people` the member that stands for them, in its place:
/// who was there before, or the new one.
///
/// # Errors
/// Whatever the engine says.
pub async fn ensure(database: &Database, people: &[PastMember]) -> Result<Vec<(MemberId, MemberName)>> {
    transaction!(database, |tx| {
        let mut known = found(&mut tx, people.iter().map(|person| person.index)).await?;
        for person in people {
            if known.contains_key(&person.index.to_string()) {
                continue;
            }
            let member = Member {
                id: person.id,
                name: person.name.clone(),
                role: ServerRole::Member,
                created_at: person.created_at,
            };
            members::add(&mut tx, &member).await?;
            let values = [
                person.id.into(),
                person.index.to_string().into(),
                sealed::value(&person.address),
                person.created_at.into(),
            ];
            ADD.run(&mut tx, values).await?;
            known.insert(person.index.to_string(), (person.id, person.name.clone()));
        }
        let of = |person: &PastMember| known.get(&person.index.to_string()).cloned();
        Ok(people.iter().filter_map(of).collect())
    })
}

/// The members whom these addresses belong to, in the order of `indexes`; `None`: no import knows it.
///
/// # Errors
/// Whatever the engine says.
pub async fn find(
    database: &Database,
    indexes: &[BlindIndex],
) -> Result<Vec<Option<(MemberId, MemberName)>>> {
    let known = found(database, indexes.iter().copied()).await?;
    Ok(indexes.iter().map(|index| known.get(&index.to_string()).cloned()).collect())
}

async fn found(
    on: impl Execute,
    indexes: impl Iterator<Item = BlindIndex>,
) -> Result<BTreeMap<String, (MemberId, MemberName)>> {
    let read = |row: FoundRow| {
        let id = row.id.parse().map_err(|error| Error::unreadable("members.id", error))?;
        let name = MemberName::parse(&row.name).map_err(|error| Error::unreadable("members.name", error))?;
        Ok((row.address_index, (id, name)))
    };
    FIND.all(on, [Value::list(indexes)]).await?.into_iter().map(read).collect()
}

/// The address an import knows a member by, sealed as [`identity::PastAddress`] says.
///
/// # Errors
/// Whatever the engine says.
pub async fn address(database: &Database, member: MemberId) -> Result<Option<Sealed>> {
    let row = ADDRESS.find(database, [member.into()]).await?;
    row.map(|row| sealed::read("past_members.address", &row.address)).transpose()
}

/// Makes the past member of this address, if one waits, into `newcomer`: under its own id, with the newcomer's name and
/// role. Who it is then.
pub(crate) async fn awaken(
    tx: &mut Transaction,
    index: BlindIndex,
    newcomer: &Member,
    now: WallTime,
) -> Result<Option<Member>> {
    let Some(row) = WAITING.find(&mut *tx, [index.to_string().into()]).await? else { return Ok(None) };
    let waiting = row.into_member()?;
    // A service that says no name knows less than the address told.
    let is_named = newcomer.name != MemberName::newcomer();
    let name = if is_named { newcomer.name.clone() } else { waiting.name };
    let member = Member { id: waiting.id, name, role: newcomer.role, created_at: waiting.created_at };
    let values = [member.id.into(), member.name.as_str().into(), members::role_name(member.role).into()];
    BECOME.run(&mut *tx, values).await?;
    CLAIM.run(tx, [member.id.into(), now.into()]).await?;
    Ok(Some(member))
}

/// Gives the history of the past member of this address, if one waits, to a member who has shown that the address is
/// theirs; whether there was one.
pub(crate) async fn hand_over(
    tx: &mut Transaction,
    index: BlindIndex,
    member: MemberId,
    now: WallTime,
) -> Result<bool> {
    let Some(row) = WAITING.find(&mut *tx, [index.to_string().into()]).await? else { return Ok(false) };
    let waiting = row.into_member()?.id;
    HAND_OVER_PLAYS.run(&mut *tx, [waiting.into(), member.into()]).await?;
    // The address stays known as theirs, unless another one is already.
    HAND_OVER.run(&mut *tx, [waiting.into(), member.into(), now.into()]).await?;
    REMOVE.run(tx, [waiting.into()]).await?;
    Ok(true)
}
