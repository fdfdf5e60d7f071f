//! The steps of the product's own schema, each with its phase, and the work that belongs to them. How they are written:
//! `docs/operations/migrations.md`.

use crate::backfill::Backfill;
use crate::migrate::{Migration, Phase};

/// Rows that are brought along while people are served. None yet.
pub(crate) static BACKFILLS: &[Backfill] = &[];

macro_rules! script {
    ($file:literal) => {
        include_str!(concat!("../migrations/", $file, ".sql"))
    };
}

/// The product's own.
pub(crate) static STEPS: &[Migration] = &[
    Migration {
        number: 1,
        name: "people",
        phase: Phase::Founding,
        known_at_least: 1,
        up: [script!("0001_people.up"); 2],
        down: [script!("0001_people.down"); 2],
    },
    Migration {
        number: 2,
        name: "library",
        phase: Phase::Founding,
        known_at_least: 2,
        up: [script!("0002_library.up"), script!("0002_library.up.postgres")],
        down: [script!("0002_library.down"), script!("0002_library.down.postgres")],
    },
    Migration {
        number: 3,
        name: "work",
        phase: Phase::Founding,
        known_at_least: 3,
        up: [script!("0003_work.up"); 2],
        down: [script!("0003_work.down"); 2],
    },
    Migration {
        number: 4,
        name: "nests",
        phase: Phase::Founding,
        known_at_least: 4,
        up: [script!("0004_nests.up"); 2],
        down: [script!("0004_nests.down"); 2],
    },
    Migration {
        number: 5,
        name: "originals",
        phase: Phase::Founding,
        known_at_least: 5,
        up: [script!("0005_originals.up"); 2],
        down: [script!("0005_originals.down"); 2],
    },
    Migration {
        number: 6,
        name: "listening",
        phase: Phase::Expand,
        known_at_least: 5,
        up: [script!("0006_listening.up"); 2],
        down: [script!("0006_listening.down"); 2],
    },
    Migration {
        number: 7,
        name: "sign_in",
        phase: Phase::Expand,
        known_at_least: 5,
        up: [script!("0007_sign_in.up"); 2],
        down: [script!("0007_sign_in.down"); 2],
    },
    Migration {
        number: 8,
        name: "history",
        phase: Phase::Expand,
        known_at_least: 5,
        up: [script!("0008_history.up"); 2],
        down: [script!("0008_history.down"); 2],
    },
    // The logs have events that releases before cannot read.
    Migration {
        number: 9,
        name: "reactions",
        phase: Phase::Founding,
        known_at_least: 9,
        up: [script!("0009_reactions.up"); 2],
        down: [script!("0009_reactions.down"); 2],
    },
    Migration {
        number: 10,
        name: "webhooks",
        phase: Phase::Expand,
        known_at_least: 9,
        up: [script!("0010_webhooks.up"); 2],
        down: [script!("0010_webhooks.down"); 2],
    },
    Migration {
        number: 11,
        name: "link_codes",
        phase: Phase::Expand,
        known_at_least: 9,
        up: [script!("0011_link_codes.up"); 2],
        down: [script!("0011_link_codes.down"); 2],
    },
    // A release without previews cannot read the log's new events.
    Migration {
        number: 12,
        name: "autofill",
        phase: Phase::Founding,
        known_at_least: 12,
        up: [script!("0012_autofill.up"); 2],
        down: [script!("0012_autofill.down"); 2],
    },
    // And its doors.
    Migration {
        number: 13,
        name: "slugs",
        phase: Phase::Founding,
        known_at_least: 13,
        up: [script!("0013_slugs.up"); 2],
        down: [script!("0013_slugs.down"); 2],
    },
    Migration {
        number: 14,
        name: "sources",
        phase: Phase::Expand,
        known_at_least: 13,
        up: [script!("0014_sources.up"); 2],
        down: [script!("0014_sources.down"); 2],
    },
    // The logs may say that a filter was taken back.
    Migration {
        number: 15,
        name: "people_and_numbers",
        phase: Phase::Founding,
        known_at_least: 15,
        up: [script!("0015_people_and_numbers.up"); 2],
        down: [script!("0015_people_and_numbers.down"); 2],
    },
    Migration {
        number: 16,
        name: "app_channels",
        phase: Phase::Expand,
        known_at_least: 15,
        up: [script!("0016_app_channels.up"); 2],
        down: [script!("0016_app_channels.down"); 2],
    },
];
