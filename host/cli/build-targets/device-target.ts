import { type BuildTarget, defineTarget } from './build-target.ts';

/** A target whose whole build is what its device does when it loads a kernel. */
export function deviceTarget(name: string, describe: string): BuildTarget {
  return defineTarget({
    name,
    describe,
    byDefault: true,
    options: {},
    async build(kernel, _options, context, update) {
      const { openDevice } = await import('../../device/open-device.ts');
      const device = await openDevice(name, { signal: context.signal, onProgress: update });
      try {
        await device.load(kernel);
      } finally {
        await device.close();
      }
      return {};
    },
  });
}
