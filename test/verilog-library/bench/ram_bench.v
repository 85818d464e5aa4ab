// Self-checking bench of tw_ram: several shapes at once, each against an array of its own that is
// written before it is read. Prints "FAIL ..." at the first difference, "PASS <words>" at the end.
module ram_check #(
    parameter WIDTH = 8,
    parameter DEPTH = 4,
    parameter ADDRESS = 2
) (
    input  wire        clk,
    input  wire        rst_n,
    input  wire [31:0] seed,
    output reg  [31:0] words
);
    reg  [31:0]        random;
    reg  [31:0]        cycle = 0;
    reg  [WIDTH-1:0]   model [0:DEPTH-1];
    reg  [DEPTH-1:0]   written = 0;
    reg  [WIDTH-1:0]   expected;
    reg                known = 0;
    wire [31:0]        place = random[15:0] % DEPTH;
    wire [31:0]        other = random[20] ? place : random[31:16] % DEPTH;
    wire [ADDRESS-1:0] read_address = place[ADDRESS-1:0];
    wire [ADDRESS-1:0] write_address = other[ADDRESS-1:0];
    wire [WIDTH-1:0]   write_data = {(WIDTH + 31) / 32{random ^ (cycle * 32'h9e3779b9)}};
    wire               read = rst_n && random[2:0] != 0;
    wire               write = rst_n && random[5:3] > 2;
    wire [WIDTH-1:0]   read_data;

    tw_ram #(.WIDTH(WIDTH), .DEPTH(DEPTH), .ADDRESS(ADDRESS)) dut (
        .clk(clk), .read(read), .read_address(read_address), .read_data(read_data),
        .write(write), .write_address(write_address), .write_data(write_data)
    );

    function [31:0] next;
        input [31:0] x;
        reg   [31:0] y;
        begin
            y = x ^ (x << 13);
            y = y ^ (y >> 17);
            next = y ^ (y << 5);
        end
    endfunction

    initial words = 0;

    always @(posedge clk) begin
        cycle <= cycle + 1;
        random <= rst_n ? next(random) : seed ^ (DEPTH * 32'h85ebca6b) ^ WIDTH;
        if (write) begin
            model[write_address] <= write_data;
            written[write_address] <= 1'b1;
        end
        if (read) begin
            // A word that is written in the same cycle is read as new.
            expected <= (write && write_address == read_address) ? write_data : model[read_address];
            known <= written[read_address] || (write && write_address == read_address);
        end
        if (rst_n && known) begin
            words <= words + 1;
            if (read_data !== expected) begin
                $display("FAIL read_data is wrong: depth %0d, width %0d, cycle %0d", DEPTH, WIDTH,
                    cycle);
                $finish;
            end
        end
    end
endmodule

module ram_bench (
    input wire        clk,
    input wire        rst_n,
    input wire [31:0] seed
);
    reg  [31:0] cycle = 0;
    wire [31:0] words [0:3];

    ram_check #(.WIDTH(8), .DEPTH(4), .ADDRESS(2)) few (clk, rst_n, seed, words[0]);
    ram_check #(.WIDTH(1), .DEPTH(1), .ADDRESS(1)) one (clk, rst_n, seed, words[1]);
    ram_check #(.WIDTH(72), .DEPTH(24), .ADDRESS(5)) odd (clk, rst_n, seed, words[2]);
    ram_check #(.WIDTH(32), .DEPTH(512), .ADDRESS(9)) many (clk, rst_n, seed, words[3]);

    always @(posedge clk) begin
        cycle <= cycle + 1;
        if (cycle == 20000) begin
            $display("PASS %0d", words[0] + words[1] + words[2] + words[3]);
            $finish;
        end
    end
endmodule
