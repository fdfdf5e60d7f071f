//! Pictures of people: generated from name and id, or brought from the service they signed in with. Nobody's browser asks
//! another server for them, so nobody's address leaks.

use crate::app::App;
use crate::error::{Error, Result};
use database::avatars;
use model::MemberId;
use providers::Provider;

/// Fetches the picture a service has of a member and keeps it in the blob store, scaled like a cover by a worker: what
/// is not a picture never gets that far, and what cannot be decoded leaves everything as it was.
///
/// # Errors
/// [`Error::Fault`] if it cannot be had; whatever the stores say.
pub async fn fetch(app: &App, member: MemberId, address: &str) -> Result<()> {
    let fetched = app.sign_in().pictures().fetch(Provider::SignIn, address).await;
    let picture = fetched.map_err(|_| Error::Fault("the picture could not be fetched"))?;
    let Some(blob) = app.intake().picture(&picture.bytes).await? else { return Ok(()) };
    avatars::set(app.database(), member, blob, app.now()).await?;
    Ok(())
}

/// A picture for somebody who brought none: initials on a hue of their own, the same for ever.
pub(crate) fn generated(member: MemberId, name: &str) -> String {
    let hue = hue_of(&member.to_string());
    let initials: String = initials(name);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 96 96\" width=\"96\" height=\"96\">\
         <rect width=\"96\" height=\"96\" fill=\"hsl({hue} 45% 38%)\"/>\
         <text x=\"48\" y=\"48\" dy=\".36em\" text-anchor=\"middle\" font-family=\"system-ui, sans-serif\" \
         font-size=\"38\" font-weight=\"650\" fill=\"hsl({hue} 60% 94%)\">{initials}</text></svg>\n"
    )
}

/// FNV-1a over the id: spread evenly, and the same everywhere.
pub(crate) fn hue_of(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % 360
}

/// The first letters of the first and the last word, safe in XML: only letters and digits are taken.
pub(crate) fn initials(name: &str) -> String {
    let firsts: Vec<char> =
        name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric())).collect();
    let chosen = match firsts[..] {
        [] => vec!['?'],
        [only] => vec![only],
        [first, .., last] => vec![first, last],
    };
    chosen.into_iter().flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_picture_is_always_the_same_and_nobody_else_s() {
        let (ana, ben) = (MemberId::from_u128(1), MemberId::from_u128(2));
        assert_eq!(generated(ana, "Ana Lu"), generated(ana, "Ana Lu"));
        assert_ne!(generated(ana, "Ana Lu"), generated(ben, "Ana Lu"));
        assert!(generated(ana, "ana maria lu").contains(">AL</text>"));
    }

    #[test]
    fn no_name_breaks_the_picture() {
        for name in ["<script>", "\"'&", "…", "", "ß", "李 雷", "-- --"] {
            let picture = generated(MemberId::from_u128(1), name);
            assert_eq!(picture.matches('<').count(), 5, "{picture}");
            assert!(!picture.contains("script") && !picture.contains('&'), "{picture}");
        }
    }
}
