// Owns the words of mail programs for kinds of encryption.
import type { ClientSettings } from '../../admin/client-settings.ts';

export function encryptionWord(tls: ClientSettings['tls']): string {
  return { none: 'none', stls: 'STARTTLS', implicit: 'SSL/TLS' }[tls];
}
