/** The last file of every program: the main one has waited for all that matters. */
import { exit } from 'host:std';
import { process } from './node/process.ts';

exit(process.exitCode);
