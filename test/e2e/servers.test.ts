// Behind every real server the proxy is invisible: listings, messages and tops are those of the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servers } from '../helpers/interop/cell.ts';
import { legalMessages } from '../helpers/interop/maildrop.ts';
import { compareMaildrops, readRawMaildrop } from '../helpers/interop/raw-maildrop.ts';
import { startPostern } from '../helpers/postern.ts';
import { needs } from '../helpers/requirement.ts';
import { portFor } from '../helpers/servers/server.ts';
import { makeTestCertificates } from '../helpers/test-certificates.ts';

const certificates = makeTestCertificates();
const password = 'correct-horse';

for (const kind of servers) {
  test(`every octet of ${kind.name} is relayed, over each kind of encryption it has`, async (t) => {
    if (!needs(t, kind.missing())) return;
    await using server = await kind.start({
      users: [{ name: 'joe', password }],
      tls: certificates.server,
    });
    await server.deliver('joe', legalMessages());
    // The first session may change the mail, as that of mailutils does.
    await readRawMaildrop({ port: server.pop3Port }, 'joe', password);
    const direct = await readRawMaildrop({ port: server.pop3Port }, 'joe', password);
    assert.equal(direct.messages.length, legalMessages().length);
    for (const tls of server.tlsModes) {
      await using postern = await startPostern({
        upstream: { port: portFor(server, tls), tls },
        certificates,
      });
      const relayed = await readRawMaildrop({ port: postern.port('none') }, 'joe', password);
      assert.deepEqual(compareMaildrops(direct, relayed), [], `upstream leg ${tls}`);
    }
  });
}
