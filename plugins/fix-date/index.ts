// Owns a Date field where it is missing or no date: mail programs would sort the message to 1970.
import { definePlugin } from '#plugin-api';

export default definePlugin({
  name: 'fix-date',
  setup: () => ({
    async transform({ edit }, next) {
      const [date, ...others] = edit.all('Date');
      if (date === undefined || !isDate(date) || others.length > 0) {
        // RFC 5321 s.4.4: every server adds its line on top, with the time at the end.
        const received = edit.all('Received').map(afterLastSemicolon).find(isDate);
        const valid = [date, ...others].find((each) => each !== undefined && isDate(each));
        const better = valid ?? received;
        if (better !== undefined) {
          if (date !== undefined && date !== better) edit.add('X-Original-Date', printable(date));
          edit.remove('Date');
          edit.add('Date', printable(better).trim());
        }
      }
      await next();
    },
  }),
});

function afterLastSemicolon(received: string): string {
  return received.slice(received.lastIndexOf(';') + 1).trim();
}

const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
// RFC 5322 s.3.3, with the zones of s.4.3 and a comment, which is very common.
const dateTime = new RegExp(
  `^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),\\s*)?\\d{1,2}\\s+(?:${months})\\s+\\d{2}(?:\\d{2})?\\s+` +
    '\\d\\d:\\d\\d(?::\\d\\d)?\\s+(?:[+-]\\d{4}|UT|GMT|[ECMP][SD]T|Z)(?:\\s*\\([^()]{0,60}\\))?$',
  'i',
);

/** Also a day that is in the calendar: Date refuses 32 January. */
function isDate(text: string): boolean {
  return dateTime.test(text.trim()) && !Number.isNaN(Date.parse(text.replace(/\(.*$/, '').trim()));
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
