import { deviceTarget } from './device-target.ts';

export default deviceTarget('sim', 'the Verilog by Verilator');
