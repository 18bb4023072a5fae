import { lookup } from 'node:dns/promises';

/** A program of its own, so that a test can lie to its resolver: asks so many times and says how many times it was answered. */
const [, , count = '1'] = process.argv;
let known = 0;
let ticks = 0;
const timer = setInterval(() => ticks++, 50);
for (let turn = 0; turn < Number(count); turn++) {
  const found = await lookup(`n${turn}.example.test`, { all: true }).catch(() => []);
  if (found.length > 0) known++;
}
clearInterval(timer);
process.stdout.write(`${JSON.stringify({ asked: Number(count), known, ticks })}\n`);
