import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectEmulation, xrtEnvironment, xrtPrefix } from '../../host/xrt/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const debian = { ...process.env, XILINX_XRT: '' };

describe('the prefix for XILINX_XRT', () => {
  it("has Debian's libraries, and its shim with both faults repaired", async () => {
    const prefix = await xrtPrefix(debian);
    expect(prefix.foreign).toBe(false);
    expect(prefix.xrt.version).toMatch(/^2\.13/);
    expect(prefix.repairs).toEqual(['heap', 'sleeps', 'spinning']);
    const lib = join(prefix.folder, 'lib');
    for (const name of ['core', 'noop', 'hwemu']) {
      expect(existsSync(join(lib, `libxrt_${name}.so.2`))).toBe(true);
    }
    // Nothing of the build is left in it.
    expect(readdirSync(prefix.folder).sort()).toEqual(['artefact.json', 'lib', 'repairs.json']);
    expect(await xrtPrefix(debian)).toEqual(prefix);
  });

  it('that the user chose is taken as it is', async () => {
    const { xrt } = await xrtPrefix(debian);
    const { folder: other } = temporaryFolder();
    mkdirSync(join(other, 'lib'));
    for (const name of ['libxrt_core.so.2', 'libxrt_coreutil.so.2']) {
      symlinkSync(join(xrt.folder, name), join(other, 'lib', name));
    }
    const prefix = await xrtPrefix({ ...process.env, XILINX_XRT: other });
    expect(prefix).toMatchObject({ folder: other, foreign: true, repairs: [] });
    expect(readdirSync(other)).toEqual(['lib']);
  });

  it('that holds no XRT is refused, where XRT itself would end the process', async () => {
    await expect(xrtPrefix({ ...process.env, XILINX_XRT: '/nowhere' })).rejects.toMatchObject({
      code: 'XRT_MISSING',
      message: 'XILINX_XRT is /nowhere, which holds no XRT',
    });
  });
});

describe('the repaired shim', () => {
  const grow = `
    #include <dlfcn.h>
    #include <cstdio>
    #include <cstdlib>
    #include <cstring>
    #include <ctime>
    // HwEmShim::alloc_void and what it reads and writes: the buffer at 0x560, its size at 0x568.
    int main(int, char** arguments) {
      void* const shim = dlopen(arguments[1], RTLD_LAZY);
      if (shim == nullptr) return std::puts(dlerror()), 1;
      auto grow = reinterpret_cast<std::size_t (*)(void*, std::size_t)>(
          dlsym(shim, "_ZN11xclhwemhal28HwEmShim10alloc_voidEm"));
      char* const object = static_cast<char*>(std::calloc(1, 0x4000));
      auto buffer = [&] { void* at; std::memcpy(&at, object + 0x560, sizeof at); return at; };
      auto size = [&](std::size_t bytes) {
        const std::size_t now = grow(object, bytes);
        std::memcpy(object + 0x568, &now, sizeof now);
      };
      size(64);
      void* const small = buffer();
      std::free(std::malloc(64));
      void* const wall = std::malloc(64);
      size(1 << 24);
      std::printf("%s\\n", buffer() == small ? "stale" : "moved");
      if (buffer() != small) std::memset(buffer(), 1, 1 << 24);
      std::free(wall);
      auto wait = reinterpret_cast<int (*)(void*, int)>(
          dlsym(shim, "_ZN11xclhwemhal28HwEmShim11xclExecWaitEi"));
      timespec from, to;
      clock_gettime(CLOCK_MONOTONIC, &from);
      if (wait == nullptr) return 2;
      wait(object, 200);
      wait(object, 2000);
      clock_gettime(CLOCK_MONOTONIC, &to);
      std::printf("%s\\n", (to.tv_sec - from.tv_sec) * 1e9 + to.tv_nsec - from.tv_nsec >= 1e9 ? "slept" : "went on");
    }`;

  it('stores what realloc returns and does not sleep for seconds; the shim as it is does both', async () => {
    const prefix = await xrtPrefix(debian);
    const { folder } = temporaryFolder();
    const program = join(folder, 'grow');
    execFileSync('g++', ['-x', 'c++', '-', '-o', program, '-ldl'], { input: grow });
    const run = (library: string) =>
      execFileSync(program, [library], {
        encoding: 'utf8',
        env: { ...process.env, ...xrtEnvironment(prefix, 'hw_emu'), LD_LIBRARY_PATH: '' },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .trim()
        .split('\n')
        .slice(-2);
    expect(run(join(prefix.folder, 'lib', 'libxrt_hwemu.so.2'))).toEqual(['moved', 'went on']);
    expect(run(join(prefix.xrt.folder, 'libxrt_hwemu.so.2'))).toEqual(['stale', 'slept']);
  });
});

describe('doctor', () => {
  it('says which XRT was found, that emulation can run, and what was repaired', async () => {
    const report = await inspectEmulation();
    expect(report).toMatchObject({ hardwareEmulation: true });
    expect(report.version).toMatch(/^2\.13/);
    expect(report.repairs).toEqual(['heap', 'sleeps', 'spinning']);
  });
});
