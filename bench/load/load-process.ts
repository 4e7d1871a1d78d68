// Owns the process of the load client: does one job after another and says what came of it.
import { serveRequests } from '../harness/helper-process.ts';
import { runInstream } from './instream.ts';
import type { Job, JobResult } from './job.ts';
import { releaseAll, runSessions } from './sessions.ts';

serveRequests<Job, JobResult>(async (job) => {
  switch (job.kind) {
    case 'sessions':
      return runSessions(job);
    case 'instream':
      return runInstream(job);
    case 'release':
      return { done: releaseAll(), failed: 0, unfinished: 0, octets: 0, wallMs: 0 };
  }
});
