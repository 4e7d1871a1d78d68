import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type HtmlSurvey, surveyHtml } from '../../../../plugins/spam-rules/html/html-survey.ts';

const hidden: readonly (readonly [string, string])[] = [
  ['display', '<p style="Display : NONE">abc</p>'],
  ['visibility', '<p style="visibility:hidden">abc</p>'],
  ['for Outlook', '<p style="mso-hide:all">abc</p>'],
  ['the attribute', '<div hidden>abc</div>'],
  ['opacity', '<p style="opacity:0">abc</p>'],
  ['a tiny font', '<p style="font-size:0.5px !important">abc</p>'],
  ['a tiny font in em', '<p style="font-size:.1em">abc</p>'],
  ['a font of size 0', '<font size=0>abc</font>'],
  ['off the screen', '<p style="position:absolute;left:-5000px">abc</p>'],
  ['indented away', '<p style="text-indent:-9999px">abc</p>'],
  ['no height', '<div style="max-height:0;overflow:hidden">abc</div>'],
  ['white on white', '<font color="#FFF">abc</font>'],
  ['white on nearly white', '<p style="color:rgb(255,255,255);background:#fdfdfd">abc</p>'],
  ['black on a black cell', '<table bgcolor=black><tr><td>abc</table>'],
  ['the text of the body', '<body bgcolor="#000080" text="navy">abc'],
  ['an element within', '<p style="display:none"><b><i>abc</i></b></p>'],
];

for (const [how, html] of hidden) {
  test(`hidden: ${how}`, async () => {
    const { hiddenLetters, visibleText } = await surveyHtml(html);
    assert.equal(hiddenLetters, 3);
    assert.equal(visibleText.trim(), '');
  });
}

const visible: readonly (readonly [string, string])[] = [
  ['after what is hidden', '<p style="display:none">x</p>abc'],
  ['a new background', '<table bgcolor=#000000><tr><td bgcolor=#ffffff>abc</table>'],
  ['the next cell', '<table><tr><td style="color:#fff"><td>abc</table>'],
  ['a picture behind', '<td background=a.png><font color=white>abc</font>'],
  ['a class of a style sheet', '<style>.a{}</style><p class=a style="color:white">abc'],
  ['small', '<p style="font-size:9px">abc</p>'],
  ['half the size', '<p style="font-size:50%">abc</p>'],
  ['an unknown colour', '<p style="color:var(--x)">abc</p>'],
  ['comments', 'a<!-- x -->b<!-- > -->c'],
];

for (const [how, html] of visible) {
  test(`seen: ${how}`, async () => {
    assert.equal((await surveyHtml(html)).visibleText.trim(), 'abc');
  });
}

test('links have their target and what is shown of them', async () => {
  const { links } = await surveyHtml(
    '<a href="https://a.example/?x=1&amp;y=2">Click <b>he&#114;e</b></a> <a name=x>no</a>' +
      '<a HREF=https://b.example/><img src=x></a><a href="https://c.example/">never closed',
  );
  assert.deepEqual(links, [
    { target: 'https://a.example/?x=1&y=2', shown: 'Click here', hasImage: false },
    { target: 'https://b.example/', shown: '', hasImage: true },
    { target: 'https://c.example/', shown: 'never closed', hasImage: false },
  ]);
});

test('forms, scripts, redirects and pictures are counted', async () => {
  const survey = await surveyHtml(
    '<form><input type=Password></form><script>x</script><meta http-equiv=refresh>' +
      '<img src=a><img src=b width=1>&#80;&#x50;',
  );
  const counts: (keyof HtmlSurvey)[] = [
    'forms',
    'passwordFields',
    'scripts',
    'images',
    'disguisedLetters',
  ];
  assert.deepEqual(
    counts.map((key) => survey[key]),
    [1, 1, 1, 1, 2],
  );
  assert.ok(survey.hasRefresh);
});

test('whatever a stranger writes is read', async () => {
  const unit = fc.constantFrom('<', '>', 'a', '/', '"', '=', ' ', 'td', 'style', '&#', ';', '!--');
  await fc.assert(
    fc.asyncProperty(fc.string({ unit }), async (html) => {
      const { visibleLetters, hiddenLetters } = await surveyHtml(html);
      assert.ok(visibleLetters + hiddenLetters <= html.length);
    }),
  );
});

test('hundreds of thousands of tags, within each other and closed in no order, are read in linear time', async () => {
  for (const html of [
    '<b>'.repeat(300_000),
    `${'<b>'.repeat(500)}${'</i>'.repeat(300_000)}`,
    '<table>'.repeat(100) + '<td>'.repeat(300_000),
    `<p ${'a=b '.repeat(300_000)}>`,
    '<p a="'.repeat(300_000),
  ]) {
    assert.equal((await surveyHtml(html)).hiddenLetters, 0);
  }
});
