// Owns the tables in which models, lessons and votes are kept. It asks and writes nothing.
import type { DatabaseForm } from '#plugin-api';

/**
 * A model is `content` with the changes after `kept_revision` applied: a lesson writes one small row, and
 * the content is written anew after some. The model of all accounts has neither user nor host.
 *
 * A lesson keeps how it moved the model, in hashed features, so that it can be taken back without the
 * message. No text of a message is in this file. Numbers of models are not used twice, since processes
 * remember models by them.
 */
const first = `
CREATE TABLE model (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user TEXT NOT NULL,
  host TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,
  kept_revision INTEGER NOT NULL DEFAULT 0,
  content BLOB,
  day INTEGER NOT NULL DEFAULT 0,
  lessons_of_day INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  UNIQUE (user, host)
) STRICT;

CREATE TABLE change (
  model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
  revision INTEGER NOT NULL,
  direction TEXT NOT NULL,
  step BLOB NOT NULL,
  PRIMARY KEY (model, revision)
) STRICT;

CREATE TABLE lesson (
  model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
  message BLOB NOT NULL,
  label TEXT NOT NULL,
  weight TEXT NOT NULL,
  source TEXT NOT NULL,
  taught INTEGER NOT NULL,
  step BLOB,
  PRIMARY KEY (model, message)
) STRICT;
CREATE INDEX lesson_of_model_by_age ON lesson (model, taught);
CREATE INDEX lesson_by_age ON lesson (taught);

CREATE TABLE cluster (
  id INTEGER PRIMARY KEY,
  signature BLOB NOT NULL,
  message BLOB NOT NULL,
  seen INTEGER NOT NULL
) STRICT;
CREATE INDEX cluster_by_age ON cluster (seen);

CREATE TABLE cluster_band (
  band INTEGER NOT NULL,
  value INTEGER NOT NULL,
  cluster INTEGER NOT NULL REFERENCES cluster ON DELETE CASCADE,
  PRIMARY KEY (band, value, cluster)
) STRICT, WITHOUT ROWID;
CREATE INDEX cluster_band_by_cluster ON cluster_band (cluster);

CREATE TABLE vote (
  cluster INTEGER NOT NULL REFERENCES cluster ON DELETE CASCADE,
  user TEXT NOT NULL,
  host TEXT NOT NULL,
  domain TEXT NOT NULL,
  label TEXT NOT NULL,
  voted INTEGER NOT NULL,
  PRIMARY KEY (cluster, user, host)
) STRICT, WITHOUT ROWID`;

/** What the last lessons before a power failure said may be lost; no model is damaged by it. */
export const databaseForm: DatabaseForm = { migrations: [first], durability: 'normal' };
