import { expect, test } from 'vitest';
import { Trouble } from '../../../../../gateway-server/zone/backup/trouble.ts';
import { MemoryLog } from '../../../../support/memory-log.ts';

const BACKUP = '192.0.2.1:53';

test('trouble with a backup is told once, and once more when it is over', () => {
  const log = new MemoryLog();
  const trouble = new Trouble(BACKUP, log);
  for (const problem of [null, 'answers REFUSED', 'answers REFUSED', 'does not answer', null, null])
    trouble.note('questions', problem);
  expect(log.events).toEqual([
    `warn backup name server is not as it should be 536 ${BACKUP} answers REFUSED`,
    `warn backup name server is not as it should be 536 ${BACKUP} does not answer`,
    `info backup name server is well again 536 ${BACKUP} does not answer`,
  ]);
});

test('a backup that cannot be asked is not said to ignore notifications as well', () => {
  const log = new MemoryLog();
  const trouble = new Trouble(BACKUP, log);
  trouble.note('questions', 'does not answer');
  trouble.note('notifications', 'does not answer NOTIFY');
  expect([trouble.problem, log.events.length]).toEqual(['does not answer', 1]);
  trouble.note('questions', null);
  expect(trouble.problem).toBe('does not answer NOTIFY');
});
