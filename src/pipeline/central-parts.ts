// Owns the parts of plugins that there is only one of, as their plugins see them. Where several processes
// serve, the parts are in none of those.
import type { CentralPart } from '../plugin-api/services.ts';

/** A part that somebody uses. */
export interface OpenCentralPart {
  readonly handle: CentralPart['handle'];
  close(): Promise<void>;
}

/** Where the parts are. */
export interface CentralParts {
  /** `setUp` is called where the part is to be, once for all who open it. */
  open(id: string, setUp: () => Promise<CentralPart>): Promise<OpenCentralPart>;
}

/** In this process, next to the plugin. */
export const partsAtHand: CentralParts = {
  async open(_id, setUp) {
    const part = await setUp();
    return {
      handle: (request) => part.handle(request),
      close: async () => part.dispose?.(),
    };
  },
};

/** For plugins without such a part. */
export function noCentralPart(): Promise<never> {
  return Promise.reject(new Error('the plugin has no central part'));
}
