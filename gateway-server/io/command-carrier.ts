import { userInfo } from 'node:os';
import { getuid } from 'node:process';
import { systemClock } from '../../runtime/clock.ts';
import { lineLogger } from '../../runtime/log.ts';
import { AuditedCommands } from '../operator/audited.ts';
import { assemble, storeDesk } from './assembly.ts';
import { callGateway, controlSocketOf } from './control-socket.ts';
import { readSettingsFile } from './settings-file.ts';

/** By the running gateway; without one, on its store. */
export async function carriedOut(settingsFile: string, command: string, args: object): Promise<unknown> {
  const settings = readSettingsFile(settingsFile);
  const answer = await callGateway(controlSocketOf(settings.data_dir), { command, args }, caller());
  if (answer) return answer.result;
  const log = lineLogger(systemClock, () => undefined);
  const assembly = await assemble(() => settings, log);
  try {
    const desk = storeDesk(assembly, log);
    const commands = new AuditedCommands({ desk, audit: desk.house.audit });
    const result = await commands.carryOut(caller(), { command, args });
    await assembly.registry.standings.flush();
    return result;
  } finally {
    await assembly.store.close();
  }
}

/** For the audit log; in a container an account may have a number and no name. */
function caller(): string {
  try {
    return `command line of ${userInfo().username}`;
  } catch {
    return `command line of uid ${getuid?.() ?? 'unknown'}`;
  }
}
