// Finds and starts other programs. Plain JavaScript: it runs on any Node, before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const ENDS = ['SIGINT', 'SIGTERM'];

const MOST_OUTPUT_BYTES = 1 << 26;

/** A user's search path often lacks the folders of the network tools. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Our own tools and Node 24 come first, as in npm's scripts; also when npm has just brought them. */
function environment(more = {}) {
  const path = [
    join(ROOT, 'node_modules', '.bin'),
    ...(process.env.PATH ?? '').split(delimiter),
    ...SYSTEM_FOLDERS,
  ];
  return { ...process.env, ...more, PATH: [...new Set(path)].join(delimiter) };
}

/** True when a program of this name can be started. */
export function isInstalled(program) {
  return environment()
    .PATH.split(delimiter)
    .some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a program to its end without showing anything; its output is in the answer. */
export function quietly(program, args, env = {}, folder = ROOT) {
  return spawnSync(program, args, {
    cwd: folder,
    env: environment(env),
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT_BYTES,
  });
}

/** Somebody wants this run to end: nothing further is to be started. */
class Interrupted extends Error {}

/** Runs a program on this terminal and resolves with its exit code; our own end is its end, by `lastSignal` if given. */
export function shown(program, args, env = {}, lastSignal = undefined) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, env: environment(env), stdio: 'inherit' });
    let isInterrupted = false;
    const interrupt = (signal) => {
      isInterrupted = true;
      child.kill(lastSignal ?? signal);
    };
    for (const signal of ENDS) process.on(signal, interrupt);
    const ended = (code) => {
      for (const signal of ENDS) process.off(signal, interrupt);
      if (isInterrupted) reject(new Interrupted('interrupted'));
      else resolve(code);
    };
    child.on('error', (error) => {
      process.stderr.write(`${program} does not start: ${error.message}\n`);
      ended(127);
    });
    child.on('exit', (code, signal) => ended(signal ? 1 : code));
  });
}

/** Runs a script's main work; its exit code is the process's. */
export async function asProcess(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    process.exitCode = 130;
  }
}

/** True when this file is the script that was started. */
export function isStarted(url) {
  return process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href;
}
