//! The image: nothing but the static program, certificates of authorities and an empty folder that belongs to nobody.
//! Source: the Dockerfile reference.

use crate::process::{DATA, PORT, USER};

/// The `Dockerfile`. It is built in a folder that holds the program as `rookery`.
pub(crate) fn dockerfile(opening: &str) -> String {
    let opening: String = opening.lines().map(|line| format!("# {line}\n")).collect();
    format!(
        "{opening}# Built in a folder that holds the static program of a release, `rookery`: no value of an environment is in it,
# so that the same image goes from one environment to the next.
FROM docker.io/library/debian:bookworm-slim AS base
RUN apt-get update \\
    && apt-get install -y --no-install-recommends ca-certificates \\
    && mkdir -m 0700 /empty

FROM scratch
COPY --from=base /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=base --chown={USER} /empty {DATA}
COPY --chmod=0555 rookery /rookery
USER {USER}
ENV ROOKERY_DATA={DATA} ROOKERY_LISTEN=0.0.0.0:{PORT}
EXPOSE {PORT}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \\
    CMD [\"/rookery\", \"smoke\", \"--brief\", \"http://127.0.0.1:{PORT}\"]
ENTRYPOINT [\"/rookery\"]
CMD [\"serve\"]
"
    )
}
