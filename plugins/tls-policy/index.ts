// Owns who may log in without encryption, and what the connection to the mail server must fulfil.
// It never touches a socket: it says what it demands, and the proxy enforces it.
import { definePlugin } from '#plugin-api';
import { ClientPolicy } from './client-policy.ts';
import { optionsSchema, type TlsPolicyOptions } from './options.ts';

export default definePlugin<TlsPolicyOptions>({
  name: 'tls-policy',
  options: optionsSchema,
  setup(options) {
    const clients = new ClientPolicy(options.clients, options.otherClients);
    const { upstream } = options;
    return {
      async admit(context, next) {
        const admission = clients.admit(context.session.client);
        switch (admission.kind) {
          case 'admitted':
            break;
          case 'loginDenied':
            context.denyLogin('login needs encryption: use STLS, or TLS on port 995');
            break;
          case 'tooOld':
            context.refuse(`${admission.minVersion} or later is needed here`);
            break;
        }
        await next();
      },
      async login(context, next) {
        // Before next(): the proxy checks it before it sends any credential.
        if (upstream.tls === 'required') context.requireUpstreamTls(upstream.minVersion);
        await next();
      },
    };
  },
});
