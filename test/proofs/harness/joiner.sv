// The process that joins two streams, as emitted for test/proofs/kernels/joiner.ts, stall gate included: the n-th word
// of each side makes the n-th word of the result, each once; a run takes as many as it was told; after its queue said
// that it is full, no more words come than that queue was given slack for.
//
// Assumed: a start only while idle, and `beats` stays during a run. `full` and `empty` may do as they like.
module joiner_proof #(
    parameter WIDTH = 8,
    parameter DEPTH = 4,
    parameter SLACK = 0
) (
    input wire        clk,
    input wire        rst_n,
    input wire        start,
    input wire [31:0] beats,
    input wire        left_empty,
    input wire [3:0]  left_dout,
    input wire        right_empty,
    input wire [3:0]  right_dout,
    input wire        full,
    input wire        mark
);
    wire             idle, left_pop, right_pop, push;
    wire [WIDTH-1:0] din;

    joiner_join dut (
        .clk(clk), .rst_n(rst_n), .start(start), .idle(idle), .arg_beats(beats),
        .left_empty(left_empty), .left_pop(left_pop), .left_dout(left_dout),
        .right_empty(right_empty), .right_pop(right_pop), .right_dout(right_dout),
        .joined_full(full), .joined_push(push), .joined_din(din)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (!rst_n);

    // Words that the run still has to take; words taken and not written; words written since `full` rose.
    reg        running;
    reg [31:0] beats_was;
    reg [31:0] left;
    reg [2:0]  under_way;
    reg [2:0]  late;
    always @(posedge clk) begin
        running <= rst_n && (start || !idle);
        beats_was <= beats;
        left <= !rst_n ? 0 : start ? beats : left - left_pop;
        under_way <= rst_n ? under_way + left_pop - push : 0;
        late <= (rst_n && full) ? late + push : 0;
    end
    always @* if (rst_n) begin
        if (start) assume (idle);
        if (running) assume (beats == beats_was);
    end

    always @* if (rst_n) begin
        join_pairs: assert (left_pop == right_pop);
        if (left_pop) begin
            join_there: assert (!left_empty && !right_empty);
            join_wanted: assert (left != 0);
        end
        if (push) begin
            join_once: assert (under_way != 0);
            join_slack: assert (!full || late < SLACK);
        end
        if (idle) begin
            join_all: assert (left == 0 && under_way == 0);
        end
        // One word a cycle, whenever there are two and room.
        if (left != 0 && \dut.s0_valid && \dut.s0_block && !left_empty && !right_empty && !full) begin
            join_moves: assert (left_pop);
        end
    end

    // One pair, any.
    reg        marked;
    reg [7:0]  expected;
    reg [2:0]  ahead;
    always @(posedge clk) begin
        if (!rst_n) marked <= 1'b0;
        else if (left_pop && mark && !marked) marked <= 1'b1;
        else if (push && ahead == 0) marked <= 1'b0;
        if (left_pop && mark && !marked) begin
            expected <= {4'd0, left_dout} * {4'd0, right_dout} + {4'd0, left_dout};
            ahead <= under_way - push;
        end else if (push) ahead <= ahead - 1'b1;
    end
    always @* if (rst_n && marked) begin
        join_kept: assert (ahead < under_way);
        if (push && ahead == 0) begin
            join_word: assert (din == expected);
        end
    end

    // What holds inside, for the induction.
    (* hierconn *) wire        \dut.s0_valid ;
    (* hierconn *) wire        \dut.s0_block ;
    (* hierconn *) wire        \dut.s1_valid ;
    (* hierconn *) wire        \dut.s1_block ;
    (* hierconn *) wire        \dut.s2_valid ;
    (* hierconn *) wire        \dut.s2_block ;
    (* hierconn *) wire [31:0] \dut.r_beat ;
    (* hierconn *) wire [3:0]  \dut.s1_value ;
    (* hierconn *) wire [3:0]  \dut.s1_value_2 ;
    (* hierconn *) wire [3:0]  \dut.s2_value ;
    (* hierconn *) wire [7:0]  \dut.s2_mul ;
    wire first = \dut.s1_valid && \dut.s1_block ;
    wire second = \dut.s2_valid && \dut.s2_block ;

    always @* if (rst_n) begin
        inside_way: assert (under_way == first + second);
        inside_late: assert (!full || late + under_way <= SLACK || late == 0);
        inside_left: assert (left == (!\dut.s0_valid ? 0 : \dut.s0_block ? beats_was - \dut.r_beat : beats_was));
        inside_beat: assert (!\dut.s0_valid || running);
        inside_more: assert (!(\dut.s0_valid && \dut.s0_block ) || \dut.r_beat < beats_was);
        if (marked) begin
            if (ahead == 0 && second) begin
                inside_second: assert (expected == \dut.s2_mul + {4'd0, \dut.s2_value });
            end else begin
                inside_first: assert (first && expected == {4'd0, \dut.s1_value } * {4'd0, \dut.s1_value_2 } + {4'd0, \dut.s1_value });
            end
        end
    end

    always @* if (rst_n && started) begin
        cover_slack: cover (late == SLACK && full);
        cover_word: cover (marked && push && ahead == 0 && din == 8'd42);
        cover_end: cover (idle && running && !start);
        cover_both: cover (left_pop && push && under_way == SLACK);
    end
endmodule
