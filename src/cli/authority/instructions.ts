// Owns what people are told who have to make their devices trust the authority.
import type { X509Certificate } from 'node:crypto';

export function instructions(
  certificate: X509Certificate,
  permitted: readonly string[] | undefined,
): string {
  const scope =
    permitted === undefined
      ? 'It may sign for any name: trust it only on devices of your own.'
      : `It can vouch for these names and those below them, and for no others: ${permitted.join(', ')}.`;
  return `How to trust the certificates of the mail proxy

${scope}
Valid until ${certificate.validToDate.toISOString().slice(0, 10)}. Compare the SHA-256 fingerprint with the one that you were told:
${certificate.fingerprint256}

Windows (for all programs that use the store of the system, such as Outlook), as administrator:
  certutil -addstore Root postern-ca.crt
  or by group policy: Computer Configuration, Windows Settings, Security Settings, Public Key
  Policies, Trusted Root Certification Authorities, Import.

macOS:
  sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain postern-ca.crt
  or open postern-ca.mobileconfig and confirm it in System Settings, General, Device Management.

iPhone and iPad:
  open postern-ca.mobileconfig (by mail or from a web page), install it in Settings, General, VPN &
  Device Management, then switch it on in Settings, General, About, Certificate Trust Settings.

Android:
  Settings, Security, Encryption & credentials, Install a certificate, CA certificate, postern-ca.crt.
  Many mail programs trust authorities of the user only where they say so; FairEmail and K-9 Mail ask
  when they first see the certificate.

Thunderbird (it has a store of its own):
  Settings, Privacy & Security, Certificates, Manage Certificates, Authorities, Import,
  postern-ca.pem, "Trust this CA to identify websites".
  By policy: {"policies": {"Certificates": {"Install": ["postern-ca.pem"]}}} in policies.json.

Linux:
  Debian, Ubuntu: cp postern-ca.pem /usr/local/share/ca-certificates/postern-ca.crt && update-ca-certificates
  Fedora, RHEL: cp postern-ca.pem /etc/pki/ca-trust/source/anchors/ && update-ca-trust
`;
}
