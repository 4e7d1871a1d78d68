// Owns the keys that say how long the end may take.
import { z } from 'zod';
import { duration } from './values.ts';

export const shutdownSchema = z
  .strictObject({
    sessions: duration(
      'Running sessions may go on for this long after SIGTERM; then those between two commands end.',
      { fallback: '10s', min: '0s', max: '1h' },
    ),
    commands: duration(
      'After that, what is still under way, such as a large message, has this long to finish; then it is cut.',
      { fallback: '30s', min: '0s', max: '1h' },
    ),
  })
  .transform(({ sessions, commands }) => ({ sessionsMs: sessions, commandsMs: commands }));
