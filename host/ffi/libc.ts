import koffi, { type KoffiFunc } from '../../codegen/support/koffi.ts';

interface CLibrary {
  readonly mmap: KoffiFunc<
    (at: bigint, bytes: number, access: number, flags: number, fd: number, from: number) => bigint
  >;
  readonly munmap: KoffiFunc<(at: bigint, bytes: number) => number>;
  readonly memfd: KoffiFunc<(name: string, flags: number) => number>;
  readonly truncate: KoffiFunc<(fd: number, bytes: number) => number>;
  readonly close: KoffiFunc<(fd: number) => number>;
  readonly open: KoffiFunc<(path: string, flags: number) => number>;
  readonly madvise: KoffiFunc<(address: bigint, bytes: number, advice: number) => number>;
}

let loaded: CLibrary | undefined;

/** Functions of the C library that this process runs on; those of Linux alone are there on Linux. */
export function libc(): CLibrary {
  if (loaded !== undefined) return loaded;
  const library = koffi.load(process.platform === 'darwin' ? 'libSystem.dylib' : 'libc.so.6');
  const optional = (name: string, result: string, parameters: string[]) =>
    process.platform === 'linux' ? library.func(name, result, parameters) : undefined;
  loaded = {
    mmap: library.func('mmap', 'uintptr_t', [
      ...['uintptr_t', 'size_t', 'int', 'int', 'int', 'int64_t'],
    ]),
    munmap: library.func('munmap', 'int', ['uintptr_t', 'size_t']),
    memfd: optional('memfd_create', 'int', ['const char *', 'uint']) as CLibrary['memfd'],
    truncate: library.func('ftruncate', 'int', ['int', 'int64_t']),
    close: library.func('close', 'int', ['int']),
    open: library.func('open', 'int', ['const char *', 'int']),
    madvise: library.func('madvise', 'int', ['uintptr_t', 'size_t', 'int']),
  };
  return loaded;
}
