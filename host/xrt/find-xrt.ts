import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/** An XRT on this machine. */
export interface FoundXrt {
  /** Absolute path of libxrt_coreutil.so.2, which has the C interface. */
  readonly library: string;
  /** Folder of all of XRT's libraries, the shims among them. */
  readonly folder: string;
  /** As its library's name says, e.g. `2.13.0`; undefined when it does not. */
  readonly version: string | undefined;
}

const coreUtility = 'libxrt_coreutil.so.2';

function librariesFolders(environment: NodeJS.ProcessEnv): readonly string[] {
  const roots = [environment['XILINX_XRT'], '/opt/xilinx/xrt'].filter(
    (root): root is string => root !== undefined && root !== '',
  );
  // Debian keeps libraries in a folder named after the machine, e.g. /usr/lib/x86_64-linux-gnu.
  const multiarch = existsSync('/usr/lib')
    ? readdirSync('/usr/lib').filter((entry) => /-linux-gnu/.test(entry))
    : [];
  return [
    ...roots.flatMap((root) => [join(root, 'lib'), join(root, 'lib64')]),
    ...multiarch.map((entry) => join('/usr/lib', entry)),
    ...['/usr/lib64', '/usr/lib', '/usr/local/lib'],
  ];
}

/** XRT where XILINX_XRT says, in /opt/xilinx/xrt (AMD's package) or among the system's libraries. */
export function findXrt(environment: NodeJS.ProcessEnv = process.env): FoundXrt | undefined {
  for (const folder of librariesFolders(environment)) {
    const link = join(folder, coreUtility);
    if (!existsSync(link)) continue;
    // A prefix of ours only links to it: the shims lie beside the library itself.
    const library = realpathSync(link);
    const version = /\.so\.([\d.]+)$/.exec(basename(library))?.[1];
    return { library, folder: join(library, '..'), version };
  }
  return undefined;
}
