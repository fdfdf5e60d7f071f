//! Keys of those who deploy, as OpenSSH writes them into a file `.pub`.

/// Kinds of keys that OpenSSH takes.
const KINDS: [&str; 7] = [
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];
/// Keys of one file.
const KEYS_MAX: usize = 32;

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeployKey {
    /// Its kind.
    pub kind: String,
    /// Itself, in base64.
    pub body: String,
    /// Whose it is; plain letters alone.
    pub whose: String,
}

/// No key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {0} is no public key of OpenSSH: `ssh-keygen -t ed25519` makes one, in the file that ends in .pub"
)]
pub struct KeyError(usize);

impl DeployKey {
    /// Every key of a file.
    ///
    /// # Errors
    /// [`KeyError`] for the first line that is none.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, KeyError> {
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys: Vec<_> = lines
            .map(|(number, line)| Self::parse(line).ok_or(KeyError(number)))
            .collect::<Result<_, _>>()?;
        if keys.is_empty() || keys.len() > KEYS_MAX { Err(KeyError(keys.len() + 1)) } else { Ok(keys) }
    }

    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (kind, body) = (words.next()?, words.next()?);
        let is_body = body.len() >= 40
            && body.starts_with("AAAA")
            && body.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='));
        let is_plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@');
        let whose: String = words.next().unwrap_or("somebody").chars().filter(is_plain).take(60).collect();
        (KINDS.contains(&kind) && is_body).then(|| Self {
            kind: kind.to_owned(),
            body: body.to_owned(),
            whose,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIEx5a2VuIG9mIGEgcm9vaywgYW5kIG5vdGhpbmc";

    #[test]
    fn keys_are_read_one_a_line_and_say_whose_they_are() {
        let keys =
            DeployKey::parse_all(&format!("# ours\nssh-ed25519 {BODY} ana@laptop\n\nssh-rsa {BODY}\n"));
        let keys = keys.unwrap();
        assert_eq!((keys.len(), &*keys[0].whose, &*keys[1].whose), (2, "ana@laptop", "somebody"));
        let odd = DeployKey::parse_all(&format!("ssh-ed25519 {BODY} a\"b`c$(d)")).unwrap();
        assert_eq!(odd[0].whose, "abcd");
    }

    #[test]
    fn what_is_no_public_key_is_refused_with_its_line() {
        for bad in [
            "",
            "-----BEGIN OPENSSH PRIVATE KEY-----",
            "ssh-ed25519 AAAA",
            &format!("command=\"sh\" ssh-ed25519 {BODY}"),
            &format!("ssh-dss {BODY}"),
            &format!("ssh-ed25519 {BODY}\"$(id)"),
        ] {
            assert_eq!(DeployKey::parse_all(bad), Err(KeyError(1)), "{bad}");
        }
    }
}
