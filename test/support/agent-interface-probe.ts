import { InterfaceWatch } from '../../agent/io/interface-watch.ts';
import { systemClock } from '../../runtime/clock.ts';
import { MemoryLog } from './memory-log.ts';

/** A program of its own, so that a test can run it in another network namespace: prints what it sees, a line each. */
const [, , name = '', ip = 'ip'] = process.argv;
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const seen = (what: unknown) => process.stdout.write(`${JSON.stringify(what)}\n`);
await new InterfaceWatch({ name, ip, clock: systemClock, log: new MemoryLog(), seen }).run(stop.signal);
