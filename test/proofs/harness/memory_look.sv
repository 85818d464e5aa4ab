// A look into a memory of the design, which Yosys has no other way to refer to: after `flatten` the
// runner turns every cell of this type into a read port of the memory called MEMID.
(* blackbox *)
module memory_look #(
    parameter MEMID = "",
    parameter ABITS = 1,
    parameter WIDTH = 1,
    parameter CLK_ENABLE = 0,
    parameter CLK_POLARITY = 0,
    parameter TRANSPARENT = 0
) (
    input  wire             CLK,
    input  wire             EN,
    input  wire [ABITS-1:0] ADDR,
    output wire [WIDTH-1:0] DATA
);
endmodule
