//! `rookery destroy`: an environment is taken off its machine, once somebody has read what goes and typed its name.

use super::print;
use crate::failure::Failure;
use crate::release_settings::DestroyArgs;
use crate::remote::Remote;
use crate::settings::Settings;
use crate::target::Plan;
use operations::EnvironmentName;
use std::io::IsTerminal as _;

/// # Errors
/// [`Failure::Deploy`] if its name was not typed, there is no backup, or the machine does not do what it should.
pub fn run(settings: &Settings, args: &DestroyArgs) -> Result<(), Failure> {
    let at = Remote::of(settings, &args.which)?;
    let said = at.ask("destroy")?;
    // One that was cut off, or that nothing is left of, has been agreed to.
    if let Ok(plan) = serde_json::from_str::<Plan>(&said) {
        print(&format!("{} on {}\n", at.name, at.environment.target.machine()));
        plan.goes.iter().for_each(|what| print(&format!("  goes   {what}\n")));
        plan.stays.iter().for_each(|what| print(&format!("  stays  {what}\n")));
        print("  A backup is made first, restored and compared; without it nothing goes.\n");
        agreed(&at.name, &plan, args.yes.as_ref())?;
    }
    at.follow(&format!("destroy {}", at.name), |line| {
        print(&format!("{line}\n"));
        Ok(())
    })
}

/// The name, typed.
fn agreed(name: &EnvironmentName, plan: &Plan, yes: Option<&EnvironmentName>) -> Result<(), Failure> {
    if let (Some(yes), false) = (yes, plan.is_production) {
        return if yes == name { Ok(()) } else { Err(not_agreed(name)) };
    }
    if !std::io::stdin().is_terminal() {
        let how = if plan.is_production {
            "people are used to it: its name is typed at a terminal".to_owned()
        } else {
            format!("say `--yes {name}`")
        };
        return Err(Failure::Deploy(format!("{name} was not destroyed: {how}")));
    }
    print(&format!("Type {name} to go on: "));
    let _ = std::io::Write::flush(&mut std::io::stdout());
    let mut typed = String::new();
    let read = std::io::stdin().read_line(&mut typed);
    read.map_err(|error| Failure::Deploy(error.to_string()))?;
    if typed.trim() == name.as_str() { Ok(()) } else { Err(not_agreed(name)) }
}

fn not_agreed(name: &EnvironmentName) -> Failure {
    Failure::Deploy(format!("{name} was not destroyed: another name was typed"))
}
