import { expect, test } from 'vitest';
import { OneAtATime } from '../../../../../gateway-server/api/one-at-a-time.ts';
import type { Call, Reply } from '../../../../../gateway-server/api/operation.ts';
import type { OwnerCaller } from '../../../../../gateway-server/api/owner/owner-caller.ts';
import { pageOperations } from '../../../../../gateway-server/api/owner/page-operations.ts';
import { NO_PAGE, type OwnerPage } from '../../../../../gateway-server/subscriber/shelf.ts';
import { OWNER_SCOPES } from '../../../../../gateway-server/web/doorkeeper.ts';
import { NO_COPIES } from '../../../../support/empty-house.ts';
import { ALICE, ANSWERED, lineNamed } from '../../../../support/stored-lines.ts';

test('of two changes that name the same page only the first is kept, however slow the disk is', async () => {
  const { ask, disk } = page();
  const etag = etagIn(await ask('showPage', {}));
  const both = ['first', 'second'].map((html) => ask('keepPage', { ifMatch: etag, body: changeTo(html) }));
  disk.resolve();
  expect((await Promise.all(both)).map(statusOf)).toEqual([200, 412]);
  expect(await ask('showPage', {})).toMatchObject({ value: { html: 'first' } });
});

test('one of several ETags is enough, and none at all is not', async () => {
  const { ask, disk } = page();
  disk.resolve();
  const etag = etagIn(await ask('showPage', {}));
  const keep = async (ifMatch: string | null) =>
    statusOf(await ask('keepPage', { ifMatch, body: changeTo('x') }));
  expect([await keep(null), await keep('"a", "b"'), await keep(`"a", ${etag}`), await keep('*')]).toEqual([
    428, 412, 200, 200,
  ]);
});

function page() {
  const disk = Promise.withResolvers<void>();
  let kept: OwnerPage = NO_PAGE;
  const operations = pageOperations({
    copies: NO_COPIES,
    book: { get: () => ({ line: lineNamed(ALICE), standing: ANSWERED }) },
    shelf: {
      page: () => kept,
      keepPage: async (_line, change) => {
        await disk.promise;
        kept = { ...kept, ...change };
        return 'kept';
      },
    },
    words: { setWords: async () => undefined, setTellsSince: async () => undefined },
    sanitiser: { clean: (html) => ({ html, removed: [] }) },
    turns: new OneAtATime(),
    note: async () => undefined,
  });
  const ask = async (id: string, call: Partial<Call<OwnerCaller>>): Promise<Reply> => {
    const operation = operations.find((one) => one.id === id);
    if (!operation) throw new Error(`no operation ${id}`);
    return operation.run({ ...CALL, ...call });
  };
  return { ask, disk };
}

const CALL: Call<OwnerCaller> = {
  caller: { line: ALICE, actor: 'token test of alice', scopes: OWNER_SCOPES },
  params: {},
  query: {},
  body: undefined,
  range: null,
  ifMatch: null,
  mediaType: '',
  bytes: (async function* () {})(),
  isStillAllowed: () => true,
  signal: new AbortController().signal,
};

function changeTo(html: string) {
  return { kind: 'html', words: '', html, status: 503, showsCopy: false, tellsSince: true };
}

function etagIn(reply: Reply): string {
  if (reply.kind !== 'value') throw new Error(`a ${reply.kind} in place of the page`);
  return reply.headers['etag'] ?? '';
}

function statusOf(reply: Reply): number {
  return reply.kind === 'nothing' ? 204 : reply.status;
}
