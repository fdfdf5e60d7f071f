//! What environments cost: the figures that are declared as `budget`, added up, and beside them one host for all. No price is
//! asked of anybody, and none is made up.

use crate::declaration::{Declaration, Environment, Target};
use crate::name::EnvironmentName;
use std::collections::BTreeSet;

/// What one environment costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which.
    pub name: EnvironmentName,
    /// What it runs on.
    pub machine: String,
    /// US dollars a month.
    pub usd_month: Option<f64>,
    /// Memory of one of its processes, MiB.
    pub memory_mib: Option<u32>,
}

/// All on the host of one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct OneHost {
    /// Whose host it is: the dearest of those that run on a machine of one's own.
    pub of: EnvironmentName,
    /// The machine.
    pub machine: String,
    /// What that is declared to cost, US dollars a month.
    pub usd_month: f64,
    /// Memory for a process of each environment, and for a second one of the largest while its release changes; MiB.
    pub memory_mib: u32,
    /// Environments whose memory is not declared, and not counted.
    pub without_memory: Vec<EnvironmentName>,
}

/// What all cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// By environment, but those of this machine that nothing is declared of.
    pub rows: Vec<Row>,
    /// Together, US dollars a month, as far as it is declared.
    pub usd_month: f64,
    /// Of those nothing is declared: the sum is more than this.
    pub without_price: Vec<EnvironmentName>,
    /// The same on one host; `None`: none of them is priced on a machine of one's own, or all run on one already.
    pub one_host: Option<OneHost>,
}

/// Adds up what is declared.
#[must_use]
pub fn cost(declaration: &Declaration) -> Cost {
    let row = |(name, environment): (&EnvironmentName, &Environment)| {
        let budget = &environment.budget;
        let is_free = environment.target == Target::Local && budget.usd_month.is_none();
        (!is_free).then(|| Row {
            name: name.clone(),
            machine: environment.target.machine(),
            usd_month: budget.usd_month,
            memory_mib: budget.memory_mib,
        })
    };
    let rows: Vec<Row> = declaration.environments.iter().filter_map(row).collect();
    let unknown = rows.iter().filter(|row| row.usd_month.is_none());
    Cost {
        usd_month: rows.iter().filter_map(|row| row.usd_month).sum(),
        without_price: unknown.map(|row| row.name.clone()).collect(),
        one_host: one_host(declaration, &rows),
        rows,
    }
}

fn one_host(declaration: &Declaration, rows: &[Row]) -> Option<OneHost> {
    let machines: BTreeSet<&str> = rows.iter().map(|row| row.machine.as_str()).collect();
    if machines.len() < 2 {
        return None;
    }
    let is_own = |row: &&Row| {
        matches!(declaration.environments[&row.name].target, Target::Ssh(_) | Target::Compose(_))
    };
    let priced = rows.iter().filter(is_own).filter_map(|row| Some((row, row.usd_month?)));
    let (host, usd_month) = priced.max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    let memory = || rows.iter().filter_map(|row| row.memory_mib);
    let unknown = rows.iter().filter(|row| row.memory_mib.is_none());
    Some(OneHost {
        of: host.name.clone(),
        machine: host.machine.clone(),
        usd_month,
        memory_mib: memory().sum::<u32>() + memory().max().unwrap_or(0),
        without_memory: unknown.map(|row| row.name.clone()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Cost {
        cost(&Declaration::parse(text).unwrap())
    }

    #[test]
    fn what_is_declared_is_added_up_and_nothing_is_made_up() {
        let found = of("[environments.development]\nurl = \"http://127.0.0.1:4533\"\ntrigger = \"local\"\n\
             [environments.staging]\nurl = \"https://s.example\"\ntarget = { ssh = \"deploy@192.0.2.1\" }\n\
             budget = { usd_month = 3.5, memory_mib = 120 }\n\
             [environments.beta]\nurl = \"https://b.example\"\ntarget = { fly = \"b\" }\nbudget = { memory_mib = 100 }\n\
             [environments.production]\nurl = \"https://p.example\"\ntarget = { ssh = \"deploy@192.0.2.2\" }\n\
             budget = { usd_month = 6, memory_mib = 160 }\n");
        let names: Vec<&str> = found.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["beta", "production", "staging"], "this machine costs nothing");
        assert_eq!((found.usd_month, found.without_price.len()), (9.5, 1));
        let host = found.one_host.unwrap();
        assert_eq!(
            (host.of.as_str(), host.machine.as_str(), host.usd_month),
            ("production", "192.0.2.2", 6.0)
        );
        assert_eq!(host.memory_mib, 120 + 100 + 160 + 160);
        assert!(host.without_memory.is_empty());
    }

    #[test]
    fn one_host_is_compared_only_where_there_is_one_with_a_price_and_more_than_one() {
        let staging =
            "[environments.staging]\nurl = \"https://s.example\"\ntarget = { ssh = \"a@192.0.2.1\" }\n";
        let beta = "[environments.beta]\nurl = \"https://b.example\"\ntarget = { ssh = \"a@192.0.2.1\" }\n";
        let fly = "[environments.beta]\nurl = \"https://b.example\"\ntarget = { fly = \"b\" }\n";
        let budget = "budget = { usd_month = 2 }\n";
        assert_eq!(of(&format!("{staging}{budget}{beta}{budget}")).one_host, None, "they share it already");
        assert_eq!(
            of(&format!("{staging}{fly}{budget}")).one_host,
            None,
            "no price of a machine is declared"
        );
        let found = of(&format!("{staging}{budget}{fly}{budget}")).one_host.unwrap();
        assert_eq!((found.usd_month, found.without_memory.len()), (2.0, 2));
    }
}
