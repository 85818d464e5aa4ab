import { createHash, randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { asWriteError } from './atomic-write.ts';
import { TilewrightError } from './errors.ts';
import { makeFolders } from './make-folders.ts';
import { packageRoot } from './package-root.ts';

export interface ArtefactStoreOptions {
  /** Where the store lies; by default `artefactFolder()`. */
  readonly folder?: string;
}

export interface BuiltArtefact {
  /** Absolute folder of the artefact; complete, and never changed again. */
  readonly folder: string;
  /** True when it was there already and nothing was built. */
  readonly cached: boolean;
}

export interface StoredArtefact {
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly builtAt: string;
}

export interface CleanReport {
  /** Artefacts removed, half-built ones included. */
  readonly artefacts: number;
  readonly bytes: number;
}

/** Built artefacts, one folder each, named by the hash of everything that went into them. */
export interface ArtefactStore {
  readonly folder: string;
  /** For the logs of builds that failed; it may not be there. `clean` removes it. */
  readonly logs: string;
  /**
   * The artefact of `name` and `key`, built first when it is not there.
   * @param key everything that the artefact depends on; hashed (an object by its sorted JSON).
   * @param fill builds into the empty folder it is given. When it throws, nothing is kept.
   * Two builders of one artefact, in one process or in two, take turns: the second finds it built.
   * @throws TilewrightError `STORE_UNWRITABLE` naming the folder and the way out.
   */
  build(
    name: string,
    key: string | object,
    fill: (folder: string) => Promise<void>,
  ): Promise<BuiltArtefact>;
  list(): Promise<readonly StoredArtefact[]>;
  /** Removes every artefact; what the store did not put there stays. */
  clean(): Promise<CleanReport>;
}

/** Written into each artefact: `clean` and `list` touch no folder without it. */
const markerFile = 'artefact.json';
const temporaryPrefix = '.building-';
const lockFolder = '.locks';
/** What builds leave behind that failed. */
const logFolder = 'logs';
/** A builder that died is recognised after this long; a living one renews its lock three times as often. */
const staleMs = 15_000;

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function userCache(environment: NodeJS.ProcessEnv): string {
  const xdg = environment['XDG_CACHE_HOME'];
  if (xdg !== undefined && xdg !== '') return resolve(xdg, 'tilewright', 'bitstreams');
  const home = homedir();
  return process.platform === 'darwin'
    ? join(home, 'Library', 'Caches', 'tilewright', 'bitstreams')
    : join(home, '.cache', 'tilewright', 'bitstreams');
}

/**
 * Where built artefacts go: `$TILEWRIGHT_CACHE`; else `bitstreams/` of the checkout; else, when the
 * package is installed below `node_modules` or lies in a read-only place, the user's cache folder.
 * @param root the package's own folder.
 */
export function artefactFolder(
  environment: NodeJS.ProcessEnv = process.env,
  root: string = packageRoot(),
): string {
  const chosen = environment['TILEWRIGHT_CACHE'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const installed = root.split(sep).includes('node_modules');
  if (existsSync(join(root, '.git')) || (!installed && isWritable(root))) {
    return join(root, 'bitstreams');
  }
  return userCache(environment);
}

function canonical(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, canonical(member)]),
  );
}

/** SHA-256, in hex, of a text or of an object (the order of whose members does not matter). */
export function contentHash(key: string | object): string {
  const text = typeof key === 'string' ? key : JSON.stringify(canonical(key));
  return createHash('sha256').update(text).digest('hex');
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory()
      ? await folderBytes(path)
      : await lstat(path).then(
          (status) => status.size,
          () => 0,
        );
  }
  return bytes;
}

interface Marker {
  readonly name: string;
  readonly builtAt: string;
}

async function readMarker(folder: string): Promise<Marker | undefined> {
  try {
    const marker: unknown = JSON.parse(await readFile(join(folder, markerFile), 'utf8'));
    const { store, name, builtAt } = marker as Record<string, unknown>;
    if (store !== 'tilewright' || typeof name !== 'string') return undefined;
    return { name, builtAt: String(builtAt) };
  } catch {
    return undefined;
  }
}

class FolderStore implements ArtefactStore {
  readonly folder: string;
  readonly logs: string;
  readonly #building = new Map<string, Promise<BuiltArtefact>>();

  constructor(folder: string) {
    this.folder = folder;
    this.logs = join(folder, logFolder);
  }

  build(
    name: string,
    key: string | object,
    fill: (folder: string) => Promise<void>,
  ): Promise<BuiltArtefact> {
    if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
      throw new TypeError(`an artefact's name is a plain file name, not '${name}'`);
    }
    const id = `${name}-${contentHash(key).slice(0, 12)}`;
    // Within one process a promise is enough, and cheaper than waiting for a file lock.
    const running = this.#building.get(id);
    if (running !== undefined) {
      return running.then(
        ({ folder }) => ({ folder, cached: true }),
        // The other builder failed or was aborted, which says nothing of this one.
        () => this.build(name, key, fill),
      );
    }
    const build = this.#build(name, id, fill).finally(() => this.#building.delete(id));
    this.#building.set(id, build);
    return build;
  }

  async #build(
    name: string,
    id: string,
    fill: (folder: string) => Promise<void>,
  ): Promise<BuiltArtefact> {
    const folder = join(this.folder, id);
    // Without a lock: a folder appears by rename, so it is complete as soon as it is there.
    if (existsSync(folder)) return { folder, cached: true };

    const release = await this.#lock(id);
    try {
      if (existsSync(folder)) return { folder, cached: true };
      await this.#removeHalfBuilt(`${temporaryPrefix}${id}-`);
      const temporary = join(
        this.folder,
        `${temporaryPrefix}${id}-${process.pid}-${randomBytes(3).toString('hex')}`,
      );
      try {
        await this.#writing(() => mkdir(temporary));
        await fill(temporary);
        const marker = { store: 'tilewright', name, builtAt: new Date().toISOString() };
        await this.#writing(async () => {
          await writeFile(join(temporary, markerFile), `${JSON.stringify(marker)}\n`);
          await rename(temporary, folder);
        });
      } catch (error) {
        await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
        // A builder that was suspended past the lock's life may find the artefact in place.
        if (existsSync(folder)) return { folder, cached: true };
        throw error;
      }
      return { folder, cached: false };
    } finally {
      await release();
    }
  }

  async list(): Promise<readonly StoredArtefact[]> {
    const found: StoredArtefact[] = [];
    for (const entry of await this.#entries()) {
      if (entry.startsWith('.')) continue;
      const folder = join(this.folder, entry);
      const marker = await readMarker(folder);
      if (marker !== undefined) found.push({ ...marker, folder, bytes: await folderBytes(folder) });
    }
    return found.sort((a, b) => (a.folder < b.folder ? -1 : 1));
  }

  async clean(): Promise<CleanReport> {
    let artefacts = 0;
    let bytes = 0;
    for (const { folder, bytes: size } of await this.list()) {
      // First out of sight, then away: nobody ever finds half an artefact under its own name.
      const doomed = join(
        this.folder,
        `${temporaryPrefix}removed-${randomBytes(6).toString('hex')}`,
      );
      await this.#writing(async () => {
        await rename(folder, doomed);
        await rm(doomed, { recursive: true, force: true });
      });
      artefacts += 1;
      bytes += size;
    }
    await this.#writing(() => rm(this.logs, { recursive: true, force: true }));
    const half = await this.#removeHalfBuilt(temporaryPrefix, (name) => this.#isBeingBuilt(name));
    return { artefacts: artefacts + half.artefacts, bytes: bytes + half.bytes };
  }

  async #entries(): Promise<readonly string[]> {
    return readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw this.#explained(error);
    });
  }

  async #removeHalfBuilt(
    prefix: string,
    keep: (name: string) => Promise<boolean> = async () => false,
  ): Promise<CleanReport> {
    let artefacts = 0;
    let bytes = 0;
    for (const name of await this.#entries()) {
      if (!name.startsWith(prefix) || (await keep(name))) continue;
      const folder = join(this.folder, name);
      bytes += await folderBytes(folder);
      artefacts += 1;
      await this.#writing(() => rm(folder, { recursive: true, force: true }));
    }
    return { artefacts, bytes };
  }

  /** Whether the builder of a half-built folder still renews its lock. */
  async #isBeingBuilt(temporary: string): Promise<boolean> {
    const id = temporary.slice(temporaryPrefix.length).split('-').slice(0, -2).join('-');
    const held = await lstat(this.#lockPath(id)).catch(() => undefined);
    return held !== undefined && Date.now() - held.mtimeMs < staleMs;
  }

  #lockPath(id: string): string {
    return join(this.folder, lockFolder, `${id}.lock`);
  }

  async #lock(id: string): Promise<() => Promise<void>> {
    return this.#writing(async () => {
      // A build takes seconds to minutes: wait as long as its builder lives.
      const release = await this.#takeTurn(id);
      return () => release().catch(() => undefined);
    });
  }

  /** Waits while another has the lock, and for nothing else: a disk that is full stays full. */
  async #takeTurn(id: string): Promise<() => Promise<void>> {
    for (let pauseMs = 50; ; pauseMs = Math.min(500, 1.5 * pauseMs)) {
      makeFolders(join(this.folder, lockFolder));
      try {
        return await lock(join(this.folder, id), {
          lockfilePath: this.#lockPath(id),
          realpath: false,
          stale: staleMs,
          update: staleMs / 3,
          // Losing the lock (a suspended laptop) is harmless: the rename into place decides.
          onCompromised: () => undefined,
        });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
        await setTimeout(pauseMs);
      }
    }
  }

  async #writing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#explained(error);
    }
  }

  #explained(error: unknown): unknown {
    const explained = asWriteError(error, this.folder);
    if (!(explained instanceof TilewrightError)) return error;
    const reason = explained.message.slice(explained.message.lastIndexOf(': ') + 2);
    return new TilewrightError(`cannot write to the artefact store ${this.folder}: ${reason}`, {
      code: 'STORE_UNWRITABLE',
      hint: 'Make the folder writable, or name another one: TILEWRIGHT_CACHE=/some/folder.',
      cause: error,
    });
  }
}

/** The store in `options.folder`, by default where `artefactFolder` says. Nothing is written yet. */
export function artefactStore(options: ArtefactStoreOptions = {}): ArtefactStore {
  return new FolderStore(options.folder === undefined ? artefactFolder() : resolve(options.folder));
}
