// Self-checking bench of tw_axi_write: random requests and beats against a behavioural memory that
// takes AW and W in every order AXI allows. Runs through phases; see `phase`.
module write_check #(
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
    localparam PHASES = 7;

    // ---- Phases ----
    // 0 no stalls, single beats: one AW and one W a cycle
    // 1 latency beyond OUTSTANDING, single beats: OUTSTANDING bursts must be in flight
    // 2 everything random     3 long bursts, slow memory
    // 4 the memory takes an address only once it sees the first beat
    // 5 the memory takes W only after its AW; tokens are left lying until the end
    // 6 as 2, with one bad response
    reg  [2:0]  phase = 0;
    reg  [31:0] random [0:3];
    reg  [31:0] cycle = 0;
    reg  [31:0] phase_start = 0;
    reg  [31:0] last_move = 0;
    reg  [6:0]  settle = 0;
    wire        plain = phase < 2;
    wire [31:0] requests = plain ? MOST : 40;
    wire [31:0] latency = phase == 0 ? 3 : phase == 1 ? OUTSTANDING + 60 : random[3][4:0];
    wire        aw_stall = !plain && random[0][1:0] == 0;
    wire        w_stall = !plain && (phase == 3 ? random[0][2] : random[0][4:2] == 0);
    wire        req_stall = !plain && random[0][7:6] == 0;
    wire        push_stall = !plain && random[0][9:8] == 0;
    wire        resp_stall = !plain && (phase == 5 ? !asked_all : random[0][11:10] == 0);
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

    // ---- Requests: planned at the start of a phase, so that data may run ahead of them ----
    reg  [31:0] asked_beat [0:MOST-1];
    reg  [8:0]  asked_beats [0:MOST-1];
    reg  [31:0] planned = 0;
    reg  [31:0] planned_beats = 0;
    reg  [31:0] asked = 0;
    reg         want = 0;
    wire        req_full;
    wire        req_push = want && !req_full;
    wire        asked_all = answered == requests;
    wire [8:0]  some_beats = random[1][11:8] == 0 ? 9'd256 - random[1][2:0] :
        random[1][11:8] < 6 ? {3'd0, random[1][5:0]} + 9'd1 : {7'd0, random[1][1:0]} + 9'd1;
    // Half of the requests start close to the end of a page.
    wire [31:0] some_beat = {random[2][29:24], 20'd0, random[2][5:0] | (random[2][6] ? 6'h3c : 6'h00)};

    function [511:0] content;
        input [31:0] number;
        content = {~number, number * 32'h9e3779b9, {13{number ^ 32'h4c957f2d}}, number};
    endfunction

    // ---- Device under test ----
    wire         data_full;
    reg          want_data = 0;
    reg  [31:0]  pushed = 0;
    wire         data_push = want_data && !data_full;
    wire         resp_empty;
    reg          want_resp = 0;
    wire         resp_pop = want_resp && !resp_empty;
    wire         idle;
    wire         error;
    reg          clear = 0;
    wire         awvalid;
    reg          aw_willing = 0;
    wire         awready = aw_willing && (phase != 4 || wvalid || w_burst > bursts || w_inside);
    wire [63:0]  awaddr;
    wire [7:0]   awlen;
    wire [2:0]   awsize;
    wire [1:0]   awburst;
    wire         wvalid;
    reg          w_willing = 0;
    wire         wready = w_willing && (phase != 5 || w_burst < bursts);
    wire [511:0] wdata;
    wire [63:0]  wstrb;
    wire         wlast;
    reg          bvalid = 0;
    wire         bready;
    reg  [1:0]   bresp = 0;

    tw_axi_write #(
        .OUTSTANDING(OUTSTANDING), .REQUEST_DEPTH(REQUEST_DEPTH), .DATA_DEPTH(DATA_DEPTH)
    ) dut (
        .clk(clk), .rst_n(rst_n), .base(base), .req_push(req_push), .req_beat(asked_beat[asked]),
        .req_beats(asked_beats[asked]), .req_full(req_full), .data_push(data_push),
        .data_din(content(pushed)), .data_full(data_full), .resp_pop(resp_pop),
        .resp_empty(resp_empty), .idle(idle), .error(error), .clear(clear), .awvalid(awvalid),
        .awready(awready), .awaddr(awaddr), .awlen(awlen), .awsize(awsize), .awburst(awburst),
        .wvalid(wvalid), .wready(wready), .wdata(wdata), .wstrb(wstrb), .wlast(wlast),
        .bvalid(bvalid), .bready(bready), .bresp(bresp)
    );

    // ---- AW: what must come next, and what came ----
    reg  [31:0] aw_request = 0;
    reg  [8:0]  aw_offset = 0;
    wire [63:0] aw_expected = base + {26'd0, asked_beat[aw_request] + {23'd0, aw_offset}, 6'd0};
    wire [8:0]  aw_left = asked_beats[aw_request] - aw_offset;
    wire [6:0]  aw_room = 7'd64 - {1'b0, aw_expected[11:6]};
    wire [8:0]  aw_beats = aw_left < {2'd0, aw_room} ? aw_left : {2'd0, aw_room};
    wire        aw_ends = aw_offset + awlen + 9'd1 == asked_beats[aw_request];
    wire        aw = awvalid && awready;
    reg         aw_waits = 0;
    reg  [63:0] aw_shown = 0;
    reg  [7:0]  aw_shown_len = 0;
    reg  [31:0] bursts = 0;
    reg         burst_ends [0:1023];

    // ---- W, walking the same requests on its own ----
    reg  [31:0] w_request = 0;
    reg  [8:0]  w_offset = 0;
    reg  [31:0] w_burst = 0;
    reg         w_inside = 0;
    reg  [31:0] w_number = 0;
    wire [31:0] w_beat = base[37:6] + asked_beat[w_request] + {23'd0, w_offset};
    wire        w_ends = w_offset + 9'd1 == asked_beats[w_request];
    wire        w_last = w_ends || w_beat[5:0] == 6'd63;
    wire        w = wvalid && wready;
    reg         w_waits = 0;
    reg  [511:0] w_shown = 0;
    reg         w_shown_last = 0;

    // ---- B ----
    reg  [31:0] due [0:1023];
    reg  [31:0] answered_bursts = 0;
    reg  [31:0] shown_bursts = 0;
    reg  [31:0] answered = 0;
    reg  [31:0] taken = 0;
    reg  [31:0] most_in_flight = 0;
    wire        b = bvalid && bready;
    wire [31:0] complete = bursts < w_burst ? bursts : w_burst;
    wire        offer = shown_bursts != complete && due[shown_bursts[9:0]] <= cycle;
    reg         bad_sent = 0;
    wire        bad = phase == 6 && !bad_sent && answered > 5;
    reg         error_due = 0;
    reg         error_seen = 0;
    wire        drained = asked == requests && taken == requests;

    integer i;

    always @(posedge clk) begin
        cycle <= cycle + 1;
        for (i = 0; i < 4; i = i + 1)
            random[i] <= rst_n ? next(random[i])
                : (seed * 32'h9e3779b9) ^ (i * 32'h85ebca6b) ^ OUTSTANDING;
        if (!rst_n) begin
            total <= 0;
            done <= 0;
        end else if (planned < requests && !done) begin
            asked_beat[planned] <= plain ? {random[2][31:8], planned[7:0]} : some_beat;
            asked_beats[planned] <= plain ? 9'd1 : some_beats;
            planned <= planned + 1;
            planned_beats <= planned_beats + (plain ? 9'd1 : some_beats);
            phase_start <= cycle;
            last_move <= cycle;
        end else if (!done) begin
            // Requests and beats
            if (req_push) asked <= asked + 1;
            if (!want || req_push) want <= asked + req_push < requests && !req_stall;
            if (data_push) pushed <= pushed + 1;
            if (!want_data || data_push) want_data <= pushed + data_push < planned_beats && !push_stall;

            // AW
            aw_willing <= !aw_stall;
            aw_waits <= awvalid && !awready;
            aw_shown <= awaddr;
            aw_shown_len <= awlen;
            if (aw_waits && (!awvalid || awaddr !== aw_shown || awlen !== aw_shown_len)) fail("AW changed");
            if (awvalid) begin
                if (aw_request >= asked) fail("AW nobody asked for");
                else if (awaddr !== aw_expected) fail("AWADDR");
                else if ({1'b0, awlen} + 9'd1 !== aw_beats) fail("AWLEN");
                else if (awsize !== 3'd6 || awburst !== 2'b01) fail("AWSIZE or AWBURST");
            end
            if (aw) begin
                last_move <= cycle;
                burst_ends[bursts[9:0]] <= aw_ends;
                bursts <= bursts + 1;
                if (aw_ends) begin
                    aw_request <= aw_request + 1;
                    aw_offset <= 0;
                end else aw_offset <= aw_offset + awlen + 9'd1;
                if (bursts - answered_bursts >= OUTSTANDING) fail("too many bursts in flight");
                if (bursts - answered_bursts + 1 > most_in_flight)
                    most_in_flight <= bursts - answered_bursts + 1;
            end

            // W
            w_willing <= !w_stall;
            w_waits <= wvalid && !wready;
            w_shown <= wdata;
            w_shown_last <= wlast;
            if (w_waits && (!wvalid || wdata !== w_shown || wlast !== w_shown_last)) fail("W changed");
            if (wvalid) begin
                if (w_burst > bursts || (w_burst == bursts && !awvalid)) fail("W before its AW");
                else if (wdata !== content(w_number)) fail("WDATA");
                else if (wlast !== w_last) fail("WLAST");
                else if (wstrb !== {64{1'b1}}) fail("WSTRB");
            end
            if (w) begin
                last_move <= cycle;
                total <= total + 1;
                w_number <= w_number + 1;
                w_inside <= !w_last;
                if (w_ends) begin
                    w_request <= w_request + 1;
                    w_offset <= 0;
                end else w_offset <= w_offset + 1;
                if (w_last) begin
                    w_burst <= w_burst + 1;
                    due[w_burst[9:0]] <= cycle + latency;
                end
            end

            // B: an answer that is shown stays until it is taken.
            if (b) begin
                last_move <= cycle;
                answered_bursts <= answered_bursts + 1;
                if (burst_ends[answered_bursts[9:0]]) answered <= answered + 1;
            end
            if (!bvalid || bready) begin
                bvalid <= offer;
                if (offer) begin
                    bresp <= bad ? 2'b10 : 2'b00;
                    if (bad) bad_sent <= 1;
                    shown_bursts <= shown_bursts + 1;
                end
            end

            // Tokens
            want_resp <= !resp_stall;
            if (resp_empty !== (answered == taken)) fail("response tokens");
            if (resp_pop) taken <= taken + 1;

            // Flags
            if (b && bresp != 0) error_due <= 1;
            if (error !== error_due) fail("error");
            if (idle && taken != asked) fail("idle too early");
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
                if (phase == 0 && OUTSTANDING > 15 && cycle - phase_start > requests + 50)
                    fail("not one beat a cycle");
                if (phase == 1 && most_in_flight != OUTSTANDING) fail("too few bursts in flight");
                if (phase == 6 && !error_seen) fail("no error to see");
                if (w_number != planned_beats) fail("beats left over");
                phase <= phase + 1;
                planned <= 0;
                asked <= 0;
                aw_request <= 0;
                w_request <= 0;
                answered <= 0;
                taken <= 0;
                settle <= 0;
                most_in_flight <= 0;
                if (phase == PHASES - 1) done <= 1;
            end
        end
    end
endmodule

module write_bench (
    input wire        clk,
    input wire        rst_n,
    input wire [31:0] seed
);
    wire [31:0] total [0:3];
    wire        done [0:3];

    write_check #(.OUTSTANDING(64)) usual (clk, rst_n, seed, total[0], done[0]);
    write_check #(.OUTSTANDING(1), .REQUEST_DEPTH(1), .DATA_DEPTH(2)) least
        (clk, rst_n, seed, total[1], done[1]);
    write_check #(.OUTSTANDING(5), .REQUEST_DEPTH(2), .DATA_DEPTH(16)) odd
        (clk, rst_n, seed, total[2], done[2]);
    write_check #(.OUTSTANDING(128), .REQUEST_DEPTH(16), .DATA_DEPTH(256)) deep
        (clk, rst_n, seed, total[3], done[3]);

    always @(posedge clk) begin
        if (rst_n && done[0] && done[1] && done[2] && done[3]) begin
            $display("PASS %0d %0d %0d %0d", total[0], total[1], total[2], total[3]);
            $finish;
        end
    end
endmodule
