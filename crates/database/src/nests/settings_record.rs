//! The private JSON form of a nest's settings. A record that was written before there was some action says nothing about
//! it: that action gets its default, while what somebody closed stays closed.

use super::autofill_record::RulesRecord;
use super::record::Unread;
use model::{Action, ActionSet, Permissions};
use nest::{NestName, Ordering, Settings, limits};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OrderingRecord {
    #[default]
    Fair,
    MostVotes,
    FirstCome,
}

impl From<Ordering> for OrderingRecord {
    fn from(ordering: Ordering) -> Self {
        match ordering {
            Ordering::Fair => Self::Fair,
            Ordering::MostVotes => Self::MostVotes,
            Ordering::FirstCome => Self::FirstCome,
        }
    }
}

impl From<OrderingRecord> for Ordering {
    fn from(record: OrderingRecord) -> Self {
        match record {
            OrderingRecord::Fair => Self::Fair,
            OrderingRecord::MostVotes => Self::MostVotes,
            OrderingRecord::FirstCome => Self::FirstCome,
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct SettingsRecord {
    name: String,
    #[serde(default)]
    slug: Option<String>,
    autofill: bool,
    #[serde(default)]
    autofill_rules: RulesRecord,
    guests_allowed: bool,
    queue_entries_max: u32,
    #[serde(default)]
    ordering: OrderingRecord,
    #[serde(default = "free_horn_jams_default")]
    free_horn_jams: u32,
    member_actions: Vec<String>,
    guest_actions: Vec<String>,
    /// The actions there were when this was written: what is not among the two above was closed only if it is here.
    #[serde(default = "first_actions")]
    actions_known: Vec<String>,
}

const fn free_horn_jams_default() -> u32 {
    limits::FREE_HORN_JAMS_DEFAULT
}

/// The actions of the first release, which did not write them down.
fn first_actions() -> Vec<String> {
    ["add", "vote", "remove_others", "clear", "pause", "skip", "seek", "configure"].map(str::to_owned).into()
}

impl From<&Settings> for SettingsRecord {
    fn from(settings: &Settings) -> Self {
        Self {
            name: settings.name.as_str().to_owned(),
            slug: settings.slug.as_ref().map(ToString::to_string),
            autofill: settings.autofill,
            autofill_rules: (&settings.autofill_rules).into(),
            guests_allowed: settings.guests_allowed,
            queue_entries_max: settings.queue_entries_max,
            ordering: settings.ordering.into(),
            free_horn_jams: settings.free_horn_jams,
            member_actions: action_names(settings.permissions.member),
            guest_actions: action_names(settings.permissions.guest),
            actions_known: action_names(ActionSet::all()),
        }
    }
}

impl TryFrom<SettingsRecord> for Settings {
    type Error = Unread;

    fn try_from(record: SettingsRecord) -> Result<Self, Unread> {
        let known = read_actions(&record.actions_known);
        let read = |names: &[String], default: ActionSet| {
            let named = read_actions(names);
            let allowed =
                |&action: &Action| if known.contains(action) { named } else { default }.contains(action);
            Action::ALL.into_iter().filter(allowed).collect()
        };
        Ok(Self {
            name: NestName::parse(&record.name).map_err(|error| error.to_string())?,
            // What has become a reserved word leads nowhere any more.
            slug: record.slug.and_then(|slug| slug.parse().ok()),
            autofill: record.autofill,
            autofill_rules: record.autofill_rules.into(),
            guests_allowed: record.guests_allowed,
            queue_entries_max: record.queue_entries_max,
            ordering: record.ordering.into(),
            free_horn_jams: record.free_horn_jams,
            permissions: Permissions {
                member: read(&record.member_actions, Permissions::DEFAULT.member),
                guest: read(&record.guest_actions, Permissions::DEFAULT.guest),
            },
        })
    }
}

fn action_names(actions: ActionSet) -> Vec<String> {
    actions.iter().map(|action| action_name(action).to_owned()).collect()
}

/// An action of a later release is one that nobody may do here.
fn read_actions(names: &[String]) -> ActionSet {
    Action::ALL.into_iter().filter(|&action| names.iter().any(|name| name == action_name(action))).collect()
}

const fn action_name(action: Action) -> &'static str {
    match action {
        Action::Add => "add",
        Action::Vote => "vote",
        Action::Jam => "jam",
        Action::Comment => "comment",
        Action::Horn => "horn",
        Action::RemoveOthers => "remove_others",
        Action::Clear => "clear",
        Action::Pause => "pause",
        Action::Skip => "skip",
        Action::Seek => "seek",
        Action::Volume => "volume",
        Action::Configure => "configure",
    }
}
