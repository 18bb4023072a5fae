/** The 43 blocks of the two flowcharts: what each does, where it lives, and which test guards it. */

export type Figure = 4 | 5;

export interface Block {
  readonly figure: Figure;
  readonly number: number;
  readonly does: string;
  readonly file: string;
  readonly test: string;
}

const AGENT = 'test/unit/agent/agent.test.ts';
const LEASE = 'test/e2e/a-lease-goes-live.test.ts';
const UPDATES = 'test/unit/gateway-server/update-listening-loop.test.ts';
const BATCHES = 'test/unit/gateway-server/regular-update-loop.test.ts';
const ALIVE = 'test/unit/gateway-server/alive-listening-loop.test.ts';
const SILENCE = 'test/e2e/off-line-and-back.test.ts';

const FIGURE_4: readonly Omit<Block, 'figure'>[] = [
  { number: 400, does: 'the WAN comes up', file: 'agent/lease-watch.ts', test: LEASE },
  { number: 404, does: 'request a connection, verified', file: 'agent/agent.ts', test: LEASE },
  { number: 408, does: 'send identification and address', file: 'agent/registration.ts', test: LEASE },
  { number: 412, does: 'show queue information', file: 'agent/story.ts', test: AGENT },
  { number: 420, does: 'retrieve announcements', file: 'agent/conversation.ts', test: AGENT },
  {
    number: 424,
    does: 'connect the owner to the page',
    file: 'agent/story.ts',
    test: AGENT,
  },
  { number: 428, does: 'show log-on, time off-line, hits, messages', file: 'agent/story.ts', test: SILENCE },
  { number: 432, does: 'edit wanted?', file: 'agent/story.ts', test: AGENT },
  {
    number: 436,
    does: 'editor, HTML or plain text',
    file: 'agent/story.ts',
    test: AGENT,
  },
  {
    number: 440,
    does: 'wait for the notice that the DNS is updated',
    file: 'agent/registration.ts',
    test: AGENT,
  },
  { number: 444, does: 'show "the name is live"', file: 'agent/story.ts', test: LEASE },
  {
    number: 448,
    does: 'begin the alive loop',
    file: 'agent/alive-loop.ts',
    test: 'test/unit/agent/alive-loop.test.ts',
  },
  {
    number: 452,
    does: 'alive signal at intervals',
    file: 'agent/alive-loop.ts',
    test: 'test/unit/agent/alive-loop.test.ts',
  },
  {
    number: 456,
    does: 'end the loop, send the off-line message',
    file: 'agent/farewell.ts',
    test: 'test/e2e/off-line-and-back.test.ts',
  },
  { number: 460, does: 'end', file: 'agent/agent.ts', test: AGENT },
];

const FIGURE_5: readonly Omit<Block, 'figure'>[] = [
  { number: 500, does: 'start', file: 'gateway-server/gateway.ts', test: LEASE },
  {
    number: 502,
    does: 'update listening loop',
    file: 'gateway-server/update-listening-loop.ts',
    test: UPDATES,
  },
  {
    number: 504,
    does: 'receive identification and address',
    file: 'gateway-server/update-listening-loop.ts',
    test: UPDATES,
  },
  {
    number: 506,
    does: 'valid?',
    file: 'gateway-server/line/claim.ts',
    test: 'test/unit/gateway-server/line/claim.test.ts',
  },
  {
    number: 508,
    does: 'authorised for a domain?',
    file: 'gateway-server/update-listening-loop.ts',
    test: UPDATES,
  },
  {
    number: 510,
    does: 'notify "not valid", ignore',
    file: 'gateway-server/update-listening-loop.ts',
    test: 'test/e2e/refusals.test.ts',
  },
  { number: 512, does: 'queue the update', file: 'gateway-server/zone/update-queue.ts', test: UPDATES },
  {
    number: 514,
    does: 'tell the expected time',
    file: 'gateway-server/update-listening-loop.ts',
    test: UPDATES,
  },
  { number: 516, does: 'back to listening', file: 'gateway-server/update-listening-loop.ts', test: UPDATES },
  {
    number: 518,
    does: 'the queue',
    file: 'gateway-server/zone/update-queue.ts',
    test: 'test/unit/gateway-server/zone/update-queue.test.ts',
  },
  { number: 520, does: 'regular update loop', file: 'gateway-server/regular-update-loop.ts', test: BATCHES },
  {
    number: 522,
    does: 'halt or route around',
    file: 'gateway-server/regular-update-loop.ts',
    test: 'test/integration/gateway-server/secondaries/halt.test.ts',
  },
  { number: 524, does: 'move the queue', file: 'gateway-server/zone/update-queue.ts', test: BATCHES },
  { number: 526, does: 'update the table', file: 'gateway-server/zone/zone.ts', test: BATCHES },
  { number: 528, does: 'the temporary queue', file: 'gateway-server/zone/update-queue.ts', test: BATCHES },
  { number: 530, does: 'resume', file: 'gateway-server/regular-update-loop.ts', test: BATCHES },
  {
    number: 532,
    does: 'notify every client of the batch',
    file: 'gateway-server/subscriber/live-notices.ts',
    test: BATCHES,
  },
  {
    number: 534,
    does: 'clear the temporary queue',
    file: 'gateway-server/zone/update-queue.ts',
    test: BATCHES,
  },
  {
    number: 536,
    does: 'update the backup DNS',
    file: 'gateway-server/zone/backup/backup-servers.ts',
    test: 'test/integration/gateway-server/secondaries/following.test.ts',
  },
  {
    number: 538,
    does: 'wait for the next batch',
    file: 'gateway-server/regular-update-loop.ts',
    test: BATCHES,
  },
  { number: 540, does: 'alive listening loop', file: 'gateway-server/alive-listening-loop.ts', test: ALIVE },
  { number: 542, does: 'listen', file: 'gateway-server/agent-signals.ts', test: ALIVE },
  {
    number: 544,
    does: 'heard within the interval?',
    file: 'gateway-server/alive-listening-loop.ts',
    test: ALIVE,
  },
  { number: 546, does: 'verify by ping', file: 'gateway-server/io/fping.ts', test: SILENCE },
  { number: 548, does: 'answered?', file: 'gateway-server/line/verdict.ts', test: ALIVE },
  {
    number: 550,
    does: 'mark off-line, redirect to the page',
    file: 'gateway-server/line/departures.ts',
    test: SILENCE,
  },
  { number: 552, does: 'back to listening', file: 'gateway-server/alive-listening-loop.ts', test: ALIVE },
  {
    number: 590,
    does: 'end',
    file: 'gateway-server/gateway.ts',
    test: 'test/unit/gateway-server/gateway.test.ts',
  },
];

export const BLOCKS: readonly Block[] = [
  ...FIGURE_4.map((block): Block => ({ figure: 4, ...block })),
  ...FIGURE_5.map((block): Block => ({ figure: 5, ...block })),
];
