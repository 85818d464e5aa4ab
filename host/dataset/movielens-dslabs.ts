import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TilewrightError } from '../../codegen/support/errors.ts';
import { runTool } from '../../codegen/support/run-tool.ts';
import { artefactStore } from '../../codegen/support/store.ts';
import { InteractionTable } from './interaction-table.ts';
import type { Dataset } from './interactions.ts';
import { movieLensRatings } from './movielens-1m.ts';
import { readLazyLoad } from './r-lazy-load.ts';
import { namedElements, numberColumn, textColumn } from './r-serialisation.ts';

/** Where the package puts its files. */
const systemFolder = '/usr/lib/R/site-library/dslabs';

/** Puts only the data of the Debian package into `folder`. */
async function unpackPackage(packageFile: string, folder: string): Promise<void> {
  const whole = join(folder, 'whole');
  await runTool('dpkg-deb', ['-x', packageFile, whole]);
  const data = join(whole, systemFolder, 'data');
  if (!existsSync(data)) {
    throw new TilewrightError(`${packageFile} is not Debian's r-cran-dslabs: it has no ${data}`, {
      code: 'DATASET_UNREADABLE',
      hint: 'Fetch it with: apt-get download r-cran-dslabs.',
    });
  }
  await rename(data, join(folder, 'data'));
  await rm(whole, { recursive: true });
}

/**
 * Fetches Debian's r-cran-dslabs (4.7 MB) into `folder`. Nothing is installed, so R is not needed; the
 * package's own dependencies would pull in all of R and some hundred packages.
 */
async function fetchPackage(folder: string): Promise<string> {
  try {
    // The download sandbox of apt cannot write to a user's folder, and says so on every run.
    const options = ['-q', '-o', 'APT::Sandbox::User=root'];
    await runTool('apt-get', [...options, 'download', 'r-cran-dslabs'], { cwd: folder });
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
    if (file === undefined) throw new Error('apt-get left no package');
    return join(folder, file);
  } catch (error) {
    throw new TilewrightError(
      `cannot fetch MovieLens (Debian's r-cran-dslabs): ${(error as Error).message}`,
      {
        code: 'DATASET_FETCH',
        hint:
          'Run sudo apt-get update and try again; or fetch the package on a Debian machine ' +
          '(apt-get download r-cran-dslabs) and load movielens-dslabs:PATH_OF_THE_DEB.',
        cause: error,
      },
    );
  }
}

export interface DslabsOptions {
  readonly onProgress?: (message: string) => void;
  /** Folder of the artefact store that keeps the data; default: the usual one. */
  readonly cacheFolder?: string;
  /** Where Debian installs the R package. */
  readonly installedFolder?: string;
}

/** The folder that holds `data/Rdata.rdb`: given, installed, cached, or fetched into the cache now. */
async function dslabsFolder(path: string | undefined, options: DslabsOptions): Promise<string> {
  const { onProgress, cacheFolder, installedFolder = systemFolder } = options;
  if (path !== undefined && !existsSync(path)) {
    throw new TilewrightError(`cannot read ${path}: there is no such file or folder`, {
      code: 'DATASET_MISSING',
      hint: "Give a r-cran-dslabs .deb, or the R package's folder.",
    });
  }
  if (path !== undefined && !path.endsWith('.deb')) return path;
  if (path === undefined && existsSync(join(installedFolder, 'data', 'Rdata.rdb'))) {
    return installedFolder;
  }
  const store = artefactStore(cacheFolder === undefined ? {} : { folder: cacheFolder });
  const key = path === undefined ? 'debian' : { deb: await fileHash(path) };
  const { folder } = await store.build('dataset-dslabs', key, async (target) => {
    onProgress?.(
      path === undefined
        ? "fetching MovieLens (Debian's r-cran-dslabs, 5 MB)"
        : `unpacking ${path}`,
    );
    const deb = path ?? (await fetchPackage(target));
    await unpackPackage(deb, target);
    if (path === undefined) await rm(deb);
  });
  return folder;
}

async function fileHash(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/**
 * Loads the MovieLens "latest small" data (100,004 ratings of 671 users, with titles, years, genres)
 * that the R package dslabs carries, from: `path` (the package's folder or its `.deb`), the installed
 * package, or the cache, into which the package is fetched with apt-get when it is nowhere. R is not
 * needed. Titles read `Toy Story (1995)`.
 * @throws TilewrightError when the package is nowhere and cannot be fetched, or is damaged.
 */
export async function loadMovieLensDslabs(
  path: string | undefined,
  options: DslabsOptions = {},
): Promise<Dataset> {
  const base = join(await dslabsFolder(path, options), 'data', 'Rdata');
  options.onProgress?.(`reading ${base}.rdb`);
  const frame = await readLazyLoad(base, 'movielens');
  const table = new InteractionTable();
  try {
    const columns = namedElements(frame);
    const column = (name: string) => {
      const found = columns.get(name);
      if (found === undefined) throw new Error(`no column ${name}`);
      return found;
    };
    const user = numberColumn(column('userId'));
    const item = numberColumn(column('movieId'));
    const rating = numberColumn(column('rating'));
    const time = numberColumn(column('timestamp'));
    const year = numberColumn(column('year'));
    const title = textColumn(column('title'));
    const genres = textColumn(column('genres'));
    for (let row = 0; row < user.length; row++) {
      if (!(rating[row] >= movieLensRatings.least && rating[row] <= movieLensRatings.most)) {
        throw new Error(`rating ${rating[row]} in row ${row + 1}`);
      }
      if (!(user[row] >= 0 && item[row] >= 0 && time[row] >= 0)) {
        throw new Error(`an id or timestamp is missing in row ${row + 1}`);
      }
      const id = String(item[row]);
      table.add(String(user[row]), id, rating[row], time[row]);
      const dated = title[row] !== '' && !Number.isNaN(year[row]);
      const kinds = genres[row] === '(no genres listed)' ? '' : genres[row];
      table.describe(id, dated ? `${title[row]} (${year[row]})` : title[row], kinds);
    }
  } catch (error) {
    throw new TilewrightError(
      `${base}.rdb: movielens is not as expected: ${(error as Error).message}`,
      { code: 'DATASET_UNREADABLE', hint: 'Reinstall or fetch r-cran-dslabs again.', cause: error },
    );
  }
  return table.toDataset('movielens-dslabs', `${base}.rdb`);
}
