import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StrippedFacts, strippedNote } from '../../../src/pipeline/notice/stripped-note.ts';
import { parseTemplate } from '../../../src/pipeline/notice/template.ts';
import { block } from '../../../src/plugin-api/verdict.ts';
import { assertPlain } from '../../helpers/own-message.ts';

const facts: StrippedFacts = {
  part: 'invoice.zip',
  findings: [{ plugin: 'clamav', block: block('Eicar', { explanation: 'A test.' }) }],
  code: 'K7QF-2M9P-X4TD',
  contact: 'help@example.org',
  language: 'en',
  templates: undefined,
};

function textOf(changes: Partial<StrippedFacts> = {}): string {
  const { contentType, content, disposition, fileName } = strippedNote({ ...facts, ...changes });
  assert.equal(contentType, 'text/plain');
  assert.equal(disposition, 'inline');
  assert.equal(fileName, undefined);
  assert.ok(typeof content === 'string');
  assert.match(content, /^(?:[^\r\n]*\r\n)+$/);
  assertPlain(content.replaceAll('\r\n', ''));
  return content;
}

test('the note names the part, what was found and how to get it', () => {
  assert.equal(
    textOf(),
    [
      'The mail filter has removed a part of this message.',
      '',
      'Part: invoice.zip',
      '',
      'What was found:',
      '* Eicar (clamav)',
      '  A test.',
      '',
      'If you need it, ask help@example.org and give this code:',
      '',
      '  K7QF-2M9P-X4TD',
      '',
      'The complete message is kept in quarantine.',
      '',
    ].join('\r\n'),
  );
});

test('the note speaks the language of the reader', () => {
  assert.match(textOf({ language: 'de' }), /einen Teil dieser Nachricht entfernt/);
  assert.match(textOf({ language: 'fr' }), /retiré une partie/);
  assert.match(textOf({ language: 'es', part: undefined }), /Parte: no disponible\r\n/);
});

test('a hostile name stays one line', () => {
  assert.match(textOf({ part: 'a\r\n\u202eb https://x' }), /^Part: a b https\[:\]\/\/x\r$/m);
});

test('a template of the user takes its place', () => {
  const { template: stripped } = parseTemplate('Weg: {{part}} {{code}}', 'text');
  const own = { text: { pieces: [] }, html: undefined, subject: undefined, stripped };
  const templates = new Map([['nl', own]]);
  assert.equal(
    textOf({ language: 'nl', templates, part: '{{code}}' }),
    'Weg: {{code}} K7QF-2M9P-X4TD\r\n',
  );
});
