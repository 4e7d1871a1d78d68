// Owns NUL octets, at which some mail programs stop reading. What is signed keeps them.
import { type BodyEditor, definePlugin, type MessageView } from '#plugin-api';

/** As mail servers do it for Outlook: NUL becomes 0x80, at which no program stops. */
const withoutNul = Uint8Array.from({ length: 256 }, (_, octet) => (octet === 0 ? 0x80 : octet));

export default definePlugin({
  name: 'fix-nul',
  setup: () => ({
    async transform(message, next) {
      const { body, whole } = message;
      if ((await hasNul(message)) && !(await hasSealedPart(body))) {
        await whole.mapOctets(withoutNul);
      }
      await next();
    },
  }),
});

async function hasNul(message: MessageView): Promise<boolean> {
  for await (const piece of message.bytes()) {
    if (piece.includes(0)) return true;
  }
  return false;
}

async function hasSealedPart(body: BodyEditor): Promise<boolean> {
  for await (const { path } of body.parts()) {
    if (await body.isSealed(path)) return true;
  }
  return false;
}
