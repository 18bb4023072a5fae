// The operator's console: pages of the table of 100,000 lines, searched, filtered and sorted.
//   npm run bench -- console [--short]
import { lineQuestions } from './console/line-questions.ts';
import { runParts } from './report/run-parts.ts';

await runParts({ name: 'console', parts: { lines: lineQuestions }, peers: 'none' });
