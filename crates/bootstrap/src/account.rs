//! Who may deploy: an account whose keys open one gate, and no shell.

use crate::step::Step;
use crate::{DeployKey, Order, PROGRAM, Site};
use operations::EnvironmentName;

pub(crate) fn steps(order: &Order<'_>, site: &Site<'_>) -> Vec<Step> {
    let (name, account) = (site.name(), &site.account);
    let mut steps = Vec::new();
    if account != "root" {
        // Its password is none, and it is not locked either: keys open it, and nothing else does.
        let is_locked = format!("getent shadow {account} | cut -d: -f2 | grep -qx '!'");
        steps.push(Step::new(
            format!("{name}: the account {account}"),
            &[&format!("getent passwd {account}"), &format!("{{ ! {is_locked}; }}")],
            &[
                &format!("{{ getent passwd {account} || useradd --create-home --shell /bin/sh {account}; }}"),
                &format!("{{ ! {is_locked} || usermod -p '*' {account}; }}"),
            ],
        ));
        // Not through a terminal of sudo's own: releases pass here as they are.
        let rule = format!(
            "Defaults!{PROGRAM} !use_pty,!requiretty\n{account} ALL=(root) NOPASSWD: {PROGRAM} --environment {name} gate *\n"
        );
        let file = format!("/etc/sudoers.d/rookery-{name}");
        steps.push(
            Step::new(
                format!("{name}: {account} may ask at the gate, and nothing else"),
                &[&format!("visudo -cqf {file}")],
                &[&format!("{{ visudo -cqf {file} || {{ rm -f {file}; false; }}; }}")],
            )
            .with(&file, "440", "root:root", &rule),
        );
    }
    if !order.deploy_keys.is_empty() {
        steps.push(keys(name, account, &order.deploy_keys));
    }
    steps
}

/// The line of a key: everything that OpenSSH would let it do is off, but for this.
fn line(name: &EnvironmentName, account: &str, key: &DeployKey) -> String {
    let sudo = if account == "root" { "" } else { "sudo -n " };
    format!(
        "restrict,command=\"{sudo}{PROGRAM} --environment {name} gate \\\"$SSH_ORIGINAL_COMMAND\\\"\" {} {} {}",
        key.kind, key.body, key.whose
    )
}

/// The lines of this environment are these; other lines stay as they are.
fn keys(name: &EnvironmentName, account: &str, keys: &[DeployKey]) -> Step {
    let mark = format!("{PROGRAM} --environment {name} gate ");
    let lines: String = keys.iter().map(|key| line(name, account, key) + "\n").collect();
    let group = format!("group=$(id -gn {account})");
    let home = format!("home=$(getent passwd {account} | cut -d: -f6)");
    let file = "file=$home/.ssh/authorized_keys";
    let wanted = format!("/etc/rookery/{name}/deployers");
    // OpenSSH takes the first line that has a key: an earlier one would open more.
    let elsewhere = keys.iter().map(|key| {
        format!(
            "{{ ! grep -vF -- '{mark}' \"$file\" | grep -qF -- '{}' || {{ echo 'the key of {} opens something else there \
             already: take another'; false; }}; }}",
            key.body, key.whose
        )
    });
    let mut act = vec![
        group.clone(),
        home.clone(),
        file.to_owned(),
        format!("make 700 {account}:$group \"$home/.ssh\""),
        "{ [ -e \"$file\" ] || : >\"$file\"; }".to_owned(),
    ];
    act.extend(elsewhere);
    act.push(format!(
        "{{ grep -vF -- '{mark}' \"$file\"; cat {wanted}; }} | put 600 {account}:$group \"$file\""
    ));
    let look = vec![
        group,
        home,
        file.to_owned(),
        format!("[ \"$(stat -c '%a %U' \"$file\")\" = '600 {account}' ]"),
        format!("grep -F -- '{mark}' \"$file\" | cmp -s - {wanted}"),
    ];
    let mut step = Step::new(format!("{name}: who deploys as {account}"), &[], &[]);
    step = step.with(&wanted, "644", "root:root", &lines);
    (step.look, step.act) = (look, act);
    step
}
