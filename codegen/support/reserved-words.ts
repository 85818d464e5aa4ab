/** Words that Verilog or C++ keeps for itself, as far as they are also kernel names. */
export const reservedWords: ReadonlySet<string> = new Set(
  'always and assign auto begin bool break buf case char class const continue default delete do double edge else end enum event explicit export extern false float for force friend function goto if initial inline inout input int integer join long main module namespace nand negedge new nor not operator or output parameter posedge private protected public real reg register release repeat return scalared short signed sizeof static struct switch table task template this throw time true try type typedef union unsigned using vectored virtual void volatile wait wand while wire wor xnor xor kernel'.split(
    ' ',
  ),
);
