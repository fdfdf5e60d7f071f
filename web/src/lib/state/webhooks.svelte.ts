import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { CreateWebhookBody, CreatedWebhook, Webhook } from '$lib/api/types';

export type WebhooksStatus =
  { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; problem: ApiProblem };
/** What became of a test message. */
export type TestOutcome = { kind: 'sending' } | { kind: 'arrived' } | { kind: 'failed'; problem: ApiProblem };

type Asks = Pick<Api, 'webhooks' | 'createWebhook' | 'deleteWebhook' | 'testWebhook' | 'resumeWebhook'>;

/** The webhooks of a nest, for whoever hosts it. */
export class Webhooks {
  status: WebhooksStatus = $state.raw({ kind: 'loading' });
  list: Webhook[] = $state.raw([]);
  /** What became of the tests of this visit, by the id of the webhook. */
  tests: Record<string, TestOutcome> = $state({});
  readonly #code: string;
  readonly #api: Asks;

  constructor(api: Asks, code: string) {
    this.#api = api;
    this.#code = code;
  }

  async load(): Promise<void> {
    try {
      this.list = await this.#api.webhooks(this.#code);
      this.status = { kind: 'ready' };
    } catch (error) {
      this.status = { kind: 'failed', problem: problemOf(error) };
    }
  }

  /** Adds one; what is refused is thrown. */
  async add(body: CreateWebhookBody): Promise<CreatedWebhook> {
    const created = await this.#api.createWebhook(this.#code, body);
    this.list = [...this.list, created.webhook];
    return created;
  }

  async remove(id: string): Promise<void> {
    await this.#api.deleteWebhook(id);
    this.list = this.list.filter((webhook) => webhook.id !== id);
  }

  async resume(id: string): Promise<void> {
    await this.#api.resumeWebhook(id);
    await this.load();
  }

  /** Sends a test and remembers what became of it. */
  async test(id: string): Promise<void> {
    if (this.tests[id]?.kind === 'sending') return;
    this.tests[id] = { kind: 'sending' };
    try {
      await this.#api.testWebhook(id);
      this.tests[id] = { kind: 'arrived' };
    } catch (error) {
      this.tests[id] = { kind: 'failed', problem: problemOf(error) };
    }
  }
}

const problemOf = (error: unknown): ApiProblem =>
  error instanceof ApiProblem ? error : ApiProblem.unreachable();
