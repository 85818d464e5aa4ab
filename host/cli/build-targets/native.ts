import { deviceTarget } from './device-target.ts';

export default deviceTarget('native', 'C++ for this processor, by g++');
