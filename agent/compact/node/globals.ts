/** Sets what every program finds without importing it, on an engine that has the language alone. */

import { now } from 'host:os';
import { Buffer } from 'node:buffer';
import { AbortController, AbortSignal } from './abort.ts';
import { process } from './process.ts';
import { watchRejections } from './rejections.ts';
import { TextDecoder, TextEncoder } from './text-coding.ts';
import { clearTimer, setImmediate, setInterval, setTimeout } from './timers.ts';

Object.assign(globalThis, {
  global: globalThis,
  process,
  Buffer,
  AbortController,
  AbortSignal,
  TextDecoder,
  TextEncoder,
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout: clearTimer,
  clearInterval: clearTimer,
  clearImmediate: clearTimer,
  queueMicrotask: process.nextTick,
  // runs forward only, whatever happens to the clock on the wall
  performance: { now },
});

// the command line wants it; the engine's errors know where they were made anyway
Object.assign(Error, { captureStackTrace: () => undefined });

watchRejections();
