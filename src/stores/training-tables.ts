// Owns the tables of what is kept for lessons and of the lessons that wait. It asks and writes nothing.

export const trainingTables = `CREATE TABLE message (
     id BLOB PRIMARY KEY,
     user TEXT,
     upstream_host TEXT,
     uidl TEXT,
     judged TEXT,
     taught TEXT,
     sender TEXT,
     kept_at INTEGER NOT NULL,
     octets INTEGER NOT NULL,
     content BLOB NOT NULL
   ) STRICT;
   CREATE INDEX message_by_age ON message (kept_at, octets);
   CREATE TABLE lesson (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     message BLOB NOT NULL,
     what TEXT NOT NULL,
     weight TEXT NOT NULL,
     source TEXT NOT NULL,
     due_at INTEGER NOT NULL,
     attempts INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX lesson_by_time ON lesson (due_at);
   CREATE INDEX lesson_by_message ON lesson (message)`;
