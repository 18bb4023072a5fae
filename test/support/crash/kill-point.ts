/** A step between queue and NOTIFY: so many turns of the event loop after the block has been gone through for the n-th time. */
export interface KillPoint {
  readonly block: number;
  readonly visit: number;
  readonly turns: number;
}

/** Figure 5, from the registration to the wait for the next batch. */
const BLOCKS = [504, 506, 508, 512, 518, 514, 516, 522, 524, 528, 530, 532, 534, 536, 526, 538];
/** While these turns pass the batch is written, and enters the zone (528), and the lines' rows follow it (538). */
const BETWEEN_BLOCKS: readonly KillPoint[] = [
  { block: 528, visit: 2, turns: 1 },
  { block: 528, visit: 2, turns: 2 },
  { block: 538, visit: 2, turns: 1 },
  { block: 538, visit: 2, turns: 2 },
];
const VISITS = 5;

/** Every block, and what lies between them; with more points at other visits and turns. */
export function killPoints(count: number): readonly KillPoint[] {
  const atBlocks = BLOCKS.map((block, index) => ({ block, visit: 1 + (index % 3), turns: 0 }));
  const least = [...atBlocks, ...BETWEEN_BLOCKS];
  const more = Array.from({ length: Math.max(0, count - least.length) }, (_, index) => ({
    block: BLOCKS[index % BLOCKS.length] ?? 528,
    visit: 1 + (Math.floor(index / BLOCKS.length) % VISITS),
    turns: index % (VISITS + 1),
  }));
  return [...least, ...more].slice(0, count);
}

export function killPointText({ block, visit, turns }: KillPoint): string {
  return `${block}.${visit}.${turns}`;
}

/** Of no text it makes a point that never comes. */
export function parseKillPoint(text: string): KillPoint {
  const [block = 0, visit = 0, turns = 0] = text.split('.').map(Number);
  return { block, visit, turns };
}
