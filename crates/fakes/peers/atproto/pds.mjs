// A real PDS (Bluesky's @atproto/pds) with a real PLC directory, on loopback, as tests of AT Protocol meet them. Both take
// free ports. The first line printed says where they are and who has an account:
//   {"pds":"http://localhost:N","plc":"http://localhost:M","accounts":{"alice.test":"did:plc:…"}}
// Each line on standard input is one thing to do, answered by one line:
//   {"do":"sign-in","url":…,"handle":…,"password":…,"agrees":true}   goes through the PDS's own sign-in as its page does;
//                                                                     {"url":…}: where the browser is sent back to
//   {"do":"app-password","handle":…,"password":…}                     {"password":…}
//   {"do":"tokens"}                                                   {"count":…}: how many OAuth clients hold
import { randomBytes } from 'node:crypto';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

// Both packages listen on every interface: these do so on this machine alone.
const listen = http.Server.prototype.listen;
http.Server.prototype.listen = function (port, ...rest) {
	return typeof port === 'number' ? listen.call(this, port, '127.0.0.1', ...rest) : listen.call(this, port, ...rest);
};
// There is no network: names of tests are this machine.
const lookup = dns.lookup;
dns.lookup = (name, options, done) => {
	if (typeof options === 'function') [options, done] = [{}, options];
	if (!/(^localhost|\.test|\.rookery\.dev)$/.test(name)) return lookup.call(dns, name, options, done);
	if (options?.all) return done(null, [{ address: '127.0.0.1', family: 4 }]);
	return done(null, '127.0.0.1', 4);
};

const { PDS } = await import('@atproto/pds');
const plc = await import('@did-plc/server');

const isFree = (port) =>
	new Promise((resolve) => {
		const server = net.createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
const freePort = async () => {
	for (;;) {
		const port = 20_000 + (randomBytes(2).readUInt16BE() % 10_000);
		if (await isFree(port)) return port;
	}
};

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rookery-pds-'));
fs.mkdirSync(path.join(folder, 'blobs'));
const plcPort = await freePort();
const directory = plc.PlcServer.create({ db: plc.Database.mock(), port: plcPort });
await directory.start();
const port = await freePort();
const here = `http://localhost:${port}`;
const pds = await PDS.fromEnv({
	devMode: true,
	port,
	hostname: 'localhost',
	dataDirectory: folder,
	blobstoreDiskLocation: path.join(folder, 'blobs'),
	didPlcUrl: `http://localhost:${plcPort}`,
	serviceHandleDomains: ['.test'],
	adminPassword: randomBytes(16).toString('hex'),
	jwtSecret: randomBytes(16).toString('hex'),
	plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
	inviteRequired: false,
	disableSsrfProtection: true,
	bskyAppViewUrl: 'https://appview.invalid',
	bskyAppViewDid: 'did:example:invalid',
});
await pds.start();

/** One request as a browser of this page would send it; its cookies are kept in `jar`. */
const ask = (jar, method, url, headers, body) =>
	new Promise((resolve, reject) => {
		const cookie = Object.entries(jar).map(([name, value]) => `${name}=${value}`).join('; ');
		const request = http.request(url, { method, headers: { ...headers, cookie, host: `localhost:${port}` } }, (reply) => {
			let text = '';
			for (const line of reply.headers['set-cookie'] ?? []) {
				const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
				jar[name] = value;
			}
			reply.on('data', (part) => (text += part));
			reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, text }));
		});
		request.on('error', reject);
		request.end(body);
	});

const xrpc = async (method, body, token) => {
	const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
	const reply = await fetch(`${here}/xrpc/${method}`, { method: 'POST', headers, body: JSON.stringify(body) });
	const answer = await reply.json();
	if (!reply.ok) throw new Error(`${method}: ${JSON.stringify(answer)}`);
	return answer;
};

const signIn = async ({ url, handle, password, agrees }) => {
	const jar = {};
	const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
	const page = await ask(jar, 'GET', url, navigation);
	if (page.status !== 200) return { url: page.headers.location ?? null, status: page.status, text: page.text.slice(0, 500) };
	const press = async (endpoint, body, bearer) => {
		const headers = {
			'sec-fetch-site': 'same-origin',
			'sec-fetch-mode': 'same-origin',
			'sec-fetch-dest': 'empty',
			origin: here,
			referer: url,
			'content-type': 'application/json',
			'x-csrf-token': jar['csrf-token'],
			...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
		};
		const reply = await ask(jar, 'POST', `${here}/@atproto/oauth-provider/~api${endpoint}`, headers, JSON.stringify(body));
		const answer = JSON.parse(reply.text);
		if (reply.status !== 200) throw new Error(`${endpoint}: ${reply.text}`);
		return answer;
	};
	const known = await press('/sign-in', { locale: 'en', username: handle, password, remember: false });
	const decided = agrees ? await press('/consent', { did: known.account.did }, known.ephemeralToken) : await press('/reject', {});
	const back = { ...navigation, 'sec-fetch-site': 'same-origin', referer: url };
	const reply = await ask(jar, 'GET', decided.url, back);
	return { url: reply.headers.location ?? null, status: reply.status };
};

const things = {
	'sign-in': signIn,
	tokens: async () => ({ count: (await pds.ctx.accountManager.db.db.selectFrom('token').select('did').execute()).length }),
	'app-password': async ({ handle, password }) => {
		const session = await xrpc('com.atproto.server.createSession', { identifier: handle, password });
		const made = await xrpc('com.atproto.server.createAppPassword', { name: 'alerts' }, session.accessJwt);
		return { password: made.password };
	},
};

const accounts = {};
for (const name of ['alice', 'bob']) {
	const handle = `${name}.test`;
	const made = { handle, email: `${name}@mail.invalid`, password: `${name}-pass-1` };
	accounts[handle] = (await xrpc('com.atproto.server.createAccount', made)).did;
}
console.log(JSON.stringify({ pds: here, plc: `http://localhost:${plcPort}`, accounts }));

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
	try {
		const asked = JSON.parse(line);
		console.log(JSON.stringify(await things[asked.do](asked)));
	} catch (error) {
		console.log(JSON.stringify({ error: String(error?.stack ?? error) }));
	}
});
process.stdin.on('end', () => {
	try {
		fs.rmSync(folder, { recursive: true, force: true });
	} finally {
		process.exit(0);
	}
});
