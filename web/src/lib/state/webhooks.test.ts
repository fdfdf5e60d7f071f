import { expect, test } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import type { Webhook } from '$lib/api/types';
import { Webhooks } from './webhooks.svelte';

const webhook = (id: string): Webhook => ({
  id,
  host: 'example.org',
  form: 'signed',
  events: ['horn'],
  created_at_ms: 0
});
const refusal = new ApiProblem({ code: 'outside_failed', status: 502, detail: 'answered 500' });

function stage(kept: Webhook[], refuses = false) {
  const may = async (): Promise<void> => {
    if (refuses) throw refusal;
  };
  const asked: string[] = [];
  const webhooks = new Webhooks(
    {
      webhooks: async () => kept,
      createWebhook: async (_, { url }) => {
        await may();
        return { webhook: webhook(url), secret: 'whsec_x' };
      },
      deleteWebhook: may,
      resumeWebhook: may,
      testWebhook: async (id) => {
        asked.push(id);
        await may();
      }
    },
    'main'
  );
  return { webhooks, asked };
}

test('one that was added is the last of the list, and its secret is handed on', async () => {
  const { webhooks } = stage([webhook('a')]);
  await webhooks.load();
  const { secret } = await webhooks.add({ url: 'b', form: 'signed', events: ['horn'] });
  expect(secret).toBe('whsec_x');
  expect(webhooks.list.map(({ id }) => id)).toEqual(['a', 'b']);
  await webhooks.remove('a');
  expect(webhooks.list.map(({ id }) => id)).toEqual(['b']);
});

test('what is refused is thrown and changes nothing', async () => {
  const { webhooks } = stage([webhook('a')], true);
  await webhooks.load();
  await expect(webhooks.add({ url: 'b', form: 'slack', events: [] })).rejects.toBe(refusal);
  await expect(webhooks.remove('a')).rejects.toBe(refusal);
  expect(webhooks.list.map(({ id }) => id)).toEqual(['a']);
});

test('a test tells how it ended, and is not sent twice at the same time', async () => {
  const { webhooks, asked } = stage([webhook('a')]);
  const first = webhooks.test('a');
  expect(webhooks.tests.a).toEqual({ kind: 'sending' });
  await webhooks.test('a');
  await first;
  expect(asked).toEqual(['a']);
  expect(webhooks.tests.a).toEqual({ kind: 'arrived' });
  const failing = stage([webhook('a')], true).webhooks;
  await failing.test('a');
  expect(failing.tests.a).toEqual({ kind: 'failed', problem: refusal });
});
