import process from 'node:process';
import { systemClock } from '../runtime/clock.ts';
import { lineLogger } from '../runtime/log.ts';
import { runCommandLine } from './io/command-line.ts';
import { controlSocketOf, mustBeFree } from './io/control-socket.ts';
import { LiveSettings } from './io/live-settings.ts';

async function serveUntilStopped(file: string): Promise<void> {
  const settings = new LiveSettings(file);
  const log = lineLogger(systemClock, (line) => process.stderr.write(line), settings.current.log_level);
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  process.on('SIGHUP', () => void settings.reload(log));
  await mustBeFree(controlSocketOf(settings.current.data_dir));
  // loaded here and not above: a command that only asks need not wait for all the servers' code
  const { serve } = await import('./io/serve.ts');
  await serve(
    { settings: () => settings.current, log, onReload: (takeOver) => settings.onReload(takeOver) },
    stop.signal,
  );
}

const terminal = {
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
  isInteractive: process.stderr.isTTY,
};
// whoever reads has seen enough (`line list | head`); a log that nobody reads must not end the gateway
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.exitCode = await runCommandLine(process.argv.slice(2), terminal, serveUntilStopped);
