//! What the scripts of a step must not do in its phase, found by their words: that a step says `Expand` is worth nothing
//! unless the release before can live with it. Scripts are ours, so a plain reading of their words is enough.

use crate::migrate::{Migration, Migrations, Phase};

/// Steps of the time before there were phases.
const FOUNDING_MAX: u32 = 15;
/// A comment in a script that says why an index may be built while writers of its table wait.
const REASON: &str = "-- writers wait:";
/// Steps of the time before that was asked.
const INDEXES_WITHOUT_REASON: [u32; 2] = [8, 14];

/// What is wrong with the steps of a schema and the backfills beside them, one sentence each.
#[must_use]
pub fn lint(own: &Migrations) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut asked = 0;
    for step in own.steps {
        wrong.extend(lint_one(step, asked).into_iter().map(|what| format!("{}: {what}", step.full_name())));
        asked = asked.max(step.known_at_least);
    }
    for (at, backfill) in own.backfills.iter().enumerate() {
        let name = backfill.name;
        let has_room =
            own.steps.iter().any(|step| step.number == backfill.number && step.phase == Phase::Expand);
        if !has_room {
            wrong.push(format!(
                "the backfill {name} belongs to an `Expand`, which makes room for what rows get"
            ));
        }
        if own.backfills[..at].iter().any(|other| other.name == name) {
            wrong.push(format!(
                "there are two backfills {name}: the second would begin where the first has ended"
            ));
        }
        if backfill.key.is_empty() {
            wrong.push(format!("the backfill {name} has no key: it needs one to go on where it was"));
        }
    }
    wrong
}

fn lint_one(step: &Migration, asked_before: u32) -> Vec<String> {
    let mut wrong = Vec::new();
    match step.phase {
        Phase::Founding if step.number > FOUNDING_MAX => {
            wrong.push(
                "only steps from before there were phases are `Founding`: it is `Expand` or `Contract`"
                    .to_owned(),
            );
        }
        Phase::Founding => {}
        Phase::Contract => {
            if step.known_at_least <= asked_before {
                wrong.push(format!(
                    "a contract that asks for no more than migration {asked_before:04} would be taken while releases that \
                     need what goes are there: raise `known_at_least` to the first that does without"
                ));
            }
        }
        Phase::Expand => {
            if step.known_at_least > asked_before {
                wrong.push(format!(
                    "it asks for migration {:04}, so the release before could not go on: what it cannot live with is a \
                     `Contract`",
                    step.known_at_least
                ));
            }
            let mut scripts = step.up.to_vec();
            scripts.dedup();
            for script in scripts {
                wrong.extend(Expand::of(step, script).lint());
            }
        }
    }
    wrong.dedup();
    wrong
}

/// A script that should only add.
struct Expand {
    statements: Vec<Vec<String>>,
    /// Tables that it makes itself: nobody uses them yet.
    made: Vec<String>,
    has_reason: bool,
}

impl Expand {
    fn of(step: &Migration, script: &str) -> Self {
        let statements = statements(script);
        let made = statements.iter().filter_map(|words| after(words, &["create", "table"])).collect();
        let has_reason =
            script.to_lowercase().contains(REASON) || INDEXES_WITHOUT_REASON.contains(&step.number);
        Self { statements, made, has_reason }
    }

    fn lint(&self) -> Vec<String> {
        self.statements.iter().filter_map(|words| self.fault(words)).collect()
    }

    fn fault(&self, words: &[String]) -> Option<String> {
        let said = words.iter().take(6).cloned().collect::<Vec<_>>().join(" ");
        let has = |sought: &[&str]| words.windows(sought.len()).any(|part| part == sought);
        let is_own = |table: Option<String>| table.is_some_and(|table| self.made.contains(&table));
        let first = words.first().map_or("", String::as_str);
        let altered = after(words, &["alter", "table"]);
        if first == "drop" && !has(&["drop", "index"]) || altered.is_some() && has(&["drop"]) {
            return Some(format!("`{said}` takes away what the release before uses: that is a `Contract`"));
        }
        if has(&["rename"]) {
            return Some(format!(
                "`{said}` renames what the release before uses: add the other beside it, bring the rows along in a backfill, \
                 and drop this one in a `Contract`"
            ));
        }
        if matches!(first, "update" | "delete" | "truncate") && !is_own(words.get(1).cloned()) {
            return Some(format!(
                "`{said}` holds up everybody for as long as there are rows: that is a backfill"
            ));
        }
        if altered.is_some() && !is_own(altered) {
            let adds = has(&["add"]) && !has(&["add", "constraint"]) && !has(&["add", "check"]);
            if adds && has(&["not", "null"]) && !has(&["default"]) {
                return Some(format!(
                    "`{said}` wants a value that the release before does not write: give it a default, or make it not null in \
                     a `Contract`"
                ));
            }
            if !adds && (has(&["set", "not", "null"]) || has(&["type"]) || has(&["add"])) {
                return Some(format!(
                    "`{said}` forbids what the release before may write: that is a `Contract`"
                ));
            }
        }
        self.index_fault(words, &said)
    }

    fn index_fault(&self, words: &[String], said: &str) -> Option<String> {
        let is_unique = words.starts_with(&["create".to_owned(), "unique".to_owned(), "index".to_owned()]);
        let is_index = words.starts_with(&["create".to_owned(), "index".to_owned()]);
        let table = words.iter().position(|word| word == "on").and_then(|at| words.get(at + 1))?;
        if !(is_unique || is_index) || self.made.contains(table) {
            return None;
        }
        if is_unique {
            return Some(format!("`{said}` forbids what the release before may write: that is a `Contract`"));
        }
        (!self.has_reason).then(|| {
            format!(
                "`{said}` keeps everybody from writing to {table} on PostgreSQL while it is built: say why that is no matter \
                 in a comment `{REASON} …`"
            )
        })
    }
}

/// The word after these, at the beginning of a statement.
fn after(words: &[String], beginning: &[&str]) -> Option<String> {
    let begins =
        words.len() > beginning.len() && words.iter().zip(beginning).all(|(word, other)| word == other);
    begins.then(|| words[beginning.len()].clone())
}

/// The words of each statement in small letters, without comments, quoted texts and signs.
fn statements(script: &str) -> Vec<Vec<String>> {
    let without_comments: Vec<&str> =
        script.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code)).collect();
    let mut plain = String::new();
    let mut is_quoted = false;
    for c in without_comments.join("\n").chars() {
        if c == '\'' {
            is_quoted = !is_quoted;
        } else if !is_quoted {
            plain.push(c);
        }
    }
    let words = |statement: &str| {
        let words =
            statement.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>()
    };
    plain.split(';').map(words).filter(|words| !words.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backfill::Backfill;
    use crate::migrate::OWN;

    fn said(phase: Phase, known_at_least: u32, script: &'static str) -> Vec<String> {
        let step = |number, phase, known_at_least, script| Migration {
            number,
            name: "step",
            phase,
            known_at_least,
            up: [script; 2],
            down: [""; 2],
        };
        let steps = [step(15, Phase::Founding, 15, "drop table a"), step(16, phase, known_at_least, script)];
        lint(&Migrations { steps: Vec::leak(steps.into()), backfills: &[] })
    }

    #[test]
    fn every_step_of_ours_does_what_its_phase_allows() {
        assert_eq!(lint(&OWN), Vec::<String>::new());
    }

    #[test]
    fn what_the_release_before_could_not_live_with_is_refused_and_told_where_it_belongs() {
        for (script, advice) in [
            ("drop table members", "that is a `Contract`"),
            ("create table x (id text); alter table members drop column name", "that is a `Contract`"),
            ("alter table members rename column name to called", "in a backfill"),
            ("ALTER TABLE members RENAME TO people", "in a backfill"),
            ("alter table members add column face text not null", "give it a default"),
            ("alter table members alter column name set not null", "that is a `Contract`"),
            ("alter table members alter column name type bigint", "that is a `Contract`"),
            ("alter table members add constraint c check (name <> '')", "that is a `Contract`"),
            ("-- all of them\nupdate members set name = 'x; y'", "that is a backfill"),
            ("delete from devices", "that is a backfill"),
            ("create unique index u on members (name)", "that is a `Contract`"),
            ("create index i on members (name)", "-- writers wait:"),
        ] {
            let wrong = said(Phase::Expand, 15, script);
            assert!(
                matches!(&wrong[..], [one] if one.contains(advice) && one.starts_with("0016_step: ")),
                "{wrong:?}"
            );
        }
        for script in [
            "create table x (id text not null primary key, n bigint not null); create unique index u on x (n)",
            "alter table members add column face text; -- never drop it\n",
            "alter table members add column face text not null default 'drop table'",
            "-- writers wait: there are few members\ncreate index i on members (name)",
            "create table x (id text); update x set id = '1'; drop index i",
        ] {
            assert_eq!(said(Phase::Expand, 15, script), Vec::<String>::new(), "{script}");
        }
    }

    #[test]
    fn what_a_step_asks_of_releases_fits_its_phase() {
        assert!(said(Phase::Expand, 16, "create table x (id text)")[0].contains("is a `Contract`"));
        assert!(said(Phase::Contract, 15, "drop table members")[0].contains("raise `known_at_least`"));
        assert_eq!(said(Phase::Contract, 16, "drop table members"), Vec::<String>::new());
        assert!(said(Phase::Founding, 15, "drop table members")[0].contains("`Expand` or `Contract`"));
    }

    #[test]
    fn a_backfill_belongs_to_a_step_that_adds_and_has_a_name_and_a_key_of_its_own() {
        let backfill = |number, key| Backfill {
            number,
            name: "names",
            table: "x",
            key,
            lacks: "x is null",
            set: ["x = 1"; 2],
        };
        let wrong = |backfills: [Backfill; 2]| {
            lint(&Migrations { steps: OWN.steps, backfills: Vec::leak(backfills.into()) })
        };
        let found = wrong([backfill(14, &["id"]), backfill(15, &[])]);
        for said in ["belongs to an `Expand`", "two backfills names", "has no key"] {
            assert_eq!(found.iter().filter(|what| what.contains(said)).count(), 1, "{said}: {found:?}");
        }
    }
}
