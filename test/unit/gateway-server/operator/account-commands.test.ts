import { describe, expect, test } from 'vitest';
import { accountCommand } from '../../../../gateway-server/operator/account-commands.ts';
import { HERE, opened } from '../../../support/doorkeeper-lab.ts';
import { emptyHouse } from '../../../support/empty-house.ts';

const CONSOLE = 'https://console.street.test';

describe('accounts by command', () => {
  test('somebody new comes in by the link, once, and is listed without anything secret', async () => {
    const { run, enter } = await office();
    const added = await run('account add', { id: 'Mira', role: 'keeper' });
    expect(added).toMatchObject({ id: 'mira', role: 'keeper' });
    expect(await enter(added)).toBe('in');
    expect(await enter(added)).toBe('wrong');
    expect(await run('account list')).toEqual([
      { id: 'mira', role: 'keeper', hasPassword: false, createdAt: expect.any(Number) },
    ]);
  });

  test('a link lets in who has lost the password, as long as the account is there', async () => {
    const { run, enter } = await office();
    await run('account add', { id: 'mira', role: 'viewer' });
    const [first, second] = [
      await run('account link', { id: 'mira' }),
      await run('account link', { id: 'mira' }),
    ];
    expect(await enter(first)).toBe('in');
    expect(await run('account remove', { id: 'mira' })).toEqual({ id: 'mira', removed: true });
    expect(await enter(second)).toBe('wrong');
    expect(await run('account list')).toEqual([]);
  });

  test('a role changes', async () => {
    const { run } = await office();
    await run('account add', { id: 'mira', role: 'viewer' });
    await run('account role', { id: 'mira', role: 'admin' });
    expect(await run('account list')).toMatchObject([{ id: 'mira', role: 'admin' }]);
  });

  test.each([
    ['account add', { id: 'mira', role: 'viewer' }, 'there is an account "mira" already'],
    ['account add', { id: 'a b', role: 'viewer' }, 'is no log-in name'],
    ['account add', { id: 'zoe', role: 'king' }, 'role: give one of viewer, keeper, admin'],
    ['account role', { id: 'zoe', role: 'viewer' }, 'there is no account "zoe"'],
    ['account remove', { id: 'zoe' }, 'there is no account "zoe"'],
    ['account link', { id: 'zoe' }, 'there is no account "zoe"'],
    ['account link', {}, 'id: give a log-in name'],
  ])('%s %j is refused with a sentence', async (name, args, sentence) => {
    const { run } = await office();
    await run('account add', { id: 'mira', role: 'viewer' });
    await expect(run(name, args)).rejects.toThrow(sentence);
  });

  test('without a console nobody is added', async () => {
    const { run } = await office(null);
    await expect(run('account add', { id: 'mira', role: 'viewer' })).rejects.toThrow('set console.listen');
    expect(await run('account list')).toEqual([]);
  });
});

async function office(consoleUrl: string | null = CONSOLE) {
  const { doorkeeper } = await opened();
  const stage = { begin: async () => ({ kind: 'not-live' }), end: async () => undefined } as never;
  const house = Object.assign(emptyHouse(stage), { doorkeeper, consoleUrl });
  const run = async (name: string, args: object = {}): Promise<unknown> =>
    accountCommand(name)?.({ house }, args);
  const enter = async (answer: unknown) => {
    const url = typeof answer === 'object' && answer !== null && 'url' in answer ? String(answer.url) : '';
    const prefix = `${CONSOLE}/enter/`;
    if (!url.startsWith(prefix)) throw new Error(`no link: ${url}`);
    return (await doorkeeper.enter('console', url.slice(prefix.length), HERE)).kind;
  };
  return { run, enter };
}
