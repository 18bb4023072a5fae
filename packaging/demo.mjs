// The demo: the whole story in namespaces where they are permitted, or with --stay a gateway to look at in a browser.
import process from 'node:process';
import { asProcess, shown } from './commands.mjs';
import { insideWherePermitted } from './namespaces.mjs';

const args = process.argv.slice(2);
const [tell, stay] = ['test/story/demo.ts', 'test/story/stay.ts'];

await asProcess(() =>
  // a browser of this machine reaches nothing that lies in a namespace
  args.includes('--stay') ? shown('node', [stay]) : insideWherePermitted('node', [tell, ...args]),
);
