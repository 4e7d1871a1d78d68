// Owns one header field that says which way a message came. The smallest plugin: start from here.
import { definePlugin, z } from '#plugin-api';

const optionsSchema = z.strictObject({
  name: z.string().regex(/^X-[A-Za-z-]+$/, 'expected a name such as X-Came-Through'),
});

export default definePlugin<z.output<typeof optionsSchema>>({
  name: 'example-stamp',
  options: optionsSchema,
  setup: ({ name }) => ({
    async transform({ edit, session }, next) {
      edit.remove(name);
      edit.add(name, session.client.listener);
      await next();
    },
  }),
});
