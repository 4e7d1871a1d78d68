// Owns what is asked and written of votes: who called which cluster of near copies what. It decides nothing.
import type { SqlDatabase } from '#plugin-api';
import type { Label } from './lesson-rows.ts';
import { bandsOf, isNearCopy, signatureFromBuffer, signatureToBuffer } from './near-copies.ts';
import type { Owner } from './owner.ts';
import { domainOf } from './owner.ts';

export interface Cluster {
  readonly id: number;
  /** The mark of its first message, which names it among the lessons. */
  readonly message: Buffer;
}

export interface Votes {
  readonly accounts: number;
  readonly domains: number;
}

/** Of the clusters that have something in common with a message, so many are compared with it. */
const maxCandidates = 50;

export class VoteRows {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  findOrMake(signature: Uint32Array, message: Buffer, nowMs: number): Cluster {
    const cluster = this.find(signature) ?? this.#make(signature, message, nowMs);
    this.#database.run('UPDATE cluster SET seen = :nowMs WHERE id = :id', {
      nowMs,
      id: cluster.id,
    });
    return cluster;
  }

  find(signature: Uint32Array): Cluster | undefined {
    const candidates = this.#database.all(
      `SELECT DISTINCT cluster.id, cluster.signature, cluster.message
       FROM json_each(:bands) AS band
       JOIN cluster_band ON cluster_band.band = band.key AND cluster_band.value = band.value
       JOIN cluster ON cluster.id = cluster_band.cluster
       LIMIT ${maxCandidates}`,
      { bands: JSON.stringify(bandsOf(signature)) },
    );
    for (const row of candidates) {
      const [known, message] = [row['signature'], row['message']];
      if (!(known instanceof Uint8Array) || !(message instanceof Uint8Array)) continue;
      if (!isNearCopy(signature, signatureFromBuffer(known))) continue;
      return { id: Number(row['id']), message: Buffer.from(message) };
    }
    return undefined;
  }

  /** One of each account; a later one takes its place. */
  put(cluster: number, owner: Owner, label: Label, votedMs: number): void {
    const { user, host } = owner;
    this.#database.run(
      `INSERT OR REPLACE INTO vote (cluster, user, host, domain, label, voted)
       VALUES (:cluster, :user, :host, :domain, :label, :votedMs)`,
      { cluster, user, host, domain: domainOf(owner), label, votedMs },
    );
  }

  remove(cluster: number, { user, host }: Owner): boolean {
    return (
      this.#database.run(
        'DELETE FROM vote WHERE cluster = :cluster AND user = :user AND host = :host',
        { cluster, user, host },
      ) > 0
    );
  }

  count(cluster: number, label: Label, sinceMs: number): Votes {
    const row = this.#database.get(
      `SELECT count(*) AS accounts, count(DISTINCT domain) AS domains FROM vote
       WHERE cluster = :cluster AND label = :label AND voted >= :sinceMs`,
      { cluster, label, sinceMs },
    );
    return { accounts: Number(row?.['accounts'] ?? 0), domains: Number(row?.['domains'] ?? 0) };
  }

  forgetBefore(seenMs: number): void {
    this.#database.run('DELETE FROM cluster WHERE seen < :seenMs', { seenMs });
  }

  #make(signature: Uint32Array, message: Buffer, seen: number): Cluster {
    const octets = signatureToBuffer(signature);
    const row = this.#database.get(
      `INSERT INTO cluster (signature, message, seen) VALUES (:octets, :message, :seen)
       RETURNING id`,
      { octets, message, seen },
    );
    const id = Number(row?.['id']);
    this.#database.run(
      `INSERT OR IGNORE INTO cluster_band (band, value, cluster)
       SELECT key, value, :id FROM json_each(:bands)`,
      { id, bands: JSON.stringify(bandsOf(signature)) },
    );
    return { id, message };
  }
}
