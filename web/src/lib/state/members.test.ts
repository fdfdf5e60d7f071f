import { expect, test } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import type { Member, ServerRole } from '$lib/api/types';
import { Members } from './members.svelte';

const member = (id: string, role: ServerRole = 'member'): Member => ({
  id,
  name: id,
  role,
  created_at_ms: 0,
  identities: []
});

/** Members on pages of two; a change is refused if `refusal` says so. */
function stage(everybody: Member[], refusal: ApiProblem | null = null) {
  const changed: [string, ServerRole][] = [];
  const members = new Members({
    members: async (cursor?: string) => {
      const from = Number(cursor ?? 0);
      const next = from + 2 < everybody.length ? String(from + 2) : null;
      return { members: everybody.slice(from, from + 2), next_cursor: next };
    },
    changeMember: async (id, role) => {
      if (refusal) throw refusal;
      changed.push([id, role]);
    },
    removeMember: async () => {
      if (refusal) throw refusal;
    }
  });
  return { members, changed };
}

test('everybody is read page by page, nobody twice', async () => {
  const { members } = stage([member('ada', 'administrator'), member('ben'), member('cleo')]);
  await members.load();
  expect(members.list.map(({ id }) => id)).toEqual(['ada', 'ben']);
  await members.more();
  await members.more();
  expect(members.list.map(({ id }) => id)).toEqual(['ada', 'ben', 'cleo']);
});

test('who the last administrator is is known when everybody is', async () => {
  const { members } = stage([member('ada', 'administrator'), member('ben'), member('cleo')]);
  await members.load();
  expect(members.isLastAdministrator('ada')).toBe(false);
  await members.more();
  expect(members.isLastAdministrator('ada')).toBe(true);
  await members.change('cleo', 'administrator');
  expect(members.isLastAdministrator('ada')).toBe(false);
});

test('a refused change changes nothing', async () => {
  const refusal = new ApiProblem({ code: 'not_allowed', status: 403, detail: '' });
  const { members, changed } = stage([member('ada', 'administrator')], refusal);
  await members.load();
  await expect(members.change('ada', 'member')).rejects.toBe(refusal);
  expect(changed).toEqual([]);
  expect(members.list[0]?.role).toBe('administrator');
});

test('who was removed is gone, and who could not be stays', async () => {
  const everybody = [member('ada', 'administrator'), member('ben')];
  const { members } = stage(everybody);
  await members.load();
  await members.remove('ben');
  expect(members.list.map(({ id }) => id)).toEqual(['ada']);
  const refusal = new ApiProblem({ code: 'not_allowed', status: 403, detail: '' });
  const other = stage(everybody, refusal).members;
  await other.load();
  await expect(other.remove('ben')).rejects.toBe(refusal);
  expect(other.list).toHaveLength(2);
});

test('silence is told as a problem', async () => {
  const members = new Members({
    members: () => Promise.reject(ApiProblem.unreachable()),
    changeMember: () => Promise.resolve(),
    removeMember: () => Promise.resolve()
  });
  await members.load();
  expect(members.status).toMatchObject({ kind: 'failed', problem: { code: 'unreachable' } });
});
