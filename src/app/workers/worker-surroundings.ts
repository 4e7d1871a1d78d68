// Owns what a worker has in common with the others, as its own proxy sees it.
import { systemClock } from '../../base/clock.ts';
import type { CentralParts } from '../../pipeline/central-parts.ts';
import type { Trouble } from '../../proxy/troubles.ts';
import type { Cache } from '../../stores/store.ts';
import { createTroubles, type Surroundings } from '../surroundings.ts';
import { CentralClient } from './central-client.ts';
import type { Channel } from './channel.ts';
import type { SupervisorSpeech, WorkerOrders, WorkerSpeech } from './messages.ts';
import { type LoginOffice, WorkerLogins } from './worker-logins.ts';
import { WorkerPlaces } from './worker-places.ts';

type Supervisor = Channel<WorkerSpeech, SupervisorSpeech>;

export interface WorkerSurroundings extends Surroundings {
  readonly places: WorkerPlaces;
  readonly logins: WorkerLogins;
  /** Those of all workers; what is set here is not told to anybody. */
  readonly heardTroubles: Cache<Trouble>;
}

export function workerSurroundings(
  orders: WorkerOrders,
  supervisor: Supervisor,
): WorkerSurroundings {
  const heardTroubles = createTroubles();
  for (const { key, trouble } of orders.troubles) heardTroubles.set(key, trouble);
  const office = {
    take: (limits: WorkerSpeech['questions']['take'][0]['limits']) =>
      supervisor.ask('take', { limits }),
    release: (key: string) => supervisor.tell('release', { key }),
  };
  return {
    processes: orders.workers,
    places: new WorkerPlaces(orders.workers, office, orders.pooled),
    sockets: {
      byName: new Map(orders.sockets),
      refusal: orders.socketsRefusal ?? undefined,
    },
    logins: new WorkerLogins(loginOffice(supervisor), orders.logins, systemClock),
    heardTroubles,
    troubles: {
      get: (key) => heardTroubles.get(key),
      set(key, trouble) {
        heardTroubles.set(key, trouble);
        supervisor.tell('trouble', { key, trouble });
      },
    },
    centralParts: partsOf(supervisor),
    pages: 'elsewhere',
    chores: orders.number === 1 ? 'here' : 'elsewhere',
    tls: {
      ticketKeys: Buffer.from(orders.ticketKeys, 'base64'),
      selfSigned: orders.selfSigned,
    },
  };
}

function loginOffice(supervisor: Supervisor): LoginOffice {
  return {
    ask: (keys) => supervisor.ask('login', keys),
    accepted: (keys) => supervisor.tell('loginAccepted', keys),
    async wrongPassword(keys, words) {
      await supervisor.ask('wrongPassword', { keys, words });
    },
    knows: (name) => supervisor.ask('knowsName', { name }),
  };
}

function partsOf(supervisor: Supervisor): CentralParts {
  return {
    async open(id) {
      await supervisor.ask('openPart', { id });
      const client = new CentralClient((requests) => supervisor.ask('askPart', { id, requests }));
      return {
        handle: (request) => client.handle(request),
        async close() {
          await supervisor.ask('closePart', { id });
        },
      };
    },
  };
}
