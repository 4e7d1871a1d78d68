// Owns whether the clock of this machine can be right. No time server is asked: certificates and files
// that were made in the future give a wrong clock away.
import { X509Certificate } from 'node:crypto';
import { access, readFile, stat } from 'node:fs/promises';
import type { LoadedConfig } from '../../config/load.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** systemd-timesyncd makes it when it has set the clock. */
const synchronisedFile = '/run/systemd/timesync/synchronized';
/** What is written right now may be a moment ahead of the clock. */
const toleranceMs = 60_000;

export function clockCheck({ file, config }: LoadedConfig, nowMs: () => number): Check {
  return {
    subject: 'clock',
    async *run() {
      const now = nowMs();
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const shown = `${new Date(now).toISOString()}, time zone ${zone}`;
      const later = await latestBeginning(config.listeners);
      const written = (await stat(file)).mtimeMs;
      const advice = 'Set it, best by systemd-timesyncd, chrony or ntpd.';
      if (later > now + toleranceMs) {
        yield fail(`${shown} is before a certificate of this configuration was made`, advice);
      } else if (written > now + toleranceMs) {
        yield warn(`${shown} is before the configuration was written`, advice);
      } else {
        const isSet = await access(synchronisedFile).then(
          () => true,
          () => false,
        );
        yield ok(isSet ? `${shown}, set by systemd-timesyncd` : `${shown} looks plausible`);
      }
    },
  };
}

async function latestBeginning(listeners: LoadedConfig['config']['listeners']): Promise<number> {
  let latest = 0;
  for (const { certFile } of listeners.flatMap(({ certificates }) => certificates)) {
    const { validFromDate } = new X509Certificate(await readFile(certFile));
    latest = Math.max(latest, validFromDate.getTime());
  }
  return latest;
}
