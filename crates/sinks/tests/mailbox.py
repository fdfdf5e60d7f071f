"""A mail server for tests: it takes mail after a password, over TLS or after STARTTLS, and prints each message as a line of
JSON. The first line is its port."""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Inbox:
    async def handle_DATA(self, server, session, envelope):
        text = envelope.content.decode()
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "text": text}), flush=True)
        return "250 taken"


def is_known(server, session, envelope, mechanism, data):
    # Not handled: the server itself answers that it is refused.
    return AuthResult(success=data.login == b"ops" and data.password == b"correct horse", handled=False)


def main():
    mode, certificate, key = sys.argv[1:]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    is_wrapped = mode == "tls"

    def visitor():
        return SMTP(
            Inbox(),
            hostname="localhost",
            tls_context=None if is_wrapped else context,
            require_starttls=not is_wrapped,
            auth_require_tls=not is_wrapped,
            auth_required=True,
            authenticator=is_known,
            loop=loop,
        )

    listening = loop.create_server(visitor, "127.0.0.1", 0, ssl=context if is_wrapped else None)
    server = loop.run_until_complete(listening)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop.run_forever()


main()
