import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { makeFolders } from '../../codegen/support/make-folders.ts';
import { artefactFolder, artefactStore, contentHash } from '../../codegen/support/store.ts';
import { jitiCli } from '../support/jiti.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tilewright-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const put = (name: string, text: string) => async (into: string) => {
  writeFileSync(join(into, name), text);
};

async function failureOf(work: Promise<unknown>): Promise<TilewrightError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TilewrightError)) throw new Error(`not a TilewrightError: ${error}`);
  return error;
}

function child(store: string, log: string, mode: string) {
  const script = fileURLToPath(new URL('./build-in-child.ts', import.meta.url));
  return promisify(execFile)(process.execPath, [jitiCli, script, store, log, mode]);
}

test('folders are made, or refused at once where nothing can be made', () => {
  const deep = join(folder, 'a', 'b');
  makeFolders(deep);
  makeFolders(deep);
  expect(readdirSync(join(folder, 'a'))).toEqual(['b']);
  // Linux says that it does not exist, other systems that it may not be made.
  expect(() => makeFolders('/proc/nowhere/deep')).toThrow(/mkdir/);
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolders(join(folder, 'file', 'x', 'y'))).toThrow(/ENOTDIR/);
});

describe('artefact store', () => {
  test('waits for a builder, and never for a lock that cannot be had', async () => {
    const store = artefactStore({ folder });
    const id = `thing-${contentHash('key').slice(0, 12)}`;
    mkdirSync(join(folder, '.locks'));
    const file = join(folder, '.locks', `${id}.lock`);
    writeFileSync(file, '');
    utimesSync(file, 0, 0);
    const error = await failureOf(store.build('thing', 'key', put('x', 'hello')));
    expect(error).toMatchObject({ code: 'STORE_UNWRITABLE' });
  });

  test('builds once, under a name that holds the hash of the key', async () => {
    const store = artefactStore({ folder });
    const first = await store.build('thing', { b: 1, a: [2n] }, put('x', 'hello'));
    const again = await store.build('thing', { a: [2n], b: 1 }, () => {
      throw new Error('built twice');
    });
    const other = await store.build('thing', { a: [3n], b: 1 }, put('x', 'other'));
    expect(first.cached).toBe(false);
    expect(again).toEqual({ folder: first.folder, cached: true });
    expect(first.folder).toBe(join(folder, `thing-${contentHash({ a: [2n], b: 1 }).slice(0, 12)}`));
    expect(other.folder).not.toBe(first.folder);
    expect(readFileSync(join(first.folder, 'x'), 'utf8')).toBe('hello');
  });

  test('a broken build leaves nothing and can be tried again', async () => {
    const store = artefactStore({ folder });
    const broken = store.build('thing', 'key', async (into) => {
      writeFileSync(join(into, 'part'), 'half');
      throw new Error('no luck');
    });
    await expect(broken).rejects.toThrow('no luck');
    expect(readdirSync(folder).filter((name) => name !== '.locks')).toEqual([]);
    expect(readdirSync(join(folder, '.locks'))).toEqual([]);
    expect((await store.build('thing', 'key', put('x', ''))).cached).toBe(false);
  });

  test('two builders in one process build once', async () => {
    const stores = [artefactStore({ folder }), artefactStore({ folder })];
    let builds = 0;
    const build = async (into: string) => {
      builds += 1;
      await new Promise((done) => setTimeout(done, 50));
      writeFileSync(join(into, 'x'), '');
    };
    const results = await Promise.all(
      [0, 0, 1, 1].map((index) => stores[index].build('thing', 'key', build)),
    );
    expect(builds).toBe(1);
    expect(results.filter((result) => !result.cached)).toHaveLength(1);
    expect(new Set(results.map((result) => result.folder)).size).toBe(1);
  });

  test('two builders in two processes build once', async () => {
    const log = join(folder, 'log');
    const outputs = await Promise.all([1, 2].map(() => child(folder, log, 'live')));
    const cached = outputs.map(({ stdout }) => JSON.parse(stdout).cached);
    expect(cached.sort()).toEqual([false, true]);
    expect(readFileSync(log, 'utf8')).toBe('begin\nend\n');
  });

  test('a killed builder is recovered from: its lock goes stale, its half is removed', async () => {
    const log = join(folder, 'log');
    await expect(child(folder, log, 'die')).rejects.toMatchObject({ signal: 'SIGKILL' });
    const left = readdirSync(folder).filter((name) => name.startsWith('.building-'));
    expect(left).toHaveLength(1);
    const locks = readdirSync(join(folder, '.locks'));
    expect(locks).toHaveLength(1);
    // Instead of waiting for it to grow old.
    const old = new Date(Date.now() - 60_000);
    utimesSync(join(folder, '.locks', locks[0]), old, old);
    const { stdout } = await child(folder, log, 'live');
    expect(JSON.parse(stdout).cached).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith('.building-'))).toEqual([]);
  });

  test('lists what is there, and clean removes that and nothing else', async () => {
    const store = artefactStore({ folder });
    await store.build('first', 'key', put('x', 'x'.repeat(1000)));
    const second = await store.build('second', 'key', async (into) => {
      mkdirSync(join(into, 'deep'));
      writeFileSync(join(into, 'deep', 'y'), 'y'.repeat(500));
    });
    writeFileSync(join(folder, 'README.md'), 'mine');
    mkdirSync(join(folder, 'photos-0123456789ab'));
    mkdirSync(join(store.logs, 'of-a-build'), { recursive: true });
    mkdirSync(join(folder, '.building-gone-0123456789ab-1-aabbcc'));
    const listed = await store.list();
    expect(listed.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(listed[1].folder).toBe(second.folder);
    expect(listed[0].bytes).toBeGreaterThanOrEqual(1000);
    const report = await store.clean();
    expect(report.artefacts).toBe(3);
    expect(report.bytes).toBe(listed[0].bytes + listed[1].bytes);
    expect(readdirSync(folder).sort()).toEqual(['.locks', 'README.md', 'photos-0123456789ab']);
    expect(await store.list()).toEqual([]);
  });

  test('a store that is not there yet is empty', async () => {
    const store = artefactStore({ folder: join(folder, 'later') });
    expect(await store.list()).toEqual([]);
    expect(await store.clean()).toEqual({ artefacts: 0, bytes: 0 });
    expect(existsSync(store.folder)).toBe(false);
  });

  test('an unwritable cache is one clear error', async () => {
    writeFileSync(join(folder, 'file'), '');
    const below = artefactStore({ folder: join(folder, 'file', 'cache') });
    const error = await failureOf(below.build('thing', 'key', put('x', '')));
    expect(error.code).toBe('STORE_UNWRITABLE');
    expect(error.message).toContain(join(folder, 'file', 'cache'));
    expect(error.message).not.toContain('\n');
    expect(error.hint).toContain('TILEWRIGHT_CACHE');
  });

  test('lies in the checkout, or in the user cache when installed, or where the user says', () => {
    const home = { XDG_CACHE_HOME: join(folder, 'cache') };
    const installed = join(folder, 'node_modules', 'tilewright');
    mkdirSync(installed, { recursive: true });
    expect(artefactFolder(home, installed)).toBe(join(folder, 'cache', 'tilewright', 'bitstreams'));
    const checkout = join(folder, 'checkout');
    mkdirSync(join(checkout, '.git'), { recursive: true });
    expect(artefactFolder(home, checkout)).toBe(join(checkout, 'bitstreams'));
    expect(artefactFolder({ ...home, TILEWRIGHT_CACHE: folder }, checkout)).toBe(folder);
  });
});
