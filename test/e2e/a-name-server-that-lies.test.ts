import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { compactProgram } from '../support/agent-engines.ts';
import { seededRandom } from '../support/seeded-random.ts';

const program = compactProgram('resolver-probe');
const isPossible = existsSync(program) && process.env['PORCHLIGHT_LAB'] !== undefined;
const TURNS = process.env['PORCHLIGHT_TEST_LONG'] ? 50_000 : 500;
/** Where the id and the flags end: without them nobody takes it for an answer. */
const HEAD_BYTES = 4;
/** A name's pointer to the question, class IN, nine seconds, 127.0.0.1. */
const ADDRESS = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 127, 0, 0, 1];

type Spoil = (answer: Buffer) => Buffer;

/** Answers every question on this machine's port 53, after some thought. */
async function nameServer(spoil: Spoil, delayMs = 0): Promise<void> {
  const server = createSocket('udp4');
  /** Still owed when the program has ended: a question asked again after a spoilt answer. */
  const replies = new Set<NodeJS.Timeout>();
  server.on('message', (query, from) => {
    const type = query.readUInt16BE(query.length - 4);
    const answer = Buffer.concat([query, Buffer.from(type === 1 ? ADDRESS : [])]);
    answer.writeUInt16BE(0x8180, 2);
    answer.writeUInt16BE(type === 1 ? 1 : 0, 6);
    const reply = setTimeout(() => {
      replies.delete(reply);
      server.send(spoil(answer), from.port, from.address);
    }, delayMs);
    replies.add(reply);
  });
  server.bind(53, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const reply of replies) clearTimeout(reply);
    server.close();
  });
}

function asked(times: number): Promise<{ known: number; ticks: number }> {
  return new Promise((resolve, reject) => {
    execFile(program, [String(times)], (error, out) => (error ? reject(error) : resolve(JSON.parse(out))));
  });
}

describe('the resolver of the compact agent', () => {
  test.runIf(isPossible)('waits for a slow name server while everything else goes on', async () => {
    await nameServer((answer) => answer, 700);
    const { known, ticks } = await asked(1);
    expect(known).toBe(1);
    expect(ticks).toBeGreaterThan(8);
  });

  test.runIf(isPossible)('survives a name server that says anything at all', async () => {
    const draw = seededRandom(Date.now() % 1_000_000);
    await nameServer((answer) => {
      for (let left = 1 + draw(6); left > 0; left--)
        answer[HEAD_BYTES + draw(answer.length - HEAD_BYTES)] = draw(256);
      return draw(4) === 0 ? answer.subarray(0, HEAD_BYTES + draw(answer.length - HEAD_BYTES)) : answer;
    });
    const { known } = await asked(TURNS);
    expect(known).toBeGreaterThan(0);
  });
});
