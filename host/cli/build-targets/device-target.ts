import { type BuildTarget, defineTarget } from './build-target.ts';

/**
 * A target whose whole build is what its device does when it loads a kernel.
 * @param byDefault whether it is built where no target is named: of what needs nothing but the main tools.
 */
export function deviceTarget(name: string, describe: string, byDefault = true): BuildTarget {
  return defineTarget({
    name,
    describe,
    byDefault,
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
