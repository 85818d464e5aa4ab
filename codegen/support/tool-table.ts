import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/** Where to get a tool, as commands to type or one sentence. */
export interface ToolSource {
  readonly debian: string;
  readonly macos: string;
  readonly container: string;
}

export interface Tool {
  readonly name: string;
  readonly neededFor: string;
  /** The main job (`make demo`, `cosim`, `recommend`) does not work without it. */
  readonly required: boolean;
  readonly minimum?: string;
  readonly get: ToolSource;
  /** Absolute path of the program or library; undefined when it is not on this machine. */
  readonly locate: () => string | undefined;
  /** Version as the tool itself tells it; undefined when it does not. */
  readonly version: (path: string) => Promise<string | undefined>;
}

export interface ToolStatus {
  readonly name: string;
  readonly found: boolean;
  readonly path?: string;
  readonly version?: string;
  readonly minimum?: string;
  /** Found, and not older than `minimum`. */
  readonly usable: boolean;
  readonly required: boolean;
  readonly neededFor: string;
  readonly get: ToolSource;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Looks a program up in PATH and then in `extraFolders`, as a shell would. */
export function findProgram(
  name: string,
  extraFolders: readonly string[] = [],
): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of [...folders, ...extraFolders]) {
    const path = join(folder, name);
    if (isProgram(path)) return path;
  }
  return undefined;
}

/** First match of `pattern` in what the program prints, its first group when it has one. */
function askVersion(args: readonly string[], pattern: RegExp): Tool['version'] {
  return (path) =>
    new Promise((resolve) => {
      const environment = { ...process.env, LC_ALL: 'C' };
      execFile(path, args, { timeout: 10_000, env: environment }, (_error, stdout, stderr) => {
        const match = pattern.exec(`${stdout}\n${stderr}`);
        resolve(match === null ? undefined : (match[1] ?? match[0]));
      });
    });
}

/** The version in the name that a shared library's links end at: `libxrt_core.so.2.13.0`. */
async function libraryVersion(path: string): Promise<string | undefined> {
  return /\.so\.([\d.]+)$/.exec(basename(realpathSync(path)))?.[1];
}

function librariesFolders(): string[] {
  const folders = ['/usr/local/lib', '/usr/lib', '/lib'];
  // Debian keeps libraries in a folder named after the machine, e.g. /usr/lib/x86_64-linux-gnu.
  for (const parent of ['/usr/lib', '/lib']) {
    if (!existsSync(parent)) continue;
    for (const entry of readdirSync(parent)) {
      if (/-linux-gnu/.test(entry)) folders.push(join(parent, entry));
    }
  }
  return folders;
}

function findLibrary(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const file = readdirSync(folder).find(
      (entry) => entry === name || entry.startsWith(`${name}.`),
    );
    if (file !== undefined) return join(folder, file);
  }
  return undefined;
}

/** XRT lives where XILINX_XRT says, in /opt/xilinx/xrt (AMD's package) or among Debian's libraries. */
function findXrt(): string | undefined {
  const roots = [process.env['XILINX_XRT'], '/opt/xilinx/xrt'].filter((root) => root !== undefined);
  const own = roots.flatMap((root) => [join(root, 'lib'), join(root, 'lib64')]);
  return findLibrary('libxrt_core.so', [...own, ...librariesFolders()]);
}

function findOpenCl(): string | undefined {
  const framework = '/System/Library/Frameworks/OpenCL.framework/OpenCL';
  if (process.platform === 'darwin' && existsSync(framework.replace(/\/OpenCL$/, '')))
    return framework;
  const loader = findLibrary('libOpenCL.so', librariesFolders());
  const vendors = process.env['OCL_ICD_VENDORS'] ?? '/etc/OpenCL/vendors';
  if (!existsSync(vendors)) return undefined;
  // The loader alone runs nothing: there must be a device's driver behind it. The variable may name one.
  const folder = statSync(vendors).isDirectory();
  const driven = !folder || readdirSync(vendors).some((file) => file.endsWith('.icd'));
  return driven ? loader : undefined;
}

function vitisFolders(): string[] {
  const folders: string[] = [];
  for (const variable of ['XILINX_VITIS', 'XILINX_HLS', 'XILINX_VIVADO']) {
    const root = process.env[variable];
    if (root !== undefined && root !== '') folders.push(join(root, 'bin'));
  }
  const newestFirst = (folder: string) =>
    existsSync(folder) ? readdirSync(folder).sort().reverse() : [];
  for (const root of ['/tools/Xilinx', '/opt/xilinx', '/opt/Xilinx']) {
    // From 2025.1 the release comes before the suite: 2025.1/Vitis rather than Vitis/2024.2.
    const releases = newestFirst(root).filter((entry) => /^\d{4}\.\d/.test(entry));
    for (const suite of ['Vitis', 'Vivado']) {
      for (const release of releases) folders.push(join(root, release, suite, 'bin'));
      for (const release of newestFirst(join(root, suite)))
        folders.push(join(root, suite, release, 'bin'));
    }
  }
  return folders;
}

const nodeImage = 'node:20-bookworm';
const inContainer = (packages: string) => `in ${nodeImage}: apt-get install ${packages}`;

/** A tool that Debian and Homebrew package under the given names. */
function packaged(
  tool: Pick<Tool, 'name' | 'neededFor' | 'required' | 'minimum'> & {
    readonly program?: string;
    readonly versionArguments?: readonly string[];
    readonly versionPattern?: RegExp;
    readonly apt: string;
    readonly macos: string;
  },
): Tool {
  const { program = tool.name, versionArguments = ['--version'], apt, macos } = tool;
  const pattern = tool.versionPattern ?? /\d+\.\d+(?:\.\d+)*/;
  return {
    name: tool.name,
    neededFor: tool.neededFor,
    required: tool.required,
    ...(tool.minimum === undefined ? {} : { minimum: tool.minimum }),
    get: { debian: `apt-get install ${apt}`, macos, container: inContainer(apt) },
    locate: () => findProgram(program),
    version: askVersion(versionArguments, pattern),
  };
}

function vitis(name: string, neededFor: string): Tool {
  const get =
    "AMD's Vitis installer (Linux x86-64 only, licence needed), then: source settings64.sh";
  return {
    name,
    neededFor,
    required: false,
    get: {
      debian: get,
      macos: 'not available: use a Linux machine with Vitis',
      container: 'mount the Vitis folder of the host and source its settings64.sh',
    },
    locate: () => findProgram(name, vitisFolders()),
    version: askVersion(['--version'], /v?(\d{4}\.\d+)/),
  };
}

const xcode = 'xcode-select --install';

/** Every program and library that tilewright can use, in the order `tilewright doctor` shows them. */
export const tools: readonly Tool[] = [
  {
    name: 'node',
    neededFor: 'everything',
    required: true,
    minimum: '20.19',
    get: {
      debian: 'Node.js 20.19 or newer from nodejs.org',
      macos: 'brew install node',
      container: `docker run -it ${nodeImage}`,
    },
    // The one that runs now, whatever PATH says.
    locate: () => process.execPath,
    version: async () => process.versions.node,
  },
  packaged({
    name: 'npm',
    neededFor: 'installing packages',
    required: false,
    apt: 'npm',
    macos: 'brew install node',
  }),
  packaged({
    name: 'git',
    neededFor: 'working in a checkout',
    required: false,
    apt: 'git',
    macos: xcode,
  }),
  packaged({
    name: 'g++',
    neededFor: 'device native; building the simulator',
    required: true,
    apt: 'g++',
    macos: xcode,
  }),
  packaged({
    name: 'make',
    neededFor: 'building the simulator',
    required: true,
    apt: 'make',
    macos: xcode,
  }),
  packaged({
    name: 'verilator',
    neededFor: 'device sim; cosim',
    required: true,
    minimum: '5.006',
    apt: 'verilator',
    macos: 'brew install verilator',
  }),
  packaged({
    name: 'iverilog',
    neededFor: 'tests: a second Verilog simulator',
    required: false,
    versionArguments: ['-V'],
    versionPattern: /version (\d+\.\d+)/,
    apt: 'iverilog',
    macos: 'brew install icarus-verilog',
  }),
  packaged({
    name: 'yosys',
    neededFor: 'synth: area and slowest path; tests: proofs',
    required: false,
    versionArguments: ['-V'],
    versionPattern: /Yosys (\S+)/,
    apt: 'yosys',
    macos: 'brew install yosys',
  }),
  packaged({
    name: 'z3',
    neededFor: 'tests: proofs',
    required: false,
    versionPattern: /version (\d+\.\d+\.\d+)/,
    apt: 'z3',
    macos: 'brew install z3',
  }),
  packaged({
    name: 'unzip',
    neededFor: 'XRT hardware emulation',
    required: false,
    versionArguments: ['-v'],
    versionPattern: /UnZip (\d+\.\d+)/,
    apt: 'unzip',
    macos: 'part of macOS',
  }),
  {
    name: 'XRT',
    neededFor: 'device xrt: a card, or its emulation',
    required: false,
    get: {
      debian: 'apt-get install libxrt1 libxrt-dev unzip',
      macos: 'not available: use the container',
      container: inContainer('libxrt1 libxrt-dev unzip'),
    },
    locate: findXrt,
    version: libraryVersion,
  },
  {
    name: 'OpenCL',
    neededFor: 'device opencl',
    required: false,
    get: {
      debian: 'apt-get install pocl-opencl-icd ocl-icd-opencl-dev',
      macos: 'part of macOS',
      container: inContainer('pocl-opencl-icd ocl-icd-opencl-dev'),
    },
    locate: findOpenCl,
    version: async (path) => (existsSync(path) ? libraryVersion(path) : undefined),
  },
  vitis('v++', 'linking an .xclbin for a card'),
  vitis('vivado', 'packaging the Verilog for the linker'),
  vitis('vitis-run', 'synthesis of the HLS C++ (Vitis 2024.1 and newer)'),
  vitis('vitis_hls', 'synthesis of the HLS C++ (Vitis up to 2023.2)'),
];

/** Numeric comparison part by part: 5.006 is older than 5.20. Letters after a number are ignored. */
export function isOlder(version: string, minimum: string): boolean {
  const parts = (text: string) => text.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [have, need] = [parts(version), parts(minimum)];
  for (const [index, wanted] of need.entries()) {
    const given = have[index] ?? 0;
    if (given !== wanted) return given < wanted;
  }
  return false;
}

export async function inspectTool(tool: Tool): Promise<ToolStatus> {
  const path = tool.locate();
  const version = path === undefined ? undefined : await tool.version(path);
  const tooOld =
    tool.minimum !== undefined && version !== undefined && isOlder(version, tool.minimum);
  return {
    name: tool.name,
    found: path !== undefined,
    ...(path === undefined ? {} : { path }),
    ...(version === undefined ? {} : { version }),
    ...(tool.minimum === undefined ? {} : { minimum: tool.minimum }),
    usable: path !== undefined && !tooOld,
    required: tool.required,
    neededFor: tool.neededFor,
    get: tool.get,
  };
}

/** The line that gets a tool on this machine. */
export function howToGet(tool: Pick<Tool, 'get'>): string {
  return process.platform === 'darwin' ? tool.get.macos : tool.get.debian;
}
