import { expect, test } from 'vitest';
import type { Asking, Waiters } from '../../../../gateway-server/subscriber/waiters.ts';
import { parseLineId } from '../../../../protocol/line-id.ts';
import { answeringStreet } from './street.ts';

const LEAVE = 'leave.street.test';

/** Waiters that note what they are asked, and know one token. */
class NotedWaiters implements Waiters {
  readonly isOffered = true;
  readonly asked: string[] = [];
  readonly links: string[] = [];
  readonly confirmed: string[] = [];
  readonly cancelled: string[] = [];
  answer: Asking = { kind: 'mail-sent' };

  async ask(...[line, email, , linkFor]: Parameters<Waiters['ask']>): Promise<Asking> {
    this.asked.push(`${line} ${email}`);
    this.links.push(linkFor('a+b'));
    return this.answer;
  }

  async confirm(token: string) {
    this.confirmed.push(token);
    return token === 'good' ? parseLineId('alice') : undefined;
  }

  async cancel(token: string) {
    this.cancelled.push(token);
    return token === 'good';
  }
}

function waitingStreet() {
  const waiters = new NotedWaiters();
  const street = answeringStreet({ waiters });
  const ask = async (fields: Readonly<Record<string, string>> = {}) => {
    const written = await street.written({ email: 'ann@mail.test', ...fields });
    const form = { kind: 'posted', fields: written, file: null } as const;
    return street.visit(LEAVE, '/notify', { method: 'POST', form });
  };
  return { ...street, waiters, ask };
}

test('is offered on the page only where mail can be sent', async () => {
  expect((await answeringStreet().visit('alice.street.test')).body).not.toContain('/notify"');
  expect((await waitingStreet().visit('alice.street.test')).body).toContain(
    'action="http://leave.street.test/notify"',
  );
});

test('asks for the address with a link to the leave host, and says the same whoever it is', async () => {
  const { ask, waiters } = waitingStreet();
  const { status, body } = await ask();
  expect([status, waiters.asked]).toEqual([200, ['alice ann@mail.test']]);
  expect(waiters.links).toEqual(['http://leave.street.test/confirm?token=a%2Bb']);
  expect(body).toContain('If that address can get mail');
  expect(body).not.toContain('ann@mail.test');
});

test.each([
  [{ kind: 'bad-address' }, 422],
  [{ kind: 'too-many', waitMs: 90_000 }, 429],
  [{ kind: 'unavailable' }, 503],
] as const)('says plainly that nothing was kept for %j', async (answer, expected) => {
  const { ask, waiters } = waitingStreet();
  waiters.answer = answer;
  const { status, headers } = await ask();
  expect(status).toBe(expected);
  expect(headers['retry-after']).toBe(answer.kind === 'too-many' ? '90' : undefined);
});

test('asks nobody for a robot, a form of another gateway, or a name that is no line', async () => {
  const { ask, waiters } = waitingStreet();
  expect((await ask({ remark: 'cheap' })).status).toBe(200);
  expect((await ask({ seal: 'forged' })).status).toBe(422);
  expect((await ask({ to: 'zoe.street.test' })).status).toBe(404);
  expect(waiters.asked).toEqual([]);
});

test.each(['confirm', 'cancel'] as const)(
  'a program that opens the link of a mail to %s does nothing; the button of its page does',
  async (what) => {
    const { visit, waiters } = waitingStreet();
    const [done, place] = [what === 'confirm' ? waiters.confirmed : waiters.cancelled, `/${what}?token=good`];
    for (const method of ['GET', 'HEAD']) expect((await visit(LEAVE, place, { method })).status).toBe(200);
    expect(done).toEqual([]);
    const { body, headers } = await visit(LEAVE, place);
    expect(body).toContain(
      `<form class="card" method="post" action="http://leave.street.test/${what}?token=good">`,
    );
    expect(headers['content-security-policy']).toContain('form-action http://leave.street.test');
    expect((await visit(LEAVE, place, { method: 'POST' })).status).toBe(200);
    expect(done).toEqual(['good']);
    expect((await visit(LEAVE, `/${what}?token=other`, { method: 'POST' })).status).toBe(410);
  },
);

test('a token is put into the page as text', async () => {
  const { visit } = waitingStreet();
  const { body } = await visit(LEAVE, '/confirm?token=%22%3E%3Cscript%3E');
  expect(body).not.toContain('"><script>');
});
