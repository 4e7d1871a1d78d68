// Owns the names of the forms in which settings for mail programs are printed.

export const settingsFormats = [
  'text',
  'json',
  'thunderbird',
  'outlook',
  'apple-mail',
  'fetchmail',
  'mpop',
  'getmail',
] as const;

export type SettingsFormat = (typeof settingsFormats)[number];
