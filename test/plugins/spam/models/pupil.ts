// Owns the other process of tests: it teaches the models in a database when it is told to.
import { databaseForm } from '../../../../plugins/spam/models/tables.ts';
import { openDatabase } from '../../../../src/stores/sqlite.ts';
import { ann, letter, setting } from './setting.ts';

const [file = '', , first = '0', count = '0'] = process.argv.slice(2);
const database = openDatabase(file, databaseForm);
const { learn, scoreOf } = setting({ database });

process.on('message', async (request) => {
  if (request === 'go') {
    for (let number = Number(first); number < Number(first) + Number(count); number += 1) {
      const kind = number % 2 === 0 ? 'spam' : 'ham';
      await learn(ann, kind, letter(kind, number), { source: 'command' });
    }
    process.send?.('taught');
    return;
  }
  process.send?.(scoreOf(ann, letter('spam', 1000)));
  database.close();
  process.disconnect();
});
process.send?.('ready');
