// Owns the profile by which iOS, iPadOS and macOS take an authority.
import { createHash, type X509Certificate } from 'node:crypto';

/** The same certificate makes the same profile, so that a second one takes the place of the first. */
export function mobileConfig(certificate: X509Certificate): string {
  const digest = createHash('sha256').update(certificate.raw).digest('hex').toUpperCase();
  const payload = uuid(digest.slice(0, 32));
  const profile = uuid(digest.slice(32));
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadCertificateFileName</key><string>postern-ca.crt</string>
      <key>PayloadContent</key><data>${certificate.raw.toString('base64')}</data>
      <key>PayloadDisplayName</key><string>Postern mail proxy</string>
      <key>PayloadIdentifier</key><string>org.postern.ca.${payload}</string>
      <key>PayloadType</key><string>com.apple.security.root</string>
      <key>PayloadUUID</key><string>${payload}</string>
      <key>PayloadVersion</key><integer>1</integer>
    </dict>
  </array>
  <key>PayloadDisplayName</key><string>Postern mail proxy</string>
  <key>PayloadIdentifier</key><string>org.postern.profile.${profile}</string>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadUUID</key><string>${profile}</string>
  <key>PayloadVersion</key><integer>1</integer>
</dict>
</plist>
`;
}

function uuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
