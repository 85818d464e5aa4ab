// tw_fifo: every word comes out once, in its place; `full` and `empty` say exactly how many there are.
//
// Assumed: pushes only while `full` is low, or SLACK times after it rose; pops only while `empty` is low.
// Reset comes first, and may come again at any time.
module fifo_proof #(
    parameter WIDTH = 4,
    parameter DEPTH = 3,
    parameter SLACK = 0
) (
    input wire             clk,
    input wire             rst_n,
    input wire             push,
    input wire [WIDTH-1:0] din,
    input wire             pop,
    input wire             mark
);
    localparam WORDS = DEPTH + SLACK;
    localparam BLOCK = (WORDS > 64) && (WIDTH * WORDS >= 8192) && (DEPTH > 2);
    localparam RING = (WORDS > 2) || ((WORDS == 2) && ((SLACK != 0) || (WIDTH > 64)));
    localparam ENTRIES = BLOCK ? WORDS - 1 : WORDS;
    localparam BITS = (ENTRIES > 1) ? $clog2(ENTRIES) : 1;
    localparam INNER_COUNT = $clog2(ENTRIES + 1);
    localparam COUNT = $clog2(WORDS + 1) + 1;

    wire             full;
    wire             empty;
    wire [WIDTH-1:0] dout;

    tw_fifo #(.WIDTH(WIDTH), .DEPTH(DEPTH), .SLACK(SLACK)) dut (
        .clk(clk), .rst_n(rst_n), .push(push), .din(din), .full(full),
        .pop(pop), .dout(dout), .empty(empty)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (!rst_n);

    // How many words there are, how many of them came in the last cycle, and how many since `full` rose.
    reg [COUNT-1:0] words;
    reg             fresh;
    reg [COUNT-1:0] late;
    always @(posedge clk) begin
        words <= rst_n ? words + push - pop : 0;
        fresh <= rst_n && push;
        late <= (rst_n && full) ? late + push : 0;
    end

    always @* if (rst_n) begin
        if (push) assume (!full || late < SLACK);
        if (pop) assume (!empty);
    end

    // The words that show: block RAM takes a cycle more.
    wire [COUNT-1:0] visible = words - (BLOCK ? fresh : 1'b0);
    reg was_full;
    always @(posedge clk) was_full <= full && rst_n;

    always @* if (rst_n) begin
        fifo_overflow: assert (words <= WORDS && (words < WORDS || !push || pop));
        fifo_late: assert (!full || (words <= DEPTH + late && late <= SLACK));
        fifo_empty: assert (empty == (visible == 0));
        fifo_full: assert (full == (words >= DEPTH));
    end

    // One word, any: marked when it is pushed. `ahead` words come out before it.
    reg             marked;
    reg [WIDTH-1:0] value;
    reg [COUNT-1:0] ahead;
    wire            leaves = marked && pop && ahead == 0;
    always @(posedge clk) begin
        if (!rst_n) marked <= 1'b0;
        else if (push && mark && !marked) marked <= 1'b1;
        else if (leaves) marked <= 1'b0;
        if (push && mark && !marked) begin
            value <= din;
            ahead <= words - pop;
        end else if (pop) ahead <= ahead - 1'b1;
    end

    always @* if (rst_n && marked) begin
        fifo_kept: assert (ahead < words);
        if (ahead == 0 && !empty) begin
            fifo_order: assert (dout == value);
        end
    end

    // What holds inside, for the induction: how pointers and flags of a ring follow from the number of words.
    (* hierconn *) wire [BITS-1:0]          \dut.genblk1.ring.write_at ;
    (* hierconn *) wire [BITS-1:0]          \dut.genblk1.ring.read_at ;
    (* hierconn *) wire                     \dut.genblk1.ring.empty_q ;
    (* hierconn *) wire [INNER_COUNT-1:0]   \dut.genblk1.ring.early.count ;
    (* hierconn *) wire                     \dut.genblk1.ring.block.valid ;
    (* hierconn *) wire [WIDTH-1:0]         \dut.genblk1.pair.second ;

    generate
        if (RING) begin : inside
            wire [COUNT-1:0] stored = BLOCK ? words - \dut.genblk1.ring.block.valid : words;
            wire [COUNT-1:0] place = BLOCK ? ahead - \dut.genblk1.ring.block.valid : ahead;
            wire [COUNT:0]   end_at = \dut.genblk1.ring.read_at + stored;
            wire [COUNT:0]   at = \dut.genblk1.ring.read_at + place;
            wire [COUNT:0]   wrapped = at >= ENTRIES ? at - ENTRIES : at;
            wire [WIDTH-1:0] word;

            memory_look #(
                .MEMID(BLOCK ? "\\dut.genblk1.ring.block.words" : "\\dut.genblk1.ring.distributed.words"),
                .ABITS(BITS), .WIDTH(WIDTH)
            ) look (.CLK(1'b0), .EN(1'b1), .ADDR(wrapped[BITS-1:0]), .DATA(word));

            always @* if (rst_n) begin
                ring_pointers: assert (\dut.genblk1.ring.read_at < ENTRIES && \dut.genblk1.ring.write_at < ENTRIES);
                ring_distance: assert (\dut.genblk1.ring.write_at == (end_at >= ENTRIES ? end_at - ENTRIES : end_at));
                ring_empty: assert (\dut.genblk1.ring.empty_q == (stored == 0));
                ring_stored: assert (stored <= ENTRIES);
                if (SLACK != 0) begin
                    ring_count: assert (\dut.genblk1.ring.early.count == stored);
                end
                if (marked && !(BLOCK && ahead == 0 && !empty)) begin
                    ring_word: assert (word == value);
                end
            end
        end else if (WORDS == 2) begin : inside
            always @* if (rst_n && marked && ahead == 1) begin
                pair_second: assert (\dut.genblk1.pair.second == value);
            end
        end
    endgenerate

    // That all of this happens. What takes too many cycles to fill is seen to fill where it is smaller.
    always @* if (rst_n && started) begin
        if (DEPTH < 8) begin
            cover_full: cover (full);
        end
        if (WORDS < 8) begin
            cover_last: cover (words == WORDS);
        end
        if (WORDS > 1) begin
            cover_both: cover (marked && ahead == 0 && push && pop);
        end
        cover_out: cover (leaves && value == {WIDTH{1'b1}});
    end
endmodule
