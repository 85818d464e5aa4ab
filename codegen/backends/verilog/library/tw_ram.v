// Block RAM with one read and one write port. `read_data` is the word at `read_address` of the last
// cycle with `read`, and stays until the next one.
//
// A word that is written in the cycle of its read is forwarded: the read sees it, as if it had been
// written the cycle before. So a read-modify-write of one word can follow another every cycle.
module tw_ram #(
    parameter WIDTH   = 32,
    parameter DEPTH   = 256,
    parameter ADDRESS = 8
) (
    input  wire               clk,
    input  wire               read,
    input  wire [ADDRESS-1:0] read_address,
    output wire [WIDTH-1:0]   read_data,
    input  wire               write,
    input  wire [ADDRESS-1:0] write_address,
    input  wire [WIDTH-1:0]   write_data
);

    (* ram_style = "block" *)
    reg [WIDTH-1:0] memory [0:DEPTH-1];

    reg [WIDTH-1:0] stored;
    reg [WIDTH-1:0] fresh;
    reg             forward;

    always @(posedge clk) begin
        if (write) memory[write_address] <= write_data;
        if (read) stored <= memory[read_address];
    end

    always @(posedge clk) begin
        if (read) begin
            forward <= write && (write_address == read_address);
            fresh <= write_data;
        end
    end

    assign read_data = forward ? fresh : stored;

endmodule
