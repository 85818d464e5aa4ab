/** TypeScript takes letters in a name that Verilog and C++ have not: größe, π. */
export function plainName(name: string): string {
  return name.replace(/[^\w$]/g, '_');
}
