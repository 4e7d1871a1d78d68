// Messages made up for tests of the spam filter, in two kinds that share few words.

const hamWords =
  'meeting kernel patch review thursday compile driver report lunch branch merge'.split(' ');
const spamWords =
  'winner unclaimed funds casino pills bonus offer click discount lottery claim'.split(' ');

/** A small generator of its own, so that every run sees the same mail. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield state >>> 8;
  }
}

export function madeUpMail(kind: 'ham' | 'spam', seed: number): Buffer {
  const random = numbers(seed + (kind === 'ham' ? 1 : 1_000_003));
  const pick = (list: readonly string[]): string => list[random.next().value % list.length] ?? '';
  const own = kind === 'ham' ? hamWords : spamWords;
  const text = Array.from({ length: 40 }, () => pick(own)).join(' ');
  const host = kind === 'ham' ? 'example.org' : 'example.net';
  return Buffer.from(
    [
      `From: ${pick(own)} <${pick(own)}@${host}>`,
      `Subject: ${pick(own)} ${pick(own)}`,
      `Message-ID: <${random.next().value}@${host}>`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      text,
      `https://${pick(own)}.example/${pick(own)}`,
      '',
    ].join('\r\n'),
  );
}
