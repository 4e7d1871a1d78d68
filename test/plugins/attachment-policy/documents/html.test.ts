import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlainPage } from '../../../../plugins/attachment-policy/documents/html.ts';
import { findPayloads } from '../../../../plugins/attachment-policy/documents/payload.ts';
import { buildZip } from '../archives/zip-builder.ts';
import { examine, outermost, traitsIn } from '../examine.ts';

const zip = buildZip([
  { name: 'invoice.js', content: Buffer.alloc(400, 'var x;\n'), isStored: true },
]);
const payload = zip.toString('base64');
const random = Buffer.from(
  Array.from({ length: 900 }, (_, index) => (index * 7919) % 251),
).toString('base64');

const builder = (data: string): string =>
  `<script>var d=atob(${data});var b=new Blob([d]);var a=document.createElement('a');a.href=URL.createObjectURL(b);a.download='x.zip';a.click();</script>`;
const pieces = (text: string, joint: string): string => (text.match(/.{1,76}/g) ?? []).join(joint);

const smuggling: readonly (readonly [what: string, html: string])[] = [
  ['a script that builds a file', builder(`"${payload}"`)],
  ['data that look like nothing', builder(`"${random}"`)],
  ['data in pieces', builder(`"${pieces(payload, '" +\n "')}"`)],
  ['data in a list', builder(`["${pieces(payload, '","')}"].join("")`)],
  ['data in small pieces', builder(`"${(payload.match(/.{1,9}/g) ?? []).join('"+"')}"`)],
  [
    'data that are turned round',
    `<script>fetch("data:;base64,"+"${random}".split("").reverse().join("")).then(r=>r.blob()).then(b=>{a.href=URL.createObjectURL(b);a.click()})</script>`,
  ],
  ['a frame that is a page', `<iframe src="data:text/html;base64,${payload}"></iframe>`],
  [
    'a refresh to a page',
    `<meta http-equiv="refresh" content="0;url=data:text/html;base64,${payload}">`,
  ],
  ['data over lines', builder(`\`${pieces(payload, '\n')}\``)],
  ['data as numbers', builder(`String.fromCharCode(${[...zip].join(',')})`)],
  [
    'data as escapes',
    builder(`"${[...zip].map((octet) => `\\x${octet.toString(16).padStart(2, '0')}`).join('')}"`),
  ],
  ['the way of Internet Explorer', '<body onload="navigator.msSaveOrOpenBlob(b, n)">'],
  [
    'a link that is a file',
    `<a download="x.zip" href="data:application/zip;base64,${payload}">open</a>`,
  ],
  [
    'such a link in escapes',
    `<a download href="&#100;ata:application/octet-stream;base64,${payload}">`,
  ],
  [
    'a page in a page',
    `<script>document.write(atob("${Buffer.from(`<html>${'x'.repeat(600)}`).toString('base64')}"))</script>`,
  ],
];

test('a page in XML is a page', async () => {
  const script = builder(`"${payload}"`).replaceAll('script', 'x:script');
  const page = `<?xml version="1.0"?><x:html xmlns:x="http://www.w3.org/1999/xhtml">${script}</x:html>`;
  const { traits } = await outermost(Buffer.from(page), { name: 'a.xml' });
  assert.deepEqual(traits, ['html-smuggling']);
});

for (const [what, html] of smuggling) {
  test(`a page with ${what} smuggles`, async () => {
    const { traits } = await outermost(Buffer.from(html), { name: 'a.html' });
    assert.deepEqual(traits, ['html-smuggling']);
  });
}

const honest: readonly (readonly [what: string, html: string])[] = [
  ['text', '<html><p>Hello</p></html>'],
  ['a picture in it', `<img src="data:image/png;base64,${random}"><script>alert(1)</script>`],
  ['a link to a picture', `<a href="data:image/png;base64,${random}">x</a>`],
  ['a table to save', `<a download="x.csv" href="data:text/csv,${'a,b%0A'.repeat(50)}">x</a>`],
  [
    'a script that offers its table',
    '<script>save.onclick=()=>{a.href=URL.createObjectURL(new Blob([csv]));a.download="x.csv";a.click()}</script>',
  ],
  [
    'a library and data',
    builder(`"${random}"`).replace(
      '<script>',
      `<script>${'function f(){return 1}\n'.repeat(4000)}`,
    ),
  ],
];

for (const [what, html] of honest) {
  test(`a page with ${what} does not smuggle`, async () => {
    const { traits } = await outermost(Buffer.from(html), { name: 'a.html' });
    assert.deepEqual(traits, []);
  });
}

for (const [what, html] of smuggling) {
  test(`a glance does not take a page with ${what} for plain, nor behind a long text`, async () => {
    assert.equal(isPlainPage(Buffer.from(html)), false);
    assert.equal(isPlainPage(Buffer.from(html, 'utf16le')), false);
    const long = Buffer.from(`<p>${'text '.repeat(2000)}</p>${html}`);
    assert.deepEqual((await outermost(long, { name: 'a.html' })).traits, ['html-smuggling']);
  });
}

test('a page of a letter is plain, and its length is known by the glance', async () => {
  const page = Buffer.from(`<html><p style="x">${'text &amp; more '.repeat(600)}</p>`);
  assert.equal(isPlainPage(page), true);
  const { files } = await examine(page, { type: 'text/html' });
  assert.deepEqual(
    files.map(({ octets }) => octets),
    [page.length],
  );
});

test('a plain page that is larger than what may be held is too large', async () => {
  const page = Buffer.from(`<html>${'text '.repeat(100)}`);
  const limits = { maxHeldBytes: 400 };
  const { traits } = await outermost(page, { name: 'a.html', limits });
  assert.deepEqual(traits, ['too-large']);
});

test('the file that a page smuggles is examined', async () => {
  assert.deepEqual(await traitsIn(Buffer.from(builder(`"${payload}"`)), { name: 'a.html' }), [
    'invoice.js: dangerous-name',
    'a.html: html-smuggling (a script that builds a file)',
  ]);
});

test('a page is known by its name, by its type and by its content', async () => {
  const page = Buffer.from(`Hello ${builder(`"${payload}"`)}`);
  const ways = [{ name: 'a.HTM' }, { name: 'a.shtml' }, { type: 'text/html' }];
  for (const way of ways) {
    assert.deepEqual((await outermost(page, way)).traits, ['html-smuggling']);
  }
  const wide = Buffer.from(`\ufeff<html>${builder(`"${payload}"`)}`, 'utf16le');
  assert.deepEqual((await outermost(wide)).traits, ['html-smuggling']);
});

const pictures: readonly (readonly [what: string, svg: string, isActive: boolean])[] = [
  ['lines', '<svg><path d="M0 0"/></svg>', false],
  ['text in a foreign object', '<svg><foreignObject><div>Hello</div></foreignObject></svg>', false],
  ['a link', '<svg><a href="https://a.example/"><text>x</text></a></svg>', false],
  ['a picture in it', '<svg><image href="data:image/png;base64,AAAA"/></svg>', false],
  ['a script', '<svg><script>x()</script></svg>', true],
  ['a script in a name space', '<svg xmlns:s="x"><s:script>x()</s:script></svg>', true],
  ['an event', '<svg onload="x()"></svg>', true],
  ['an event behind a slash', '<svg><rect/onclick="x()"/></svg>', true],
  ['a script address', '<svg><a href="javascript:x()"/></svg>', true],
  ['a script address in escapes', '<svg><a href="java&#115;cript&colon;x()"/></svg>', true],
  ['a script address with a break', '<svg><a href="java\nscript:x()"/></svg>', true],
  [
    'a frame in a foreign object',
    '<svg><foreignObject><iframe src="https://a.example/"/></foreignObject></svg>',
    true,
  ],
  ['a page in an address', '<svg><use href="data:text/html;base64,AAAA"/></svg>', true],
  ['entities', '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', true],
];

for (const [what, svg, isActive] of pictures) {
  test(`a picture with ${what} ${isActive ? 'acts' : 'only shows'}`, async () => {
    const { detected, traits } = await outermost(Buffer.from(svg));
    assert.deepEqual(
      { detected, traits },
      { detected: 'svg', traits: isActive ? ['svg-script'] : [] },
    );
  });
}

test('a page that is too large to be searched is said to be', async () => {
  const { files } = await examine(Buffer.alloc(17 * 1024 * 1024, '<p>x</p>'), { name: 'a.html' });
  assert.deepEqual([...(files[0]?.traits.keys() ?? [])], ['too-large']);
});

test('a payload of many megabytes is found like a short one', async () => {
  const large = Buffer.concat([zip, Buffer.alloc(6_000_000)]).toString('base64');
  for (const data of [`"${large}"`, `\`${pieces(large, '\n')}\``]) {
    const { traits } = await outermost(Buffer.from(builder(data)), { name: 'a.html' });
    assert.deepEqual(traits, ['html-smuggling']);
  }
  const numbers = builder(`String.fromCharCode(${'80,75,'.repeat(500_000)}0)`);
  const { traits } = await outermost(Buffer.from(numbers), { name: 'a.html' });
  assert.deepEqual(traits, ['html-smuggling']);
});

test('payloads are found in linear time', () => {
  for (const piece of [
    'A'.repeat(39).concat(' '),
    '"A"+',
    '%41',
    '\\x41 ',
    '1,',
    'AAAAAAAAAAAAAAAAAAAAA\n',
  ]) {
    findPayloads(piece.repeat(Math.ceil(2_000_000 / piece.length)));
  }
});
