//! Everything that is sealed in the database is sealed anew with the secret that is there now, after it took over from
//! another. It can be interrupted and repeated, and a server may run meanwhile.

use crate::error::{Error, Result};
use crate::notices::SealedPart;
use crate::sources;
use database::Database;
use database::resealing::{self, Column, SealedValue};
use identity::{IdentityAddress, PastAddress, SealFor, Sealer};
use model::Entropy;

/// Values that are read at a time.
const PAGE: u32 = 200;

/// What became of all values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Sealed anew.
    pub anew: u64,
    /// With the secret that is there now before.
    pub before: u64,
    /// That neither secret opens: they were lost with an earlier one.
    pub lost: u64,
}

/// Seals everything anew.
///
/// # Errors
/// Whatever the database says.
pub async fn reseal(database: &Database, sealer: &Sealer, entropy: &mut dyn Entropy) -> Result<Resealed> {
    let mut done = Resealed::default();
    for column in Column::ALL {
        let mut last = None;
        loop {
            let page = resealing::page(database, column, last.as_ref(), PAGE).await?;
            for value in &page {
                one(database, sealer, entropy, column, value, &mut done).await?;
            }
            let is_whole = page.len() < PAGE as usize;
            last = page.into_iter().next_back();
            if is_whole {
                break;
            }
        }
    }
    Ok(done)
}

async fn one(
    database: &Database,
    sealer: &Sealer,
    entropy: &mut dyn Entropy,
    column: Column,
    value: &SealedValue,
    done: &mut Resealed,
) -> Result<()> {
    let what = purpose(column, &value.owner);
    match sealer.reseal(what, &value.sealed, entropy) {
        Ok(None) => done.before += 1,
        Err(_) => done.lost += 1,
        Ok(Some(sealed)) => {
            let text = sealer.open(what, &sealed).map_err(|_| Error::Fault("a value was not sealed"))?;
            let index = PastAddress::index(sealer, &text);
            // Whoever wrote it meanwhile did so with the secret that is there now.
            resealing::replace(database, column, value, &sealed, index).await?;
            done.anew += 1;
        }
    }
    Ok(())
}

const fn purpose(column: Column, owner: &str) -> SealFor<'_> {
    match column {
        Column::IdentityAddress => IdentityAddress::of(owner),
        Column::AccessToken => sources::sealed_access_token(owner),
        Column::RefreshToken => sources::sealed_refresh_token(owner),
        Column::ClientSecret => sources::sealed_client_secret(owner),
        Column::WebhookAddress => SealedPart::Address.of(owner),
        Column::WebhookSecret => SealedPart::Secret.of(owner),
        Column::PastAddress => PastAddress::of(owner),
    }
}
