const works: (() => void)[] = [];

/** What must be done however the process ends, the newest first: servers end before their folders go. */
export function atExit(work: () => void): void {
  if (works.length === 0)
    process.once('exit', () => {
      for (const one of works.reverse()) one();
    });
  works.push(work);
}
