//! Sealed secrets reach a service by systemd's hand: the machine's key is root's alone.

use crate::stage::Stage;
use std::os::unix::fs::PermissionsExt as _;
use testkit::{Actor as _, Anonymous};

#[test]
fn a_slot_is_handed_the_key_that_root_alone_can_read() {
    let (key, recipient) = secrets::generate();
    let stage = Stage::declared(|unit| unit, &format!("recipients = [\"{recipient}\"]"));
    let to = secrets::Recipients::parse([recipient.as_str()]).unwrap();
    let mut sealed = secrets::Sealed::default();
    sealed.set("test", "name", "Where the rooks are", &to).unwrap();
    stage.machine.write("/etc/rookery/test/secrets/test.toml", &sealed.text());
    let place = "/etc/rookery/test/identity.key";
    stage.machine.write(place, &key);
    std::fs::set_permissions(stage.machine.path(place), std::fs::Permissions::from_mode(0o400)).unwrap();
    let ada = stage.first_start();
    let server = Anonymous(ada.site().clone()).get("/api/v1/server").ok();
    assert_eq!(server["name"], "Where the rooks are", "{server}");
}
