/** OpenCL 1.2 from Node: platforms, devices, contexts, programs, buffers, queues and events. */
export { type BufferOptions, type MappedBytes, OpenclBuffer } from './buffer.ts';
export { OpenclContext } from './context.ts';
export { OpenclEvent } from './event.ts';
export { howToInstall, openclLibrary } from './library.ts';
export {
  chooseDevice,
  type DeviceKind,
  deviceVariable,
  type OpenclDevice,
  type OpenclPlatform,
  openclPlatforms,
  wayToDevices,
} from './platform.ts';
export { OpenclKernel, OpenclProgram, type ScalarType } from './program.ts';
export { OpenclQueue, type QueueOptions } from './queue.ts';
export { openclError, statusName } from './status.ts';
