import { deviceTarget } from './device-target.ts';

export default deviceTarget('opencl', 'the OpenCL C, by the OpenCL device that is chosen', false);
