import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { extractFeatures } from '../../../../plugins/spam/features/extract.ts';
import { sampleOf } from '../../../../plugins/spam/features/sample.ts';
import { SpamModel } from '../../../../plugins/spam/learning/model.ts';
import { madeUpMail } from '../made-up-mail.ts';

const refused = { code: 'SPAM_MODEL_INVALID' };

function smallModel(): Buffer {
  const model = SpamModel.empty();
  for (let seed = 0; seed < 3; seed += 1) {
    for (const kind of ['ham', 'spam'] as const) {
      model.train(extractFeatures(sampleOf(madeUpMail(kind, seed))), kind, 'correction');
    }
  }
  return model.toBuffer();
}

/** With a checksum that fits, so that what lies behind it is read. */
function sealed(octets: Buffer): Buffer {
  const copy = Buffer.from(octets);
  const end = copy.length - 4;
  copy.writeUInt32LE(crc32(copy.subarray(0, end)), end);
  return copy;
}

const stored = smallModel();

test('a model that was read and written again is the same', () => {
  assert.deepEqual(SpamModel.fromBuffer(stored).toBuffer(), stored);
});

test('a model of which an octet was changed or lost is refused', () => {
  fc.assert(
    fc.property(fc.nat(stored.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(stored);
      damaged[at] = (damaged[at] ?? 0) ^ change;
      assert.throws(() => SpamModel.fromBuffer(damaged), refused);
      assert.throws(() => SpamModel.fromBuffer(stored.subarray(0, at)), refused);
    }),
  );
});

test('a model that was forged with a good checksum is read within bounds or refused', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(stored.length - 5), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (changes) => {
        const forged = Buffer.from(stored);
        for (const [at, octet] of changes) forged[at] = octet;
        try {
          SpamModel.fromBuffer(sealed(forged)).toBuffer();
        } catch (error) {
          assert.equal((error as { code?: unknown }).code, refused.code);
        }
      },
    ),
  );
});

test('random octets and files of huge size are no model', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
      assert.throws(() => SpamModel.fromBuffer(Buffer.from(octets)), refused);
    }),
  );
  assert.throws(() => SpamModel.fromBuffer(Buffer.alloc(16 * 1024 * 1024)), refused);
});
