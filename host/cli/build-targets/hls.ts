import { deviceTarget } from './device-target.ts';

export default deviceTarget('hls', 'the HLS C++ by g++', false);
