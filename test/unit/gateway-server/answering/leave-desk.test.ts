import { expect, test } from 'vitest';
import { type Address, parseAddress } from '../../../../protocol/address.ts';
import { answeringStreet, sealIn } from './street.ts';

function from(text: string): { readonly visitor: Address | null } {
  return { visitor: parseAddress(text) ?? null };
}

test('says "kept" for a message that the box has kept, and shows it', async () => {
  const { post, written, box, clock, answering } = answeringStreet();
  const { status, body, headers } = await post(await written({ name: 'Ada', contact: 'ada@example.org' }));
  expect(status).toBe(200);
  expect(body).toContain('Your message is kept.');
  expect(body).toContain('href="http://alice.street.test/"');
  expect(headers['cache-control']).toBe('no-store');
  expect(box.messages).toEqual([
    { line: 'alice', at: clock.now(), name: 'Ada', contact: 'ada@example.org', text: 'Hello there' },
  ]);
  expect(answering.counters().messagesKept).toBe(1);
});

test('waits for the box before it says anything', async () => {
  const { post, written, box } = answeringStreet();
  const { promise, resolve } = Promise.withResolvers<'kept'>();
  box.answer = () => promise;
  let isAnswered = false;
  const reply = post(await written()).then((answer) => {
    isAnswered = true;
    return answer;
  });
  await new Promise((done) => setImmediate(done));
  expect(isAnswered).toBe(false);
  resolve('kept');
  expect((await reply).status).toBe(200);
});

test('takes a message for a line that came back while it was written', async () => {
  const { post, written, street, box } = answeringStreet();
  const fields = await written();
  street.live('alice');
  const { status, body } = await post(fields);
  expect(status).toBe(200);
  expect(body).toContain('is back meanwhile');
  expect(box.messages).toHaveLength(1);
});

test('has nobody to leave a message with for a name that is no line', async () => {
  const { post, written, box } = answeringStreet();
  for (const to of ['zoe.street.test', 'leave.street.test', '', '../alice']) {
    const { status, body } = await post(await written({ to }));
    expect(status).toBe(404);
    expect(body).toContain('Nobody to leave it with');
  }
  expect(box.messages).toEqual([]);
});

test('gives the form back with everything typed and clear words beside each mistake', async () => {
  const { post, written, box } = answeringStreet();
  const fields = await written({ name: 'n'.repeat(81), contact: 'Ada & "Co"', text: '  ' });
  const { status, body } = await post(fields);
  expect(status).toBe(422);
  expect(body).toContain('Your message is not kept yet.');
  expect(body).toContain('n'.repeat(81));
  expect(body).toContain('value="Ada &#38; &#34;Co&#34;"');
  expect(body).toContain('id="name-mistake">This has 81 characters; at most 80 can be kept.');
  expect(body).toContain('id="text-mistake">Write a few words');
  expect(body).toContain('aria-invalid="true" aria-describedby="name-mistake"');
  expect(sealIn(body)).toBe(fields.seal);
  expect(box.messages).toEqual([]);
});

test('pretends to keep what a robot wrote into the field that no person sees', async () => {
  const { post, written, box, answering } = answeringStreet();
  const { status, body } = await post(await written({ remark: 'cheap watches' }));
  expect(status).toBe(200);
  expect(body).toContain('Your message is kept.');
  expect(box.messages).toEqual([]);
  expect(answering.counters()).toMatchObject({ messagesTrapped: 1, messagesKept: 0 });
});

test('asks once more when a form comes quicker than people write, and takes it then', async () => {
  const { post, visit, clock, box } = answeringStreet();
  const seal = sealIn((await visit('alice.street.test')).body);
  const fields = { to: 'alice.street.test', seal, text: 'Buy now' };
  const tooFast = await post(fields);
  expect(tooFast.status).toBe(422);
  expect(tooFast.body).toContain('Buy now');
  expect(box.messages).toEqual([]);
  await clock.advance(2_000);
  expect((await post({ ...fields, seal: sealIn(tooFast.body) })).status).toBe(200);
});

test('asks once more, words preserved, when the form is a day old or its seal is unknown', async () => {
  const { post, written, clock, box } = answeringStreet();
  const fields = await written({ text: 'Worth keeping' });
  await clock.advance(24 * 3_600_000);
  const expired = await post(fields);
  expect(expired.status).toBe(422);
  expect(expired.body).toContain('Worth keeping');
  expect((await post({ ...fields, seal: sealIn(expired.body) })).status).toBe(200);
  const forged = await post({ ...fields, seal: 'nonsense' });
  expect(forged.status).toBe(422);
  expect((await post({ ...fields, seal: sealIn(forged.body) })).status).toBe(422);
  expect(box.messages).toHaveLength(1);
});

test('keeps one message when one form is sent twice, and two when the words differ', async () => {
  const { post, written, box, answering } = answeringStreet();
  const fields = await written();
  const both = await Promise.all([post(fields), post(fields)]);
  expect(both.map(({ status }) => status)).toEqual([200, 200]);
  expect((await post(fields)).status).toBe(200);
  expect(box.messages).toHaveLength(1);
  await post({ ...fields, text: 'And another thing' });
  expect(box.messages).toHaveLength(2);
  expect(answering.counters().messagesKept).toBe(2);
});

test.each([
  ['full', 507, 'has no room'],
  ['unavailable', 503, 'our fault'],
] as const)(
  'says that nothing was kept when the box is %s, and tries the same form again',
  async (kind, code, words) => {
    const { post, written, box } = answeringStreet();
    const keep = box.answer;
    box.answer = () => Promise.resolve(kind);
    const fields = await written();
    const { status, body } = await post(fields);
    expect(status).toBe(code);
    expect(body).toContain(words);
    expect(body).toContain('Hello there</textarea>');
    expect(body).not.toContain('Your message is kept.');
    box.answer = keep;
    expect((await post({ ...fields, seal: sealIn(body) })).status).toBe(200);
  },
);

test('says that nothing was kept when the box fails, and logs why without the words', async () => {
  const { post, written, box, log } = answeringStreet();
  box.answer = () => Promise.reject(new Error('disk on fire'));
  expect((await post(await written())).status).toBe(503);
  expect(log.events.join()).toContain('disk on fire');
  expect(log.events.join()).not.toContain('Hello there');
});

test('answers after ten seconds when the box does not, and takes the late outcome for the same form', async () => {
  const { post, written, box, clock } = answeringStreet();
  const { promise, resolve } = Promise.withResolvers<'kept'>();
  box.answer = () => promise;
  const fields = await written();
  const reply = post(fields);
  await clock.advance(10_000);
  expect((await reply).status).toBe(503);
  resolve('kept');
  expect((await post(fields)).status).toBe(200);
  expect(box.messages).toHaveLength(1);
});

test('takes five messages a minute from one neighbourhood, whatever the line', async () => {
  const { post, written, box, street } = answeringStreet();
  street.off('bob');
  for (let i = 0; i < 5; i++) {
    const fields = await written({ text: `${i}` }, i % 2 ? 'bob' : 'alice');
    expect((await post(fields, from(`2001:db8:1:2::${i}`))).status).toBe(200);
  }
  const fields = await written();
  const sixth = await post(fields, from('2001:db8:1:2:ffff::1'));
  expect(sixth.status).toBe(429);
  expect(sixth.headers['retry-after']).toBe('35');
  expect(sixth.body).toContain('again in 1 minute.');
  expect(sixth.body).toContain('Hello there</textarea>');
  expect((await post(fields, from('2001:db8:1:3::1'))).status).toBe(200);
  expect(box.messages).toHaveLength(6);
});

test('takes thirty messages an hour from one neighbourhood', async () => {
  const { post, written, clock } = answeringStreet();
  const statuses: number[] = [];
  for (let i = 0; i < 31; i++) {
    statuses.push((await post(await written({ text: `${i}` }), from('192.0.2.1'))).status);
    await clock.advance(20_000);
  }
  expect(statuses).toEqual([...Array<number>(30).fill(200), 429]);
});

test('takes sixty messages an hour for one line, however many neighbourhoods send them', async () => {
  const { post, written } = answeringStreet();
  const statuses: number[] = [];
  for (let i = 0; i < 61; i++) {
    statuses.push((await post(await written({ text: `${i}` }), from(`192.0.2.${i}`))).status);
  }
  expect(statuses).toEqual([...Array<number>(60).fill(200), 429]);
});

test('explains itself to who opens the leave host, and takes nothing but pages and messages', async () => {
  const { visit } = answeringStreet();
  const { status, body } = await visit('leave.street.test');
  expect(status).toBe(200);
  expect(body).toContain('Messages are left here');
  expect((await visit('leave.street.test', '/elsewhere')).status).toBe(404);
  const put = await visit('leave.street.test', '/', { method: 'PUT' });
  expect(put).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST' } });
});

test('says that a form was too large instead of taking half of it', async () => {
  const { visit } = answeringStreet();
  const more = { method: 'POST', form: { kind: 'too-large' } } as const;
  expect((await visit('leave.street.test', '/', more)).status).toBe(413);
});

/** A form with a recording of these bytes behind its fields. */
function recorded(fields: Readonly<Record<string, string>>, bytes: string, mediaType = 'audio/webm') {
  async function* source() {
    yield Buffer.from(bytes);
  }
  return { form: { kind: 'posted', fields, file: { mediaType, source: source() } } } as const;
}

test.each([
  [{ kind: 'too-large', roomBytes: 2_000_000 }, 413, 'there is room for 2.0 MB'],
  [{ kind: 'broken-off' }, 422, 'did not arrive whole'],
  [{ kind: 'unavailable' }, 507, 'send them alone'],
] as const)(
  'keeps neither words nor recording and gives the words back for %j',
  async (refusal, status, told) => {
    const { post, written, box } = answeringStreet();
    box.refusal = refusal;
    const fields = await written();
    const reply = await post(fields, recorded(fields, 'hello'));
    expect(reply.status).toBe(status);
    expect(reply.body).toContain(told);
    expect(reply.body).toContain('Hello there</textarea>');
    expect(box.messages).toEqual([]);
  },
);

test.each(['text/html', 'image/png', 'video/x-flv', ''])('takes no %j for a recording', async (mediaType) => {
  const { post, written, box } = answeringStreet();
  const fields = await written();
  expect((await post(fields, recorded(fields, 'hello', mediaType))).status).toBe(415);
  expect(box.messages).toEqual([]);
});

test('throws a recording away when its message is not kept', async () => {
  const { post, written, box } = answeringStreet();
  box.answer = () => Promise.resolve('full');
  const fields = await written();
  const { status, body } = await post(fields, recorded(fields, 'hello'));
  expect([status, box.discarded.length]).toEqual([507, 1]);
  expect(body).toContain('please attach it again');
});

test('keeps a second recording though it comes with the same words', async () => {
  const { post, written, box } = answeringStreet();
  const fields = await written();
  await post(fields);
  await post(fields, recorded(fields, 'first'));
  await post(fields, recorded(fields, 'the second'));
  expect(box.recordings.map((recording) => recording?.bytes)).toEqual([undefined, 5, 10]);
});
