//! What people thought of what was played: the jams and comments an entry had when its playing ended, kept with the
//! play by the transaction that ends it.

use super::plays::Play;
use super::record::read_member;
use crate::query::{Write, queries};
use crate::row::row;
use crate::{Database, Error, Result};
use model::{CommentId, MemberId, NestId, WallTime};
use nest::{Comment, CommentText, Entry, Jam};
use std::collections::BTreeMap;

row! {
    struct ReactionRow {
        play_id: String, kind: String, member_id: String, member_name: String, at: i64, comment_id: Option<i64>,
        text: String,
    }
}

queries! {
    KEEP(Text, Int, Int, Text, Text, Text, Int, Int, Text) =
        "insert into play_reactions (play_id, number, kind, member_id, member_name, at, comment_id, text)
         select id, cast($3 as bigint), cast($4 as text), cast($5 as text), cast($6 as text), cast($7 as bigint),
                cast($8 as bigint), cast($9 as text)
         from plays where nest_id = $1 and entry = $2";
    OF_PLAYS(Text) -> ReactionRow =
        "select play_id, kind, member_id, member_name, at, comment_id, text from play_reactions
         where play_id in (select value from each($1)) order by play_id, number";
}

pub(crate) const JAM: &str = "jam";
pub(crate) const COMMENT: &str = "comment";

/// Keeps what `entry` has with its play.
pub(super) fn write(nest: NestId, entry: &Entry) -> Result<Vec<Write>> {
    let jams = entry.jams.iter().map(|jam| Reaction {
        kind: JAM,
        by: jam.by,
        name: &jam.name,
        at: jam.at,
        comment: None,
        text: "",
    });
    let comments = entry.comments.iter().map(|comment| Reaction {
        kind: COMMENT,
        by: comment.by,
        name: &comment.name,
        at: comment.at,
        comment: Some(comment.id),
        text: comment.text.as_str(),
    });
    let keep = |(number, reaction): (u64, Reaction<'_>)| {
        KEEP.with([
            nest.into(),
            entry.id.sequence().into(),
            number.into(),
            reaction.kind.into(),
            reaction.by.into(),
            reaction.name.into(),
            reaction.at.into(),
            reaction.comment.map(CommentId::sequence).into(),
            reaction.text.into(),
        ])
    };
    (0..).zip(jams.chain(comments)).map(keep).collect()
}

struct Reaction<'a> {
    kind: &'static str,
    by: MemberId,
    name: &'a str,
    at: WallTime,
    comment: Option<CommentId>,
    text: &'a str,
}

/// Gives plays what was kept with them.
pub(crate) async fn read_into(database: &Database, plays: &mut [Play]) -> Result<()> {
    if plays.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = plays.iter().map(|play| play.id.to_string()).collect();
    let list = serde_json::to_string(&ids).map_err(|error| Error::unreadable("ids of plays", error))?;
    let places: BTreeMap<_, _> = ids.into_iter().zip(0..).collect();
    for row in OF_PLAYS.all(database, [list.into()]).await? {
        if let Some(play) = places.get(&row.play_id).and_then(|&place: &usize| plays.get_mut(place)) {
            row.read_into(play)?;
        }
    }
    Ok(())
}

impl ReactionRow {
    fn read_into(self, play: &mut Play) -> Result<()> {
        let by = read_member(&self.member_id);
        let by = by.map_err(|error| Error::unreadable("play_reactions.member_id", error))?;
        let (name, at) = (self.member_name, WallTime::from_micros(self.at));
        match self.kind.as_str() {
            JAM => play.jams.push(Jam { by, name, at }),
            COMMENT => {
                let text = CommentText::from_log(self.text);
                let id = CommentId::from_sequence(self.comment_id.unwrap_or(0).unsigned_abs());
                play.comments.push(Comment { id, by, name, at, text });
            }
            other => return Err(Error::unreadable("play_reactions.kind", other)),
        }
        Ok(())
    }
}
