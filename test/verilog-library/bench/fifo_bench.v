// Self-checking bench of tw_fifo: many shapes at once, each against a queue of its own. Prints
// "FAIL ..." at the first difference, "PASS <words>" at the end.
module fifo_check #(
    parameter WIDTH = 8,
    parameter DEPTH = 2,
    parameter LATENCY = 1,
    parameter SLACK = 0
) (
    input  wire        clk,
    input  wire        rst_n,
    input  wire [31:0] seed,
    output reg  [31:0] words
);
    reg  [31:0]      random;
    reg  [31:0]      cycle = 0;
    reg  [1:0]       mode = 0;
    reg  [WIDTH-1:0] queue [0:4095];
    reg  [31:0]      born [0:4095];
    reg  [31:0]      pushed = 0;
    reg  [31:0]      popped = 0;
    reg  [31:0]      streak = 0;
    reg              want_push = 0;
    reg              want_pop = 0;
    wire             full;
    wire             empty;
    wire [WIDTH-1:0] dout;
    wire [WIDTH-1:0] din = {(WIDTH + 31) / 32{random ^ (pushed * 32'h9e3779b9)}};
    // With slack, a push was decided SLACK cycles ago, when `full` was still low.
    reg  [SLACK:0]   under_way = 0;
    wire [SLACK+1:0] decided = {under_way, want_push && !full};
    wire             push = decided[SLACK];
    wire             pop = want_pop && !empty;
    wire [31:0]      held = pushed - popped;
    wire             visible = (held != 0) && (cycle - born[popped[11:0]] >= LATENCY);

    tw_fifo #(.WIDTH(WIDTH), .DEPTH(DEPTH), .SLACK(SLACK)) dut (
        .clk(clk), .rst_n(rst_n), .push(push), .din(din), .full(full),
        .pop(pop), .dout(dout), .empty(empty)
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

    task fail;
        input [8*24-1:0] what;
        begin
            $display("FAIL %0s: depth %0d, width %0d, slack %0d, cycle %0d, %0d words held", what,
                DEPTH, WIDTH, SLACK, cycle, held);
            $finish;
        end
    endtask

    always @(posedge clk) begin
        cycle <= cycle + 1;
        words <= popped;
        random <= rst_n ? next(random) : seed ^ (DEPTH * 32'h85ebca6b) ^ WIDTH;
        // Stretches of everything at once, filling up, running dry, and coin tosses.
        if (rst_n && cycle[8:0] == 0) mode <= random[9:8];
        want_push <= (mode == 0) || (mode == 1 ? random[2:0] != 0 : random[2:0] < 3);
        want_pop <= (mode == 0) || (mode == 2 ? random[5:3] != 0 : random[5:3] < 2);
        under_way <= rst_n ? decided[SLACK:0] : 0;
        if (!rst_n) begin
            want_push <= 0;
            want_pop <= 0;
        end else begin
            if (full !== (held >= DEPTH)) fail("full is wrong");
            if (empty !== !visible) fail("empty is wrong");
            if (visible && dout !== queue[popped[11:0]]) fail("dout is wrong");
            if (push) begin
                queue[pushed[11:0]] <= din;
                born[pushed[11:0]] <= cycle;
                pushed <= pushed + 1;
            end
            if (pop) popped <= popped + 1;
            // With both sides always willing, a FIFO of two words or more moves one every cycle.
            streak <= (want_push && want_pop) ? streak + 1 : 0;
            if (DEPTH > 1 && want_push && want_pop && SLACK == 0 && streak > DEPTH + 4 && !pop) fail("a bubble");
        end
    end
endmodule

module fifo_bench (
    input wire        clk,
    input wire        rst_n,
    input wire [31:0] seed
);
    integer     cycles = 0;
    wire [31:0] words [0:15];

    fifo_check #(.WIDTH(8), .DEPTH(1)) one (clk, rst_n, seed, words[0]);
    fifo_check #(.WIDTH(32), .DEPTH(2)) two (clk, rst_n, seed, words[1]);
    fifo_check #(.WIDTH(512), .DEPTH(2)) wide_two (clk, rst_n, seed, words[2]);
    fifo_check #(.WIDTH(1), .DEPTH(3)) three (clk, rst_n, seed, words[3]);
    fifo_check #(.WIDTH(41), .DEPTH(4)) four (clk, rst_n, seed, words[4]);
    fifo_check #(.WIDTH(7), .DEPTH(5)) five (clk, rst_n, seed, words[5]);
    fifo_check #(.WIDTH(512), .DEPTH(32)) beats (clk, rst_n, seed, words[6]);
    fifo_check #(.WIDTH(17), .DEPTH(33)) odd (clk, rst_n, seed, words[7]);
    fifo_check #(.WIDTH(9), .DEPTH(100)) long (clk, rst_n, seed, words[8]);
    fifo_check #(.WIDTH(512), .DEPTH(65), .LATENCY(2)) block (clk, rst_n, seed, words[9]);
    fifo_check #(.WIDTH(64), .DEPTH(128), .LATENCY(2)) block_128 (clk, rst_n, seed, words[10]);
    fifo_check #(.WIDTH(33), .DEPTH(257), .LATENCY(2)) block_257 (clk, rst_n, seed, words[11]);
    fifo_check #(.WIDTH(8), .DEPTH(1), .SLACK(1)) slack_one (clk, rst_n, seed, words[12]);
    fifo_check #(.WIDTH(40), .DEPTH(2), .SLACK(3)) slack_two (clk, rst_n, seed, words[13]);
    fifo_check #(.WIDTH(512), .DEPTH(32), .SLACK(7)) slack_ring (clk, rst_n, seed, words[14]);
    fifo_check #(.WIDTH(64), .DEPTH(128), .LATENCY(2), .SLACK(5))
        slack_block (clk, rst_n, seed, words[15]);

    always @(posedge clk) begin
        cycles <= cycles + 1;
        if (cycles == 12000) begin
            $display("PASS %0d %0d %0d %0d %0d %0d %0d %0d %0d %0d %0d %0d %0d %0d %0d %0d", words[0],
                words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8],
                words[9], words[10], words[11], words[12], words[13], words[14], words[15]);
            $finish;
        end
    end
endmodule
