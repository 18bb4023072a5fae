import { defineConfig } from 'vitest/config';

const suite = (name: string, timeoutMs: number) => ({
  name,
  include: [`test/${name}/**/*.test.ts`],
  testTimeout: timeoutMs,
});

/** Labs wait far more than they work, and each has namespaces of its own: several at a time, also on two cores. */
const E2E_WORKERS = 4;

export default defineConfig({
  test: {
    projects: [
      { test: suite('unit', 1_000) },
      { test: suite('integration', 10_000) },
      { test: { ...suite('e2e', 120_000), hookTimeout: 60_000, maxWorkers: E2E_WORKERS } },
    ],
  },
});
