// Companion process: asks a name server so many questions a second, whatever it answers, and says how it fared.
//   node steady-asker.ts ADDRESS PORT RATE NAMES      {"asks": true} on standard input begins, {"asks": false} ends and is answered
import { createSocket } from 'node:dgram';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { dnsQuery } from '../../support/dns-message.ts';
import { nameOf } from './bench-zone.ts';
import type { Asking, Fared } from './steady-questions.ts';

const LOST_AFTER_MS = 5_000;
const IDS = 65_536;
const STEP = 7_919;
const SOCKETS = 16;

const [host = '', port = '', rate = '', names = ''] = parseArgs({ allowPositionals: true }).positionals;
/** Several, so that a burst of late answers finds room: what is lost shall be lost at the server. */
const sockets = Array.from({ length: SOCKETS }, () => createSocket('udp4'));
const sentAt = new Float64Array(IDS);
let waits: number[] = [];
let sent = 0;
let lastAnswerAt = 0;
let gapMs = 0;
let latenessMs = 0;
let timer: NodeJS.Timeout | undefined;

function heard(bytes: Buffer): void {
  const now = performance.now();
  const id = bytes.readUInt16BE(0);
  const at = sentAt[id] ?? 0;
  if (at === 0) return;
  sentAt[id] = 0;
  waits.push(now - at);
  gapMs = Math.max(gapMs, now - lastAnswerAt);
  lastAnswerAt = now;
}

function begin(): void {
  const start = performance.now();
  [waits, sent, gapMs, latenessMs, lastAnswerAt] = [[], 0, 0, 0, start];
  sentAt.fill(0);
  let lastTurn = start;
  timer = setInterval(() => {
    const now = performance.now();
    latenessMs = Math.max(latenessMs, now - lastTurn);
    lastTurn = now;
    for (const due = ((now - start) / 1_000) * Number(rate); sent < due; sent++) ask(now);
  }, 1);
}

function ask(now: number): void {
  const id = sent % IDS;
  sentAt[id] = now;
  const query = dnsQuery({ name: nameOf((sent * STEP) % Number(names)), id });
  sockets[sent % SOCKETS]?.send(query, Number(port), host);
}

function end(): void {
  clearInterval(timer);
  setTimeout(() => {
    const fared: Fared = { sent, lost: sent - waits.length, waits, gapMs, latenessMs };
    process.stdout.write(`${JSON.stringify(fared)}\n`);
  }, LOST_AFTER_MS);
}

for (const socket of sockets) socket.on('message', heard);
createInterface({ input: process.stdin })
  .on('line', (line) => ((JSON.parse(line) as Asking).asks ? begin() : end()))
  .on('close', () => process.exit());
