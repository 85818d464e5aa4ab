import { emitKernel } from '../../codegen/backends/hls-cpp/emit.ts';
import { hlsCppBackend } from '../../codegen/backends/hls-cpp/index.ts';
import type { KernelIR } from '../../codegen/ir/ir.ts';
import type { KernelIrArguments } from '../../codegen/ir/run-kernel-ir.ts';
import { verifyKernel } from '../../codegen/ir/verify.ts';
import { compileAndRun } from './gpp.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** A program that reads memories and scalars, runs the kernel, and prints the written memories. */
function mainText(kernel: KernelIR): string {
  const ports = kernel.memories.map(({ name, beatBits, outstanding }) => {
    const type = `hls::burst_maxi<ap_uint<${beatBits}>>`;
    return `  auto data_${name} = bytes();\n  ${type} port_${name}(data_${name}.data(), data_${name}.size(), "${name}", ${outstanding});`;
  });
  const values = kernel.scalars.map(({ name, type }) => {
    const cpp = `${type.signed ? 'ap_int' : 'ap_uint'}<${type.width}>`;
    return `  const ${cpp} value_${name} = static_cast<unsigned long>(number());`;
  });
  const call = kernel.argumentOrder.map((name) =>
    kernel.scalars.some((scalar) => scalar.name === name) ? `value_${name}` : `port_${name}`,
  );
  const written = kernel.memories.filter(({ direction }) => direction === 'write');
  return `#include "kernel.cpp.inc"
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <vector>

static std::vector<unsigned char> bytes() {
  std::string text;
  std::cin >> text;
  std::vector<unsigned char> result;
  if (text == "-") return result;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    result.push_back(static_cast<unsigned char>(std::strtoul(text.substr(i, 2).c_str(), nullptr, 16)));
  }
  return result;
}
uint64_t number() {
  uint64_t value;
  std::cin >> value;
  return value;
}
int main() {
${[...ports, ...values].join('\n')}
  try {
    ${kernel.name}(${call.join(', ')});
${kernel.memories.map(({ name }) => `    port_${name}.finish();`).join('\n')}
  } catch (const tilewright::misuse &error) {
    std::printf("%s\\n%s\\n", error.code, error.what());
    return 0;
  }
  if (!tilewright::leftovers().empty()) std::printf("UNFINISHED\\n%s\\n", tilewright::leftovers().c_str());
${written
  .map(
    ({ name }) =>
      `  for (const unsigned char one : data_${name}) std::printf("%02x", one);\n  std::printf("\\n");`,
  )
  .join('\n')}
}
`;
}

/**
 * Emits a kernel, compiles it strictly with g++ and undefined-behaviour checks, and runs it.
 * @returns the hex text of each written memory; or, on misuse, its code and its message.
 */
export async function runKernelCpp(kernel: KernelIR, args: KernelIrArguments): Promise<string[]> {
  verifyKernel(kernel);
  hlsCppBackend.validate(kernel);
  const memories = kernel.memories.map(({ name }) => hex(args.memories[name]) || '-');
  const scalars = kernel.scalars.map(({ name }) =>
    String(BigInt.asUintN(64, BigInt(args.scalars[name]))),
  );
  const input = [...memories, ...scalars].join('\n');
  return compileAndRun(
    { 'kernel.cpp.inc': emitKernel(kernel, new Map()), 'main.cpp': mainText(kernel) },
    input,
  );
}

/** The written memories of a run of the IR, as `runKernelCpp` prints them. */
export function outputsText(
  kernel: KernelIR,
  outputs: Readonly<Record<string, Uint8Array>>,
): string[] {
  return kernel.memories
    .filter(({ direction }) => direction === 'write')
    .map(({ name }) => hex(outputs[name]));
}
