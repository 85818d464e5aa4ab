// Self-checking bench of tw_axi_read: random requests against a behavioural memory whose every beat
// tells its own address. Runs through phases of latency, stalls and request shapes; see `phase`.
module read_check #(
    parameter OUTSTANDING = 16,
    parameter REQUEST_DEPTH = 4,
    parameter DATA_DEPTH = 32
) (
    input  wire        clk,
    input  wire        rst_n,
    input  wire [31:0] seed,
    output reg  [31:0] total,
    output reg         done
);
    localparam MOST = 160;
    localparam PHASES = 6;

    // ---- Phases ----
    // 0 no stalls, single beats: one AR and one R a cycle
    // 1 latency beyond OUTSTANDING, single beats: OUTSTANDING bursts must be in flight
    // 2 everything random     3 long bursts, slow memory     4 slow consumer
    // 5 as 2, with one bad response
    reg  [2:0]  phase = 0;
    reg  [31:0] random [0:3];
    reg  [31:0] cycle = 0;
    reg  [31:0] phase_start = 0;
    reg  [31:0] last_move = 0;
    reg  [6:0]  settle = 0;
    wire        plain = phase < 2;
    wire [31:0] requests = plain ? MOST : 40;
    wire [31:0] latency = phase == 0 ? 3 : phase == 1 ? OUTSTANDING + 60 : phase == 3 ? 40 : random[3][4:0];
    wire        ar_stall = !plain && random[0][1:0] == 0;
    wire        r_stall = !plain && (phase == 3 ? random[0][2] : random[0][4:2] == 0);
    wire        req_stall = !plain && random[0][7:6] == 0;
    wire        pop_stall = !plain && (phase == 4 ? random[0][9:8] != 0 : random[0][9:8] == 0);
    wire [63:0] base = {20'h00012, 24'h345678, 1'b0, phase, phase == 0 ? 16'h0000 : 16'hefc0};

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
        input [8*32-1:0] what;
        begin
            $display("FAIL %0s: outstanding %0d, phase %0d, cycle %0d", what, OUTSTANDING, phase, cycle);
            $finish;
        end
    endtask

    // ---- Requests ----
    reg  [31:0] asked_beat [0:MOST-1];
    reg  [8:0]  asked_beats [0:MOST-1];
    reg  [31:0] asked = 0;  // pushed in this phase
    reg  [31:0] beat = 0;
    reg  [8:0]  beats = 1;
    reg         want = 0;
    wire        req_full;
    wire        req_push = want && !req_full;

    wire [8:0]  some_beats = random[1][11:8] == 0 ? 9'd256 - random[1][2:0] :
        random[1][11:8] < 6 ? {3'd0, random[1][5:0]} + 9'd1 : {7'd0, random[1][1:0]} + 9'd1;
    // Half of the requests start close to the end of a page.
    wire [31:0] some_beat = {random[2][29:24], 20'd0, random[2][5:0] | (random[2][6] ? 6'h3c : 6'h00)};

    // ---- Device under test ----
    wire         data_empty;
    wire [511:0] data_dout;
    reg          want_data = 0;
    wire         data_pop = want_data && !data_empty;
    wire         idle;
    wire         error;
    reg          clear = 0;
    wire         arvalid;
    reg          arready = 0;
    wire [63:0]  araddr;
    wire [7:0]   arlen;
    wire [2:0]   arsize;
    wire [1:0]   arburst;
    reg          rvalid = 0;
    wire         rready;
    reg  [511:0] rdata = 0;
    reg  [1:0]   rresp = 0;
    reg          rlast = 0;

    tw_axi_read #(
        .OUTSTANDING(OUTSTANDING), .REQUEST_DEPTH(REQUEST_DEPTH), .DATA_DEPTH(DATA_DEPTH)
    ) dut (
        .clk(clk), .rst_n(rst_n), .base(base), .req_push(req_push), .req_beat(beat),
        .req_beats(beats), .req_full(req_full), .data_pop(data_pop), .data_dout(data_dout),
        .data_empty(data_empty), .idle(idle), .error(error), .clear(clear), .arvalid(arvalid),
        .arready(arready), .araddr(araddr), .arlen(arlen), .arsize(arsize), .arburst(arburst),
        .rvalid(rvalid), .rready(rready), .rdata(rdata), .rresp(rresp), .rlast(rlast)
    );

    function [511:0] content;
        input [63:0] address;
        content = {~address, address, {4{address ^ 64'h5851f42d4c957f2d}}, address << 7, address};
    endfunction

    // ---- AR: what must come next, and what came ----
    reg  [31:0] ar_request = 0;
    reg  [8:0]  ar_offset = 0;
    wire [63:0] ar_expected = base + {26'd0, asked_beat[ar_request] + {23'd0, ar_offset}, 6'd0};
    wire [8:0]  ar_left = asked_beats[ar_request] - ar_offset;
    wire [6:0]  ar_room = 7'd64 - {1'b0, ar_expected[11:6]};
    wire [8:0]  ar_beats = ar_left < {2'd0, ar_room} ? ar_left : {2'd0, ar_room};
    wire        ar = arvalid && arready;
    reg         ar_waits = 0;
    reg  [63:0] ar_shown = 0;
    reg  [7:0]  ar_shown_len = 0;

    // ---- Memory ----
    reg  [63:0] burst_addr [0:1023];
    reg  [7:0]  burst_len [0:1023];
    reg  [31:0] burst_due [0:1023];
    reg  [31:0] bursts = 0;
    reg  [31:0] served = 0;
    reg  [31:0] finished = 0;
    reg  [7:0]  served_beat = 0;
    reg  [31:0] most_in_flight = 0;
    wire        r = rvalid && rready;
    wire        offer = served != bursts && burst_due[served[9:0]] <= cycle && !r_stall;
    wire [63:0] offer_addr = burst_addr[served[9:0]] + {50'd0, served_beat, 6'd0};
    wire        offer_last = served_beat == burst_len[served[9:0]];
    reg         bad_sent = 0;
    wire        bad = phase == 5 && !bad_sent && bursts > 40;

    // ---- Data ----
    reg  [31:0] out_request = 0;
    reg  [8:0]  out_offset = 0;
    wire [63:0] out_expected = base + {26'd0, asked_beat[out_request] + {23'd0, out_offset}, 6'd0};
    reg         error_due = 0;
    reg         error_seen = 0;

    wire        drained = asked == requests && out_request == requests;

    integer i;

    always @(posedge clk) begin
        cycle <= cycle + 1;
        for (i = 0; i < 4; i = i + 1)
            random[i] <= rst_n ? next(random[i])
                : (seed * 32'h9e3779b9) ^ (i * 32'h85ebca6b) ^ OUTSTANDING;
        if (!rst_n) begin
            total <= 0;
            done <= 0;
        end else if (!done) begin
            // Requests
            if (req_push) begin
                asked_beat[asked] <= beat;
                asked_beats[asked] <= beats;
                asked <= asked + 1;
            end
            if (!want || req_push) begin
                want <= asked + req_push < requests && !req_stall;
                beat <= plain ? {random[2][31:8], asked[7:0]} : some_beat;
                beats <= plain ? 9'd1 : some_beats;
            end

            // AR
            arready <= !ar_stall;
            ar_waits <= arvalid && !arready;
            ar_shown <= araddr;
            ar_shown_len <= arlen;
            if (ar_waits && (!arvalid || araddr !== ar_shown || arlen !== ar_shown_len)) fail("AR changed");
            if (arvalid) begin
                if (ar_request >= asked) fail("AR nobody asked for");
                else if (araddr !== ar_expected) fail("ARADDR");
                else if ({1'b0, arlen} + 9'd1 !== ar_beats) fail("ARLEN");
                else if (arsize !== 3'd6 || arburst !== 2'b01) fail("ARSIZE or ARBURST");
            end
            if (ar) begin
                last_move <= cycle;
                burst_addr[bursts[9:0]] <= araddr;
                burst_len[bursts[9:0]] <= arlen;
                burst_due[bursts[9:0]] <= cycle + latency;
                bursts <= bursts + 1;
                if (ar_offset + arlen + 9'd1 == asked_beats[ar_request]) begin
                    ar_request <= ar_request + 1;
                    ar_offset <= 0;
                end else ar_offset <= ar_offset + arlen + 9'd1;
                if (bursts - finished >= OUTSTANDING) fail("too many bursts in flight");
                if (bursts - finished + 1 > most_in_flight) most_in_flight <= bursts - finished + 1;
            end

            // R: a beat that is shown stays until it is taken.
            if (r) last_move <= cycle;
            if (r && rlast) finished <= finished + 1;
            if (!rvalid || rready) begin
                rvalid <= offer;
                if (offer) begin
                    rdata <= content(offer_addr);
                    rlast <= offer_last;
                    rresp <= bad ? 2'b10 : 2'b00;
                    if (bad) bad_sent <= 1;
                    served_beat <= offer_last ? 0 : served_beat + 1;
                    if (offer_last) served <= served + 1;
                end
            end

            // Data
            want_data <= !pop_stall;
            if (data_pop) begin
                last_move <= cycle;
                total <= total + 1;
                if (data_dout !== content(out_expected)) fail("data");
                if (out_offset + 9'd1 == asked_beats[out_request]) begin
                    out_request <= out_request + 1;
                    out_offset <= 0;
                end else out_offset <= out_offset + 1;
            end

            // Flags
            if (r && rresp != 0) error_due <= 1;
            if (error !== error_due) fail("error");
            if (idle && out_request != asked) fail("idle too early");
            if (cycle - last_move > 2000) fail("no progress");
            settle <= drained ? settle + 1 : 0;
            if (settle > 3 && !idle && !clear) fail("not idle at the end");

            // Next phase
            if (settle == 8) clear <= 1;
            if (settle == 9) begin
                clear <= 0;
                error_due <= 0;
                error_seen <= error_due;
            end
            if (settle == 20) begin
                if (phase == 0 && OUTSTANDING > 15 && cycle - phase_start > requests + 40)
                    fail("not one beat a cycle");
                if (phase == 1 && most_in_flight != OUTSTANDING) fail("too few bursts in flight");
                if (phase == 5 && !error_seen) fail("no error to see");
                phase <= phase + 1;
                phase_start <= cycle;
                last_move <= cycle;
                asked <= 0;
                ar_request <= 0;
                out_request <= 0;
                settle <= 0;
                most_in_flight <= 0;
                if (phase == PHASES - 1) done <= 1;
            end
        end
    end
endmodule

module read_bench (
    input wire        clk,
    input wire        rst_n,
    input wire [31:0] seed
);
    wire [31:0] total [0:3];
    wire        done [0:3];

    read_check #(.OUTSTANDING(64)) usual (clk, rst_n, seed, total[0], done[0]);
    read_check #(.OUTSTANDING(1), .REQUEST_DEPTH(1), .DATA_DEPTH(2)) least
        (clk, rst_n, seed, total[1], done[1]);
    read_check #(.OUTSTANDING(5), .REQUEST_DEPTH(2), .DATA_DEPTH(16)) odd
        (clk, rst_n, seed, total[2], done[2]);
    read_check #(.OUTSTANDING(128), .REQUEST_DEPTH(16), .DATA_DEPTH(256)) deep
        (clk, rst_n, seed, total[3], done[3]);

    always @(posedge clk) begin
        if (rst_n && done[0] && done[1] && done[2] && done[3]) begin
            $display("PASS %0d %0d %0d %0d", total[0], total[1], total[2], total[3]);
            $finish;
        end
    end
endmodule
