// Owns attachments that are documents with a file in them.
import {
  flatWordDocument,
  notebook,
  oldWordDocument,
  openDocument,
  pageWithDataLink,
  pdfWithFile,
  richText,
  savedMessage,
  smugglingPage,
  webArchive,
  wordDocument,
  wordDocumentWithObject,
  wordDocumentWithPackage,
} from '../files/documents.ts';
import { zipOf } from '../files/zip.ts';
import { attached, type FileForm, form, type Wrapping } from './wrapping.ts';

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const pdf = 'application/pdf';

const documents: readonly FileForm[] = [
  form('Word document with an embedded object', 'report.docx', docx, wordDocumentWithObject),
  form('Word document with an embedded zip', 'report.docx', docx, wordDocumentWithPackage),
  form('Word document with a file as a picture', 'report.docx', docx, (content) =>
    wordDocument('media/image1.png', content, 'image'),
  ),
  form('Word document in one XML file', 'report.xml', 'application/xml', flatWordDocument),
  form('Word document of 1997 (OLE2)', 'report.doc', 'application/msword', oldWordDocument),
  form(
    'OpenDocument with an object',
    'report.odt',
    'application/vnd.oasis.opendocument.text',
    openDocument,
  ),
  form(
    'Outlook message with an attachment',
    'report.msg',
    'application/vnd.ms-outlook',
    savedMessage,
  ),
  form('PDF with a file', 'report.pdf', pdf, (content) => pdfWithFile(content, 'FlateDecode')),
  form('PDF with a file in two filters', 'report.pdf', pdf, (content) =>
    pdfWithFile(content, 'ASCIIHexDecode', 'FlateDecode'),
  ),
  form('PDF with a file in base 85', 'report.pdf', pdf, (content) =>
    pdfWithFile(content, 'ASCII85Decode', 'FlateDecode'),
  ),
  form('RTF with an object', 'report.rtf', 'application/rtf', richText),
  form('OneNote notebook with a file', 'report.one', 'application/onenote', notebook),
  form('page that puts a document together', 'report.html', 'text/html', smugglingPage),
  form('page with the file in a link', 'report.html', 'text/html', pageWithDataLink),
  form('saved page (MHTML)', 'report.mht', 'multipart/related', webArchive),
  form('Word document in a zip', 'report.zip', 'application/zip', (content) =>
    zipOf(wordDocumentWithObject(content), { name: 'report.docx' }),
  ),
  form('PDF in a zip', 'report.zip', 'application/zip', (content) =>
    zipOf(pdfWithFile(content, 'FlateDecode'), { name: 'report.pdf' }),
  ),
];

export const documentWrappings: readonly Wrapping[] = documents.map(attached);
