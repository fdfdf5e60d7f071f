// What every scenario stands on: HTTP, clients, and one JSON line for each check.
import { Centrifuge } from 'centrifuge';
import WebSocket from 'ws';
import { Contract } from './contract.mjs';

const [, , scenario, origin, given] = process.argv;
export { scenario, origin };
export const people = JSON.parse(given ?? '{}');
const socketAddress = `${origin.replace('http', 'ws')}/api/v1/socket`;

/** Says how a check went; the Rust side asserts each. */
export function check(name, ok, detail) {
  console.log(JSON.stringify({ check: name, ok: Boolean(ok), detail: detail ?? null }));
}

/** Fails a check that does not end. */
export function within(promise, what, ms = 10_000) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function http(method, path, { cookie, token, body } = {}) {
  const headers = {};
  if (cookie) headers.cookie = cookie;
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const reply = await fetch(origin + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await reply.text();
  return { status: reply.status, body: text === '' ? null : JSON.parse(text) };
}

export async function command(who, verb, body = {}) {
  const reply = await http('POST', `/api/v1/nests/main/${verb}`, { cookie: who.cookie, body });
  if (reply.status !== 200) throw new Error(`${verb}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}

export const snapshot = async (who) => (await http('GET', '/api/v1/nests/main', { cookie: who.cookie })).body;

export const socketToken = async (who) =>
  (await http('POST', '/api/v1/session/socket-token', { cookie: who.cookie })).body.token;

const open = [];
export const contract = await Contract.of(origin);

/** A client of the npm package, unmodified; closed at the end of the scenario. */
export function client(options = {}) {
  const made = new Centrifuge(socketAddress, {
    websocket: WebSocket,
    minReconnectDelay: 50,
    maxReconnectDelay: 300,
    timeout: 10_000,
    ...options,
  });
  made.on('error', () => {});
  open.push(made);
  return made;
}

export async function connected(who, options = {}) {
  const made = client({ getToken: () => socketToken(who), ...options });
  const done = within(once(made, 'connected'), 'connected');
  made.connect();
  await done;
  return made;
}

export const once = (emitter, event) => new Promise((resolve) => emitter.once(event, resolve));

/** Subscribes, and keeps the publications that come. */
export async function subscribed(made, channel, options = {}) {
  const subscription = made.newSubscription(channel, options);
  subscription.heard = [];
  subscription.on('publication', (publication) => {
    contract.publication(channel, publication.data);
    subscription.heard.push(publication);
  });
  subscription.on('error', () => {});
  const done = within(once(subscription, 'subscribed'), `subscribed to ${channel}`);
  subscription.subscribe();
  subscription.context = await done;
  return subscription;
}

export async function until(what, test, ms = 10_000) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await test();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const offsets = (subscription) => subscription.heard.map((publication) => publication.offset);
export const range = (from, to) => Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Speaks frames that no client of the package sends. Answers with what came and how it was closed. */
export function frames(who, ...messages) {
  return new Promise((resolve) => {
    const socket = new WebSocket(socketAddress, { headers: who ? { cookie: who.cookie } : {} });
    const heard = [];
    socket.on('open', () => {
      for (const message of messages) {
        if (typeof message === 'function') message(socket);
        else socket.send(message);
      }
    });
    socket.on('message', (data) => heard.push(...String(data).split('\n').map((line) => JSON.parse(line))));
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason), heard }));
    socket.on('error', () => {});
  });
}

/** Runs the scenarios' functions and ends the process. */
export async function run(scenarios) {
  const chosen = scenarios[scenario];
  if (!chosen) throw new Error(`no scenario ${scenario}`);
  try {
    await chosen();
    check('finished', true);
  } catch (error) {
    check('finished', false, String(error.stack ?? error));
  }
  check('as the contract says', contract.broken.length === 0, contract.broken);
  for (const made of open) made.disconnect();
  process.exit(0);
}

/** Tells the Rust side that something is ready or wanted, and waits for what it answers on standard input. */
export function handOver(what) {
  console.log(JSON.stringify({ waiting: what }));
  return within(new Promise((resolve) => process.stdin.once('data', (line) => resolve(String(line).trim()))), what, 60_000);
}
