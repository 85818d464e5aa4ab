// tw_ram: a read gives the word as last written, one written in the same cycle included, and holds it until the next
// read. Any one address is followed.
//
// Assumed: addresses below DEPTH.
module ram_proof #(
    parameter WIDTH = 4,
    parameter DEPTH = 6,
    parameter ADDRESS = 3
) (
    input wire               clk,
    input wire               read,
    input wire [ADDRESS-1:0] read_address,
    input wire               write,
    input wire [ADDRESS-1:0] write_address,
    input wire [WIDTH-1:0]   write_data
);
    wire [WIDTH-1:0] read_data;
    tw_ram #(.WIDTH(WIDTH), .DEPTH(DEPTH), .ADDRESS(ADDRESS)) dut (
        .clk(clk), .read(read), .read_address(read_address), .read_data(read_data), .write(write),
        .write_address(write_address), .write_data(write_data)
    );

    wire [ADDRESS-1:0] place = $anyconst;
    always @* begin
        assume (place < DEPTH);
        if (read) assume (read_address < DEPTH);
        if (write) assume (write_address < DEPTH);
    end

    reg             written = 1'b0;
    reg [WIDTH-1:0] value;
    reg             shown = 1'b0;
    reg [WIDTH-1:0] expected;
    wire            now = write && write_address == place;
    always @(posedge clk) begin
        if (now) begin
            written <= 1'b1;
            value <= write_data;
        end
        if (read) begin
            shown <= read_address == place && (written || now);
            expected <= now ? write_data : value;
        end
    end

    wire [WIDTH-1:0] word;
    memory_look #(.MEMID("\\dut.memory"), .ABITS(ADDRESS), .WIDTH(WIDTH))
        look (.CLK(1'b0), .EN(1'b1), .ADDR(place), .DATA(word));

    always @* begin
        if (written) begin
            ram_word: assert (word == value);
        end
        if (shown) begin
            ram_read: assert (read_data == expected);
        end
        cover_forward: cover (shown && !read && read_data == {WIDTH{1'b1}} && value == 0);
    end
endmodule
