import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { loadDataset } from '../../host/dataset/index.ts';
import { loadMovieLensDslabs } from '../../host/dataset/movielens-dslabs.ts';
import { readLazyLoad } from '../../host/dataset/r-lazy-load.ts';
import { namedElements, numberColumn, textColumn } from '../../host/dataset/r-serialisation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A lazy-load database that R 4.2 itself wrote, see make-fixture.R beside it.
const fixture = fileURLToPath(new URL('./fixtures/dslabs', import.meta.url));
const { folder, write } = temporaryFolder();

/** Debian's package in small: the fixture where the real package has its data. */
function makePackage(): string {
  const tree = join(folder, 'tree');
  cpSync(join(fixture, 'data'), join(tree, 'usr/lib/R/site-library/dslabs/data'), {
    recursive: true,
  });
  write(
    'tree/DEBIAN/control',
    'Package: r-cran-dslabs\nVersion: 0\nArchitecture: all\nMaintainer: a <a@b.c>\nDescription: x\n',
  );
  const file = join(folder, 'r-cran-dslabs_0_all.deb');
  execFileSync('dpkg-deb', ['--root-owner-group', '-b', tree, file], { stdio: 'ignore' });
  return file;
}

describe('movielens-dslabs', () => {
  it('reads the data frame with titles, years, genres and missing values', async () => {
    const data = await loadDataset({ kind: 'movielens-dslabs', path: fixture });
    expect(data.userIds).toEqual(['1', '2', '10']);
    expect(data.itemIds).toEqual(['7', '31', '1029']);
    expect(data.titles).toEqual(['', 'Amélie (2001)', 'Dumbo (1941)']);
    expect(data.genres).toEqual(['', 'Comedy|Romance', 'Animation']);
    expect(data.interactions).toEqual({
      user: Uint32Array.of(0, 0, 1, 1, 2),
      item: Uint32Array.of(0, 1, 2, 1, 0),
      rating: Float32Array.of(3, 4, 5, 2.5, 0.5),
      time: Float64Array.of(1260759179, 1260759182, 1260759100, 1260759144, 1260759185),
    });
  });

  it('unpacks a .deb once', async () => {
    const path = makePackage();
    const cacheFolder = join(folder, 'cache');
    const plain = await loadDataset({ kind: 'movielens-dslabs', path: fixture });
    const steps: string[] = [];
    const options = { cacheFolder, onProgress: (step: string) => steps.push(step) };
    expect(await loadDataset(`movielens-dslabs:${path}`, options)).toEqual(plain);
    expect(await loadDataset(`movielens-dslabs:${path}`, options)).toEqual(plain);
    expect(steps.filter((step) => step.startsWith('unpacking'))).toHaveLength(1);
  });

  it('fetches the package with apt-get when it is not installed', async () => {
    const source = makePackage();
    const apt = write('bin/apt-get', `#!/bin/sh\necho "$@" > ${folder}/asked\ncp ${source} .\n`);
    chmodSync(apt, 0o755);
    vi.stubEnv('PATH', `${folder}/bin:${process.env['PATH']}`);
    const options = { cacheFolder: join(folder, 'fetched'), installedFolder: join(folder, 'none') };
    const data = await loadMovieLensDslabs(undefined, options);
    vi.unstubAllEnvs();
    expect(data.userIds).toHaveLength(3);
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain('download r-cran-dslabs');
  });

  it('says what to do when it cannot be fetched', async () => {
    const apt = write('bin-broken/apt-get', '#!/bin/sh\necho "E: no network" >&2\nexit 100\n');
    chmodSync(apt, 0o755);
    vi.stubEnv('PATH', `${folder}/bin-broken:${process.env['PATH']}`);
    const options = { cacheFolder: join(folder, 'unmade'), installedFolder: join(folder, 'none') };
    const failed = loadMovieLensDslabs(undefined, options);
    await expect(failed).rejects.toThrow(/cannot fetch MovieLens[\s\S]*E: no network/);
    await expect(failed).rejects.toMatchObject({
      code: 'DATASET_FETCH',
      hint: expect.stringContaining('apt-get update'),
    });
    vi.unstubAllEnvs();
  });

  it('refuses a path that is missing, a package of something else, and damaged data', async () => {
    await expect(loadDataset(`movielens-dslabs:${folder}/no.deb`)).rejects.toThrow('no such file');
    const broken = join(folder, 'broken');
    cpSync(fixture, broken, { recursive: true });
    const database = join(broken, 'data', 'Rdata.rdb');
    const bytes = readFileSync(database);
    writeFileSync(database, bytes.subarray(0, bytes.length / 4));
    await expect(loadDataset(`movielens-dslabs:${broken}`)).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      message: expect.stringContaining('Rdata.rdb'),
    });
    copyFileSync(join(fixture, 'data', 'Rdata.rdb'), join(broken, 'data', 'Rdata.rdx'));
    await expect(loadDataset(`movielens-dslabs:${broken}`)).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
    });
  });
});

describe('R serialisation', () => {
  const base = join(fixture, 'data', 'Rdata');

  it('reads compact sequences, Latin-1 text, factors and missing values', async () => {
    const altered = namedElements(await readLazyLoad(base, 'altered'));
    const get = (name: string) => altered.get(name) ?? expect.unreachable(name);
    expect(numberColumn(get('sequence'))).toEqual(Float64Array.of(1, 2, 3, 4, 5));
    expect(numberColumn(get('reals'))).toEqual(Float64Array.of(2, 3, 4));
    expect(textColumn(get('latin'))).toEqual(['café']);
    expect(numberColumn(get('missing'))).toEqual(Float64Array.of(1, Number.NaN));
    expect(textColumn(get('kinds'))).toEqual(['b', '', 'a']);
    expect(get('nothing').values).toBeNull();
    expect(() => textColumn(get('reals'))).toThrow('not a text column');
  });

  it('refuses what it does not know, and objects that are not there', async () => {
    await expect(readLazyLoad(base, 'closure')).rejects.toThrow(/closure.*type 3/);
    await expect(readLazyLoad(base, 'absent')).rejects.toThrow('has no object absent');
  });
});
