// Where $display of a Verilated model ends: VL_PRINTF is defined as this function for the whole build,
// so that a kernel's log does not go to the standard output of Node.
#pragma once

extern "C" __attribute__((format(printf, 1, 2))) int tilewright_printf(const char* pattern, ...);
