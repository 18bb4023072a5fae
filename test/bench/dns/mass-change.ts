import { pause } from '../../support/lab/waiting.ts';
import { type Figure, summaryOf } from '../report/figure.ts';
import type { Part } from './part.ts';
import { type Fared, SteadyQuestions } from './steady-questions.ts';
import { OurUpdatedServer } from './updated-server.ts';
import { ChangeWatch, type Visible } from './visible-changes.ts';

const NAMES = 100_000;
const PER_SECOND = 5_000;
const CHANGES = 65_000;
const VISIBLE_MS = 250;
/** Long enough for all changes to gather; afterwards their own records are brought up to date. */
const EVERY_SECONDS = 5;
/** Questions before and after the change, so that the asker's own start is not taken for the server's trouble. */
const AROUND_MS = 2_000;

interface Turn {
  readonly visible: Visible;
  readonly fared: Fared;
}

/** As when a whole access network comes back: most names change in one batch while resolvers go on asking. */
export async function massChange(part: Part): Promise<Figure[]> {
  const server = await OurUpdatedServer.start(NAMES, { everySeconds: EVERY_SECONDS });
  const watch = new ChangeWatch(server, NAMES);
  const questions = new SteadyQuestions(server.endpoint, PER_SECOND, NAMES);
  const turns: Turn[] = [];
  try {
    await watch.round(CHANGES, 'gathering');
    for (let n = 0; n < (part.isShort ? 1 : 4); n++) {
      const turn = await oneTurn(watch, questions);
      turns.push(turn);
      const took = turn.visible.sinceTakenMs?.toFixed(0);
      part.say(`${CHANGES} changes: ${took} ms, ${turn.fared.lost} queries lost`);
    }
  } finally {
    await questions.close();
    await watch.end();
  }
  return figuresOf(server.name, turns);
}

async function oneTurn(watch: ChangeWatch, questions: SteadyQuestions): Promise<Turn> {
  questions.begin();
  await pause(AROUND_MS);
  const visible = await watch.round(CHANGES, 'gathering');
  await pause(AROUND_MS);
  return { visible, fared: await questions.end() };
}

function figuresOf(name: string, turns: readonly Turn[]): Figure[] {
  const what = `${CHANGES} changes in one batch at ${name}, ${NAMES} names, ${PER_SECOND} queries a second`;
  const own = Math.max(...turns.map(({ fared }) => fared.latenessMs)).toFixed(0);
  const figure = (told: string, unit: string, sample: (turn: Turn) => number): Figure => ({
    name: `${what}: ${told}`,
    unit,
    samples: turns.map(sample),
  });
  return [
    {
      ...figure('visible from taking the batch', 'ms', ({ visible }) => visible.sinceTakenMs ?? Number.NaN),
      target: { median: VISIBLE_MS },
    },
    {
      ...figure('lost', 'queries', ({ fared }) => fared.lost),
      target: { max: 0 },
      note: 'from before the first change came to the queue until after the batch',
    },
    {
      ...figure('longest time without an answer', 'ms', ({ fared }) => fared.gapMs),
      note: `the asker itself was late by up to ${own} ms`,
    },
    figure('p99 of the answers', 'ms', ({ fared }) => summaryOf(fared.waits).p99),
  ];
}
