// Owns the list of what a client's connection works with.
import type { Logger } from '../base/log.ts';
import type { LimitsConfig, ListenerConfig } from '../config/schema.ts';
import type { Interception } from '../interception/interception.ts';
import type { ContextSource } from '../tls/server-tls.ts';
import type { AccountServices } from './account-session.ts';
import type { ListenerDoors } from './listener-doors.ts';
import type { LoadBalancers } from './load-balancers.ts';

export interface ConnectionServices extends AccountServices {
  readonly log: Logger;
  readonly limits: LimitsConfig;
  /** One more session uses these services; what is returned says that it is over. */
  use(): () => void;
}

/** How a listener is set up, as far as its connections need to know. */
export interface ListenerFacts {
  readonly config: ListenerConfig;
  /** Undefined without TLS. */
  readonly tls: ContextSource | undefined;
  readonly doors: ListenerDoors;
  /** Undefined where clients connect of their own. */
  readonly interception: Interception | undefined;
  /** Undefined where no PROXY protocol is spoken. */
  readonly loadBalancers?: LoadBalancers | undefined;
}
