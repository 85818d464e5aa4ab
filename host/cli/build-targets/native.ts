import { deviceTarget } from './device-target.ts';

export default deviceTarget('native', 'the HLS C++ by g++');
