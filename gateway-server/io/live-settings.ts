import type { Logger } from '../../runtime/log.ts';
import { merged } from '../settings-reload.ts';
import { type LoadedSettings, readSettingsFile } from './settings-file.ts';

/** The settings of a running gateway: SIGHUP has the file read again, and a file with mistakes changes nothing. */
export class LiveSettings {
  readonly #file: string;
  #current: LoadedSettings;
  #takeOver: () => Promise<void> = async () => undefined;

  /** Throws SettingsError. */
  constructor(file: string) {
    this.#file = file;
    this.#current = readSettingsFile(file);
  }

  get current(): LoadedSettings {
    return this.#current;
  }

  /** From now on `takeOver` is called after each reload. */
  onReload(takeOver: () => Promise<void>): void {
    this.#takeOver = takeOver;
  }

  /** Reads the file again; never rejects, so that a signal can call it. */
  async reload(log: Logger): Promise<void> {
    try {
      const postponed = this.#take(readSettingsFile(this.#file));
      log.info('settings reloaded');
      if (postponed.length > 0) {
        log.warn('changed settings wait for the next start', { keys: postponed.join(' ') });
      }
    } catch (error) {
      return log.error('settings not reloaded, the old ones stay', { reason: reasonIn(error) });
    }
    try {
      await this.#takeOver();
    } catch (error) {
      log.error('not all of the new settings could be taken over', { reason: reasonIn(error) });
    }
  }

  /** Gives the keys that wait for the next start. The zone file is read for one zone, and keys are handed out at the start. */
  #take(after: LoadedSettings): readonly string[] {
    const { companions: old, ...before } = this.#current;
    const { companions, ...wanted } = after;
    const { settings, postponed } = merged(before, wanted);
    const isSameZone = before.zone.name === wanted.zone.name;
    const zoneRecords = isSameZone ? companions.zoneRecords : old.zoneRecords;
    this.#current = Object.freeze({ ...settings, companions: { ...old, zoneRecords } });
    return postponed;
  }
}

function reasonIn(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
