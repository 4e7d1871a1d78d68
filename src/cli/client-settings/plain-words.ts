// Owns the settings in plain words: one block for each listener, for people and their help desk.
import { type ClientSettings, isLoopback } from '../../admin/client-settings.ts';
import { encryptionWord } from './encryption-words.ts';

export function plainWords(settings: ClientSettings): string[] {
  const { listener, server, port, tls, userNames } = settings;
  return [
    `Listener ${listener}`,
    `  Protocol:        POP3`,
    `  Server:          ${server}`,
    `  Port:            ${port}`,
    `  Encryption:      ${encryptionWord(tls)}`,
    `  Authentication:  normal password`,
    `  User name:       ${userNames.join(' or ')}; the name is mostly the whole mail address`,
    `  Password:        as before`,
    ...notesOn(settings).map((note) => `  Note: ${note}`),
  ];
}

export function notesOn({ server, port, tls, certificate }: ClientSettings): string[] {
  const notes: string[] = [];
  if (isLoopback(server)) notes.push('only programs on the same machine reach this address.');
  else if (tls === 'none') notes.push('the password and all mail travel readable.');
  if (certificate === 'self-signed') {
    notes.push('the certificate is made anew at each start, and mail programs refuse it.');
  }
  if (certificate === 'local authority') {
    notes.push('the machine has to trust the local authority first: postern ca export.');
  }
  if (port === 0) notes.push('the port is another one at each start; the log shows it.');
  return notes;
}
