// Owns messages with bare CR or LF, without a last line end, or with a byte order mark: they get what
// RFC 5322 s.2.1 has, lines that end with CRLF. What is signed or is no text keeps its octets.
import { type BodyEditor, definePlugin, type MessageView } from '#plugin-api';
import { LineEndMender } from './line-end-mender.ts';
import { type Survey, surveyOf } from './survey.ts';

export default definePlugin({
  name: 'fix-line-ends',
  setup: () => ({
    async transform(message, next) {
      if (await isSuspect(message)) {
        const survey = await surveyOf(message.body);
        await fixTexts(message.body, survey);
        if (survey.consistsOfLines) await message.whole.replace(mended(message.bytes()));
      }
      await next();
    },
  }),
});

/** Most messages have nothing to mend: of these not even the tree is looked at. */
async function isSuspect(message: MessageView): Promise<boolean> {
  // What of the octets before still counts: a CR, or two octets of a mark.
  let tail = ' ';
  for await (const piece of message.bytes()) {
    const octets = tail + piece.toString('latin1');
    if (/\r[^\n]|[^\r]\n|\xef\xbb\xbf/.test(octets)) return true;
    tail = octets.slice(-2);
  }
  return tail !== ' ' && tail !== '\r\n';
}

/**
 * In a text, a bare CR can be mended wherever it stands, since a text that is set anew makes no
 * boundary line; a bare LF only when nobody mends the message as a whole, which keeps the charset.
 */
async function fixTexts(body: BodyEditor, { texts, consistsOfLines }: Survey): Promise<void> {
  const odd = consistsOfLines ? /\r(?![\r\n])/ : /\r(?!\n)|(?<!\r)\n/;
  for (const { path, isMarked } of texts) {
    const text = await body.text(path);
    // Decoding may have taken the mark away already.
    const fixed = text?.replace(/^\ufeff/, '');
    if (fixed === undefined || !(isMarked || fixed !== text || odd.test(fixed))) continue;
    await body.setText(path, fixed.replaceAll(/\r*\n|\r/g, '\r\n'));
  }
}

async function* mended(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const mender = new LineEndMender();
  for await (const piece of pieces) yield Buffer.concat(mender.push(piece));
  yield Buffer.concat(mender.end());
}
