import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileKernelModule } from '../../../codegen/frontend/compile-kernel.ts';
import { loadKernelModule, seededRandom, TilewrightError } from '../../../codegen/index.ts';
import { cast } from '../../../codegen/ir/build.ts';
import type { Expr, KernelIR } from '../../../codegen/ir/ir.ts';
import { mapExpr, mapExpressions } from '../../../codegen/ir/rewrite.ts';
import { runKernelIr } from '../../../codegen/ir/run-kernel-ir.ts';
import { buildManifest } from '../../../codegen/package/build-manifest.ts';
import { encodeWorkload } from '../../../host/cosim/encode-workload.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A pass with a bug planted in it: what it makes of each expression. */
export type WrongPass = (expr: Expr) => Expr;

/** A failure of which it costs a fraction of a second to ask whether a program shows it. */
export const wrongPasses: Readonly<Record<string, WrongPass>> = {
  'no sign extension': (expr) => {
    if (expr.op !== 'cast' || expr.type.kind !== 'int') return expr;
    const { operand } = expr;
    const from = operand.type;
    if (from.kind !== 'int' || !from.signed || from.width >= expr.type.width) return expr;
    return cast(cast(operand, { ...from, signed: false }), expr.type);
  },
  'saturation wraps': (expr) => (expr.op === 'saturate' ? cast(expr.operand, expr.type) : expr),
  'difference with its sides changed': (expr) =>
    expr.op === 'sub' ? { ...expr, left: expr.right, right: expr.left } : expr,
  'lane of a vector off by one': (expr) =>
    expr.op === 'shuffle' ? { ...expr, lanes: expr.lanes.map((l) => Math.max(0, l - 1)) } : expr,
};

/** A pass with a bug may make a loop endless, which is another failure. */
const limits = { maximumIterations: 10_000 };

function applied(ir: KernelIR, wrong: WrongPass): KernelIR {
  const processes = ir.processes.map((one) => ({
    ...one,
    body: mapExpressions(one.body, (expr) => mapExpr(expr, wrong)),
  }));
  return { ...ir, processes };
}

/** Whether a program gives something else behind a wrong pass, on one small run of its workload. */
export function showsIn(wrong: WrongPass): (source: string) => Promise<boolean> {
  const { folder } = temporaryFolder();
  const file = join(folder, 'kernel.ts');
  return async (source) => {
    writeFileSync(file, source);
    try {
      const module = await loadKernelModule(file);
      const ir = compileKernelModule(module, {});
      const drawn = module.definition.workload({}, seededRandom(1), 3);
      const workload = encodeWorkload(buildManifest(ir, source, new Map()), drawn);
      const args = {
        scalars: workload.scalars,
        memories: Object.fromEntries(workload.buffers),
      };
      const right = runKernelIr(ir, args, limits).outputs;
      const made = runKernelIr(applied(ir, wrong), args, limits).outputs;
      return Object.entries(right).some(([name, bytes]) => Buffer.compare(bytes, made[name]) !== 0);
    } catch (error) {
      // No kernel any more, or one that reads more than there is: another failure, if any.
      if (error instanceof TilewrightError) return false;
      throw error;
    }
  };
}
