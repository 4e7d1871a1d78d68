import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autodiscover } from '../../../src/admin/autoconfig/autodiscover.ts';
import { autoconfigSettings } from '../../helpers/autoconfig.ts';
import { needs } from '../../helpers/requirement.ts';
import { XmlTree, xmlParserMissing } from '../../helpers/xml-tree.ts';

const schemas = 'http://schemas.microsoft.com/exchange/autodiscover';
const now = new Date(Date.UTC(2026, 10, 24, 1, 2, 3, 4));

async function responseTo(
  address: string,
  responseSchema = `${schemas}/outlook/responseschema/2006a`,
) {
  const body = `<Autodiscover xmlns="${schemas}/outlook/requestschema/2006"><Request>
<EMailAddress>${address}</EMailAddress>
<AcceptableResponseSchema>${responseSchema}</AcceptableResponseSchema>
</Request></Autodiscover>`;
  return parse(autodiscover(Buffer.from(body), await autoconfigSettings(), now));
}

function parse(xml: string): XmlTree {
  const tree = XmlTree.parse(xml);
  assert.equal(tree.name, `{${schemas}/responseschema/2006}Autodiscover`);
  const [response] = tree.all('Response');
  assert.ok(response);
  return response;
}

async function protocolsFor(address: string) {
  const response = await responseTo(address);
  assert.equal(response.name, `{${schemas}/outlook/responseschema/2006a}Response`);
  const [account] = response.all('Account');
  assert.equal(account?.fields['AccountType'], 'email');
  assert.equal(account?.fields['Action'], 'settings');
  return account?.all('Protocol').map(({ fields }) => fields);
}

test('Outlook is told one POP3 server, the SMTP server, and never to use SPA', async (t) => {
  if (!needs(t, xmlParserMissing())) return;
  assert.deepEqual(await protocolsFor('Joe@Example.NET'), [
    {
      Type: 'POP3',
      Server: 'mail.example.net',
      Port: '995',
      LoginName: 'Joe@Example.NET',
      DomainRequired: 'off',
      SPA: 'off',
      SSL: 'on',
      Encryption: 'SSL',
      AuthRequired: 'on',
    },
    {
      Type: 'SMTP',
      Server: 'smtp.example.net',
      Port: '465',
      LoginName: 'Joe@Example.NET',
      DomainRequired: 'off',
      SPA: 'off',
      SSL: 'on',
      Encryption: 'SSL',
      AuthRequired: 'on',
      UsePOPAuth: 'on',
      SMTPLast: 'off',
    },
  ]);
});

test('the user name has the configured form, and what stands in it stays text', async (t) => {
  if (!needs(t, xmlParserMissing())) return;
  const [pop3, smtp] = (await protocolsFor('o&apos;b&amp;c@müller.example')) ?? [];
  assert.equal(pop3?.['LoginName'], "o'b&c");
  assert.deepEqual([pop3?.['SSL'], pop3?.['Encryption']], ['off', 'None']);
  assert.deepEqual([smtp?.['AuthRequired'], smtp?.['UsePOPAuth']], ['off', 'off']);
  assert.equal(smtp?.['LoginName'], undefined);
});

test('everything else is an error that says nothing of any mailbox', async (t) => {
  if (!needs(t, xmlParserMissing())) return;
  const errorOf = (response: XmlTree) => response.all('Error')[0];
  const unknown = errorOf(await responseTo('joe@other.example'));
  assert.equal(unknown?.fields['ErrorCode'], '500');
  assert.equal(unknown?.attributes['Time'], '01:02:03.004');
  const mobile = errorOf(await responseTo('joe@example.net', `${schemas}/mobilesync/x`));
  assert.equal(mobile?.fields['ErrorCode'], '601');
  for (const body of ['', 'x', '<a/>', '<!DOCTYPE a>', Buffer.from([0xff, 0xfe, 0, 0x3c])]) {
    const response = parse(autodiscover(Buffer.from(body), await autoconfigSettings(), now));
    assert.equal(errorOf(response)?.fields['ErrorCode'], '600');
  }
});
