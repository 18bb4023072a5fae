import { expect, test } from 'vitest';
import { DnsTally, summedCounters } from '../../../../gateway-server/zone/dns-counters.ts';
import { CLASS_IN, labelBytes } from '../../../../gateway-server/zone/wire.ts';

function replyTo(name: string, type: number, rcode: number): Buffer {
  const head = Buffer.from([0, 1, 0x84, rcode, 0, 1, 0, 0, 0, 0, 0, 0]);
  const tail = Buffer.from([0, type >> 8, type & 0xff, 0, CLASS_IN]);
  return Buffer.concat([head, Buffer.from(labelBytes(name.split('.')), 'latin1'), tail]);
}

test('replies are counted by the type asked for and by response code, rare types together', () => {
  const tally = new DnsTally();
  for (const [type, rcode] of [
    ...[
      [1, 0],
      [1, 3],
      [28, 0],
      [257, 0],
      [99, 0],
      [65_280, 5],
    ],
    ...[[255, 7]],
  ] as [number, number][])
    tally.outcome({ kind: 'answered', reply: replyTo('alice.mwebpages.test', type, rcode) }, 'udp');
  const { byType, byRcode } = tally.counters(0);
  expect(byType).toMatchObject({ A: 2, AAAA: 1, CAA: 1, ANY: 1, MX: 0, other: 2 });
  expect(byRcode).toMatchObject({ NOERROR: 4, NXDOMAIN: 1, REFUSED: 1, BADCOOKIE: 1, SERVFAIL: 0 });
});

test('a reply without a question, a transfer and a dropped message are no type', () => {
  const tally = new DnsTally();
  tally.outcome({ kind: 'answered', reply: Buffer.from([0, 1, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0]) }, 'tcp');
  tally.outcome({ kind: 'transfer', messages: [] }, 'tcp');
  tally.outcome({ kind: 'dropped', reason: 'halted' }, 'udp');
  const counters = tally.counters(3);
  expect(counters.byType).toMatchObject({ A: 0, other: 1 });
  expect(counters).toMatchObject({ answered: 1, transfers: 1, tcpConnections: 3, byRcode: { FORMERR: 1 } });
  expect(counters.dropped.halted).toBe(1);
});

test('bytes that are no reply do not stop the count', () => {
  const tally = new DnsTally();
  tally.outcome({ kind: 'answered', reply: Buffer.alloc(3) }, 'udp');
  tally.outcome({ kind: 'failed', reply: Buffer.from([0, 1, 0x80, 2, 0, 1, 0, 0, 0, 0, 0, 0, 60]) }, 'udp');
  expect(tally.counters(0)).toMatchObject({ answered: 1, failed: 1 });
});

test('what several processes have counted is one sum, word by word', () => {
  const tallies = [new DnsTally(), new DnsTally(), new DnsTally()];
  for (const [at, tally] of tallies.entries()) {
    tally.outcome({ kind: 'answered', reply: replyTo('alice.mwebpages.test', at === 2 ? 99 : 1, 0) }, 'udp');
    tally.outcome({ kind: 'dropped', reason: 'halted' }, 'tcp');
    tally.event('tcpRefused');
  }
  const [first, ...others] = tallies.map((tally) => tally.counters(2));
  if (!first) throw new Error('nothing counted');
  expect(summedCounters(first, others)).toMatchObject({
    ...{ udpQueries: 3, tcpQueries: 3, answered: 3, tcpConnections: 6, tcpRefused: 3, failed: 0 },
    dropped: { halted: 3, short: 0 },
    byType: { A: 2, other: 1 },
    byRcode: { NOERROR: 3 },
  });
  expect(summedCounters(first, [])).toEqual(first);
});
