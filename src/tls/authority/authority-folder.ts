// Owns the folder of the local authority: its certificate, its key, what it has signed and what it has taken
// back. The key is for its user alone.
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One certificate that was signed. */
export interface IssuedRecord {
  /** In hexadecimal. */
  readonly serial: string;
  readonly name: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

const issuedFile = /^issued-\d{4}-\d{2}\.jsonl$/;
/** No certificate lives longer than 90 days. */
const keptMs = 100 * 86_400_000;

export class AuthorityFolder {
  readonly path: string;
  /** Where the last record went. */
  #current: string | undefined;

  constructor(path: string) {
    this.path = path;
  }

  get certificateFile(): string {
    return join(this.path, 'ca.pem');
  }

  get keyFile(): string {
    return join(this.path, 'ca-key.pem');
  }

  /** The list of revoked certificates, in PEM. */
  get revokedFile(): string {
    return join(this.path, 'revoked.pem');
  }

  /** One for each month, so that old ones can go without disturbing whoever writes. */
  #issuedFile(atMs: number): string {
    return join(this.path, `issued-${new Date(atMs).toISOString().slice(0, 7)}.jsonl`);
  }

  /** Rejects when there is an authority already: another one would make all clients distrust it. */
  async create(certPem: string, keyPem: string, revokedPem: string): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await writeNew(this.keyFile, keyPem, 0o600);
    try {
      await writeNew(this.certificateFile, certPem, 0o644);
    } catch (error) {
      await rm(this.keyFile);
      throw error;
    }
    await this.replaceRevoked(revokedPem);
  }

  async read(): Promise<{ readonly certPem: string; readonly keyPem: string }> {
    const certPem = await readFile(this.certificateFile, 'utf8');
    const { mode } = await stat(this.keyFile);
    if ((mode & 0o007) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0');
      throw new Error(
        `${this.keyFile} is open to every user of this machine (mode ${shown}); make it 0600`,
      );
    }
    return { certPem, keyPem: await readFile(this.keyFile, 'utf8') };
  }

  readRevoked(): Promise<string> {
    return readFile(this.revokedFile, 'utf8');
  }

  /** Whole or not at all. */
  async replaceRevoked(pem: string): Promise<void> {
    const temporary = `${this.revokedFile}.new`;
    await rm(temporary, { force: true });
    await writeNew(temporary, pem, 0o644);
    await rename(temporary, this.revokedFile);
  }

  /**
   * Several processes may do so at a time: a short line is appended whole. The first one of a month removes
   * what is out of date.
   */
  async record(issued: IssuedRecord): Promise<void> {
    const file = this.#issuedFile(issued.fromMs);
    await appendFile(file, `${JSON.stringify(issued)}\n`, { mode: 0o600 });
    if (file === this.#current) return;
    this.#current = file;
    await this.prune(issued.fromMs);
  }

  /** What has not expired; damaged lines are left out. */
  async issued(nowMs: number): Promise<readonly IssuedRecord[]> {
    const files = (await readdir(this.path)).filter((name) => issuedFile.test(name)).sort();
    const texts = await Promise.all(files.map((name) => readFile(join(this.path, name), 'utf8')));
    return texts
      .flatMap((text) => text.split('\n').map(toRecord))
      .filter((each) => each !== undefined)
      .filter(({ untilMs }) => untilMs > nowMs);
  }

  /** Removes records of which all have expired. */
  async prune(nowMs: number): Promise<void> {
    const oldest = basename(this.#issuedFile(nowMs - keptMs));
    for (const name of await readdir(this.path)) {
      if (issuedFile.test(name) && name < oldest) await rm(join(this.path, name), { force: true });
    }
  }
}

function toRecord(line: string): IssuedRecord | undefined {
  try {
    const value = JSON.parse(line) as Partial<Record<keyof IssuedRecord, unknown>> | null;
    const { serial, name, fromMs, untilMs } = value ?? {};
    if (typeof serial !== 'string' || typeof name !== 'string') return undefined;
    if (typeof fromMs !== 'number' || typeof untilMs !== 'number') return undefined;
    return { serial, name, fromMs, untilMs };
  } catch {
    return undefined;
  }
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
