// First-word fall-through FIFO: `dout` is the oldest word whenever `empty` is low.
//
//   push  write `din`; only while `full` is low, even if a word is popped in the same cycle. Words
//         that were on their way when `full` rose may still come, up to SLACK of them
//   pop   drop the oldest word; only while `empty` is low
//
// `full` and `empty` are registers, so neither side sees the other side's logic in its own path.
// From DEPTH 2 on, a push and a pop every cycle are sustained. Any DEPTH from 1 is exact: `full`
// rises with the DEPTH-th word. A pushed word is visible in the next cycle, or one cycle later where the
// words lie in block RAM (more than 64 words and 8 kbit or more, and DEPTH above 2).
module tw_fifo #(
    parameter WIDTH = 32,
    parameter DEPTH = 2,
    parameter SLACK = 0
) (
    input  wire             clk,
    input  wire             rst_n,
    input  wire             push,
    input  wire [WIDTH-1:0] din,
    output wire             full,
    input  wire             pop,
    output wire [WIDTH-1:0] dout,
    output wire             empty
);

    // Narrow two-word queues are registers: fast, and hardly larger than LUT RAM with its pointers.
    // Wide ones are LUT RAM even when shallow: two 512-bit words would be 1,024 flip-flops. Block RAM
    // counts the words behind its output register, so `full` could not say that there is one word, or two.
    localparam WORDS = DEPTH + SLACK;
    localparam IN_REGISTERS = (WORDS == 1) || ((WORDS == 2) && (SLACK == 0) && (WIDTH <= 64));
    localparam IN_BLOCK_RAM = (WORDS > 64) && (WIDTH * WORDS >= 8192) && (DEPTH > 2);

    // Words behind the output register of a block RAM; that register holds one word itself.
    localparam ENTRIES = IN_BLOCK_RAM ? WORDS - 1 : WORDS;
    // `full` is for those in the RAM: what the output register took is not counted.
    localparam LIMIT = ENTRIES - SLACK;
    localparam BITS = (ENTRIES > 1) ? $clog2(ENTRIES) : 1;

    generate
        if (WORDS == 1) begin : single
            reg [WIDTH-1:0] word;
            reg             occupied;

            always @(posedge clk) begin
                if (push) word <= din;
                if (!rst_n) occupied <= 1'b0;
                else if (push != pop) occupied <= push;
            end

            assign dout = word;
            assign full = occupied;
            assign empty = !occupied;
        end else if (IN_REGISTERS) begin : pair
            reg [WIDTH-1:0] head;
            reg [WIDTH-1:0] second;
            reg             full_q;
            reg             empty_q;

            // `second` may load at every push: it counts only once both words are occupied.
            always @(posedge clk) begin
                if (push) second <= din;
                if (pop || empty_q) head <= full_q ? second : din;
            end

            always @(posedge clk) begin
                if (!rst_n) begin
                    full_q <= 1'b0;
                    empty_q <= 1'b1;
                end else if (push != pop) begin
                    full_q <= push && !empty_q;
                    empty_q <= pop && !full_q;
                end
            end

            assign dout = head;
            assign full = full_q;
            assign empty = empty_q;
        end else begin : ring
            // Pointers of a power of two wrap by themselves.
            localparam WRAPS = ENTRIES != (1 << BITS);
            localparam [BITS-1:0] LAST = ENTRIES[BITS-1:0] - 1'b1;

            reg  [BITS-1:0] write_at;
            reg  [BITS-1:0] read_at;
            wire            write_wraps = WRAPS && (write_at == LAST);
            wire            read_wraps = WRAPS && (read_at == LAST);
            wire [BITS-1:0] write_next = write_wraps ? {BITS{1'b0}} : write_at + 1'b1;
            wire [BITS-1:0] read_next = read_wraps ? {BITS{1'b0}} : read_at + 1'b1;
            reg             full_q;
            reg             empty_q;
            wire            fetch;

            // Equal pointers mean full or empty; which of the two follows from the last move.
            always @(posedge clk) begin
                if (!rst_n) begin
                    write_at <= {BITS{1'b0}};
                    read_at <= {BITS{1'b0}};
                    empty_q <= 1'b1;
                end else begin
                    if (push) write_at <= write_next;
                    if (fetch) read_at <= read_next;
                    if (push != fetch) empty_q <= fetch && (read_next == write_at);
                end
            end

            if (SLACK == 0) begin : exact
                always @(posedge clk) begin
                    if (!rst_n) full_q <= 1'b0;
                    else if (push != fetch) full_q <= push && (write_next == read_at);
                end
            end else begin : early
                // With slack, full is a matter of how many words there are.
                localparam COUNT = $clog2(ENTRIES + 1);
                localparam [COUNT-1:0] ENOUGH = LIMIT[COUNT-1:0];
                reg  [COUNT-1:0] count;
                wire [COUNT-1:0] next_count = push ? count + 1'b1 : count - 1'b1;

                always @(posedge clk) begin
                    if (!rst_n) begin
                        count <= {COUNT{1'b0}};
                        full_q <= 1'b0;
                    end else if (push != fetch) begin
                        count <= next_count;
                        full_q <= next_count >= ENOUGH;
                    end
                end
            end

            assign full = full_q;

            if (IN_BLOCK_RAM) begin : block
                // Block RAM reads a cycle late. Its output register holds the oldest word, and is
                // refilled in the cycle in which that word is popped.
                (* ram_style = "block" *)
                reg [WIDTH-1:0] words [0:ENTRIES-1];
                reg [WIDTH-1:0] oldest;
                reg             valid;

                assign fetch = !empty_q && (!valid || pop);

                always @(posedge clk) begin
                    if (push) words[write_at] <= din;
                    if (fetch) oldest <= words[read_at];
                    if (!rst_n) valid <= 1'b0;
                    else if (fetch) valid <= 1'b1;
                    else if (pop) valid <= 1'b0;
                end

                assign dout = oldest;
                assign empty = !valid;
            end else begin : distributed
                (* ram_style = "distributed" *)
                reg [WIDTH-1:0] words [0:ENTRIES-1];

                always @(posedge clk) if (push) words[write_at] <= din;

                assign fetch = pop;
                assign dout = words[read_at];
                assign empty = empty_q;
            end
        end
    endgenerate

endmodule
