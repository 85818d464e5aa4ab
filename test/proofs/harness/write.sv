// tw_axi_write: words go out in order, each once, in bursts of the lengths that AW promised, WLAST on exactly the last
// beat; at most OUTSTANDING bursts are unanswered; one token for each request, with the answer to its last burst;
// `idle` only when nothing is under way. The addresses are address.sv's to prove.
//
// Assumed: requests of 1 to 256 beats while `req_full` is low; words while `data_full` is low; tokens are taken while
// `resp_empty` is low, and fewer than 2^32 wait; `base` stays while the port is busy; the slave answers a burst after
// it took its address and its last beat.
module write_proof #(
    parameter OUTSTANDING = 3,  // 3 or more
    parameter DATA_DEPTH = 3
) (
    input wire         clk,
    input wire         rst_n,
    input wire [63:0]  base,
    input wire         req_push,
    input wire [31:0]  req_beat,
    input wire [8:0]   req_beats,
    input wire         data_push,
    input wire [511:0] data_din,
    input wire         resp_pop,
    input wire         clear,
    input wire         awready,
    input wire         wready,
    input wire         bvalid,
    input wire [1:0]   bresp,
    input wire         mark_word,
    input wire         mark_burst,
    input wire         mark_answer
);
    localparam BITS = $clog2(DATA_DEPTH);
    localparam COUNT = BITS + 2;
    localparam FLIGHT = $clog2(OUTSTANDING);
    localparam FLIGHTS = FLIGHT + 2;

    wire         req_full, data_full, resp_empty, idle, error, awvalid, wvalid, wlast, bready;
    wire [63:0]  awaddr, wstrb;
    wire [7:0]   awlen;
    wire [2:0]   awsize;
    wire [1:0]   awburst;
    wire [511:0] wdata;

    tw_axi_write #(.OUTSTANDING(OUTSTANDING), .REQUEST_DEPTH(2), .DATA_DEPTH(DATA_DEPTH)) dut (
        .clk(clk), .rst_n(rst_n), .base(base), .req_push(req_push), .req_beat(req_beat), .req_beats(req_beats),
        .req_full(req_full), .data_push(data_push), .data_din(data_din), .data_full(data_full),
        .resp_pop(resp_pop), .resp_empty(resp_empty), .idle(idle), .error(error), .clear(clear),
        .awvalid(awvalid), .awready(awready), .awaddr(awaddr), .awlen(awlen), .awsize(awsize), .awburst(awburst),
        .wvalid(wvalid), .wready(wready), .wdata(wdata), .wstrb(wstrb), .wlast(wlast), .bvalid(bvalid),
        .bready(bready), .bresp(bresp)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (!rst_n);

    reg        busy;
    reg [63:0] base_was;
    always @(posedge clk) begin
        busy <= rst_n && (req_push || !idle);
        base_was <= base;
    end

    // ---- Bursts: shown and WLAST not sent; address accepted, WLAST sent, and neither answered ----
    wire               aw = awvalid && awready;
    wire               w = wvalid && wready;
    wire               b = bvalid && bready;
    reg                aw_waits;
    wire               new = awvalid && !aw_waits;
    reg  [FLIGHTS-1:0] shown;
    wire [FLIGHTS-1:0] open = shown + new;
    reg  [FLIGHTS-1:0] addressed;
    reg  [FLIGHTS-1:0] written;
    always @(posedge clk) begin
        aw_waits <= rst_n && awvalid && !awready;
        shown <= rst_n ? open - (w && wlast) : 0;
        addressed <= rst_n ? addressed + aw - b : 0;
        written <= rst_n ? written + (w && wlast) - b : 0;
    end

    // ---- Requests whose last burst was not issued; tokens that were not taken; words that were not sent ----
    (* hierconn *) wire \dut.issue ;
    (* hierconn *) wire \dut.issue_last ;
    (* hierconn *) wire \dut.token ;
    reg [2:0]       requests;
    reg [31:0]      tokens;
    reg [COUNT-1:0] stored;
    always @(posedge clk) begin
        requests <= rst_n ? requests + req_push - (\dut.issue && \dut.issue_last ) : 0;
        tokens <= rst_n ? tokens + \dut.token - resp_pop : 0;
        stored <= rst_n ? stored + data_push - w : 0;
    end

    always @* if (rst_n) begin
        if (req_push) assume (!req_full && req_beats >= 1 && req_beats <= 256);
        assume (tokens < 32'hffffffff);
        if (data_push) assume (!data_full);
        if (resp_pop) assume (!resp_empty);
        if (busy) assume (base == base_was);
        if (bvalid) assume (addressed != 0 && written != 0);
    end

    // ---- Channels ----
    reg         w_waits, last_was;
    reg [63:0]  addr_was;
    reg [7:0]   len_was;
    reg [511:0] data_was;
    always @(posedge clk) begin
        w_waits <= rst_n && wvalid && !wready;
        addr_was <= awaddr;
        len_was <= awlen;
        data_was <= wdata;
        last_was <= wlast;
    end

    always @* if (rst_n) begin
        if (aw_waits) begin
            axi_aw_held: assert (awvalid);
            axi_aw_stable: assert (awaddr == addr_was && awlen == len_was);
        end
        if (w_waits) begin
            axi_w_held: assert (wvalid);
            axi_w_stable: assert (wdata == data_was && wlast == last_was);
        end
        if (awvalid) begin
            axi_burst: assert (awsize == 6 && awburst == 1 && awlen <= 63 && awaddr[5:0] == 0);
        end
        if (wvalid) begin
            axi_strobes: assert (wstrb == {64{1'b1}});
            write_shown_first: assert (shown != 0);
        end
        if (bvalid) begin
            write_takes_b: assert (bready);
        end
        write_outstanding: assert (addressed + awvalid <= OUTSTANDING);
        write_room: assert (stored <= DATA_DEPTH && data_full == (stored == DATA_DEPTH));
        write_idle: assert (!idle || (requests == 0 && tokens == 0 && stored == 0 && open == 0 && addressed == 0 && written == 0 && !awvalid));
    end

    // ---- One word, any: it leaves in its place ----
    reg             word_marked;
    reg [511:0]     value;
    reg [COUNT-1:0] ahead;
    always @(posedge clk) begin
        if (!rst_n) word_marked <= 1'b0;
        else if (data_push && mark_word && !word_marked) word_marked <= 1'b1;
        else if (w && ahead == 0) word_marked <= 1'b0;
        if (data_push && mark_word && !word_marked) begin
            value <= data_din;
            ahead <= stored - w;
        end else if (w) ahead <= ahead - 1'b1;
    end
    always @* if (rst_n) begin
        write_word: assert (!wvalid || stored != 0);
        if (word_marked) begin
            write_kept: assert (ahead < stored);
            if (wvalid && ahead == 0) begin
                write_order: assert (wdata == value);
            end
        end
    end

    // ---- One burst, any: as many beats as AWLEN says, WLAST on the last ----
    reg               burst_marked;
    reg [7:0]         to_send;  // after the beat that comes next
    reg [FLIGHTS-1:0] before;
    wire              own = burst_marked && before == 0 && w;
    always @(posedge clk) begin
        if (!rst_n) burst_marked <= 1'b0;
        else if (new && mark_burst && !burst_marked) burst_marked <= 1'b1;
        else if (own && wlast) burst_marked <= 1'b0;
        if (new && mark_burst && !burst_marked) begin
            to_send <= awlen;
            before <= shown - (w && wlast);
        end else if (burst_marked) begin
            if (own) to_send <= to_send - 8'd1;
            if (before != 0 && w && wlast) before <= before - 1'b1;
        end
    end
    always @* if (rst_n && burst_marked) begin
        write_burst_kept: assert (before < shown && to_send <= 63);
        if (own) begin
            write_last: assert (wlast == (to_send == 0));
        end
    end

    // ---- One burst, any: its answer is a token if it was its request's last ----
    reg                answer_marked;
    reg                completes;
    reg  [FLIGHTS-1:0] earlier;
    wire [FLIGHTS-1:0] flights = addressed + awvalid;
    wire               answered = answer_marked && b && earlier == 0;
    always @(posedge clk) begin
        if (!rst_n) answer_marked <= 1'b0;
        else if (\dut.issue && mark_answer && !answer_marked) answer_marked <= 1'b1;
        else if (answered) answer_marked <= 1'b0;
        if (\dut.issue && mark_answer && !answer_marked) begin
            completes <= \dut.issue_last ;
            earlier <= flights - b;
        end else if (b) earlier <= earlier - 1'b1;
    end
    always @* if (rst_n) begin
        if (answer_marked) begin
            write_answer_kept: assert (earlier < flights);
            if (answered) begin
                write_token: assert (\dut.token == completes);
            end
        end
        if (!b) begin
            write_no_token: assert (!\dut.token );
        end
    end

    // ---- Errors ----
    reg bad;
    always @(posedge clk) bad <= rst_n && !clear && (bad || (b && bresp != 0));
    always @* if (rst_n) begin
        write_error: assert (error == bad);
    end

    // ---- What holds inside, for the induction ----
    (* hierconn *) wire              \dut.address.more ;
    (* hierconn *) wire              \dut.address.requests.genblk1.pair.full_q ;
    (* hierconn *) wire              \dut.address.requests.genblk1.pair.empty_q ;
    (* hierconn *) wire [31:0]       \dut.tokens ;
    (* hierconn *) wire              \dut.sending ;
    (* hierconn *) wire [5:0]        \dut.beats_left ;
    (* hierconn *) wire [3:0]        \dut.lengths.genblk1.ring.write_at ;
    (* hierconn *) wire [3:0]        \dut.lengths.genblk1.ring.read_at ;
    (* hierconn *) wire              \dut.lengths.genblk1.ring.full_q ;
    (* hierconn *) wire              \dut.lengths.genblk1.ring.empty_q ;
    (* hierconn *) wire [FLIGHT-1:0] \dut.flights.genblk1.ring.write_at ;
    (* hierconn *) wire [FLIGHT-1:0] \dut.flights.genblk1.ring.read_at ;
    (* hierconn *) wire              \dut.flights.genblk1.ring.full_q ;
    (* hierconn *) wire              \dut.flights.genblk1.ring.empty_q ;
    (* hierconn *) wire [BITS-1:0]   \dut.data.genblk1.ring.write_at ;
    (* hierconn *) wire [BITS-1:0]   \dut.data.genblk1.ring.read_at ;
    (* hierconn *) wire              \dut.data.genblk1.ring.full_q ;
    (* hierconn *) wire              \dut.data.genblk1.ring.empty_q ;

    // Words.
    wire [COUNT:0] end_at = \dut.data.genblk1.ring.read_at + stored;
    wire [COUNT:0] at = \dut.data.genblk1.ring.read_at + ahead;
    wire [COUNT:0] wrapped = at >= DATA_DEPTH ? at - DATA_DEPTH : at;
    wire [511:0]   word;
    memory_look #(.MEMID("\\dut.data.genblk1.ring.distributed.words"), .ABITS(BITS), .WIDTH(512))
        look_word (.CLK(1'b0), .EN(1'b1), .ADDR(wrapped[BITS-1:0]), .DATA(word));
    always @* if (rst_n) begin
        inside_data: assert (\dut.data.genblk1.ring.read_at < DATA_DEPTH &&
            \dut.data.genblk1.ring.write_at == (end_at >= DATA_DEPTH ? end_at - DATA_DEPTH : end_at));
        inside_data_flags: assert (\dut.data.genblk1.ring.full_q == (stored == DATA_DEPTH) &&
            \dut.data.genblk1.ring.empty_q == (stored == 0));
        if (word_marked) begin
            inside_word: assert (word == value);
        end
    end

    // Lengths of the bursts that are shown and not begun.
    wire [FLIGHTS-1:0] waiting = open - \dut.sending ;
    wire [5:0]         newest, length;
    wire [FLIGHTS-1:0] place = before - \dut.sending ;
    wire [3:0]         newest_at = \dut.lengths.genblk1.ring.write_at - 4'd1;
    wire [3:0]         length_at = \dut.lengths.genblk1.ring.read_at + place;
    memory_look #(.MEMID("\\dut.lengths.genblk1.ring.distributed.words"), .ABITS(4), .WIDTH(6))
        look_newest (.CLK(1'b0), .EN(1'b1), .ADDR(newest_at), .DATA(newest));
    memory_look #(.MEMID("\\dut.lengths.genblk1.ring.distributed.words"), .ABITS(4), .WIDTH(6))
        look_length (.CLK(1'b0), .EN(1'b1), .ADDR(length_at), .DATA(length));
    always @* if (rst_n) begin
        inside_lengths: assert (open >= \dut.sending && waiting <= 16 &&
            \dut.lengths.genblk1.ring.write_at == \dut.lengths.genblk1.ring.read_at + waiting[3:0]);
        inside_lengths_flags: assert (\dut.lengths.genblk1.ring.full_q == (waiting == 16) &&
            \dut.lengths.genblk1.ring.empty_q == (waiting == 0));
        if (new) begin
            inside_newest: assert (waiting != 0 && newest == awlen[5:0]);
        end
        if (\dut.sending ) begin
            inside_last: assert (shown != 0 && wlast == (\dut.beats_left == 0));
        end
        if (burst_marked) begin
            if (before == 0 && \dut.sending ) begin
                inside_left: assert (to_send == \dut.beats_left );
            end else begin
                inside_length: assert (to_send == length && before >= \dut.sending );
            end
        end
    end

    // Bursts that are not answered.
    wire [FLIGHTS:0]  flights_end = \dut.flights.genblk1.ring.read_at + flights;
    wire [FLIGHTS:0]  flight_at = \dut.flights.genblk1.ring.read_at + earlier;
    wire [FLIGHTS:0]  flight = flight_at >= OUTSTANDING ? flight_at - OUTSTANDING : flight_at;
    wire              last_one;
    memory_look #(.MEMID("\\dut.flights.genblk1.ring.distributed.words"), .ABITS(FLIGHT), .WIDTH(1))
        look_flight (.CLK(1'b0), .EN(1'b1), .ADDR(flight[FLIGHT-1:0]), .DATA(last_one));
    always @* if (rst_n) begin
        inside_bounds: assert (open <= OUTSTANDING && written <= OUTSTANDING && addressed <= OUTSTANDING);
        inside_flights: assert (\dut.flights.genblk1.ring.read_at < OUTSTANDING && flights == open + written &&
            \dut.flights.genblk1.ring.write_at == (flights_end >= OUTSTANDING ? flights_end - OUTSTANDING : flights_end));
        inside_flights_flags: assert (\dut.flights.genblk1.ring.full_q == (flights == OUTSTANDING) &&
            \dut.flights.genblk1.ring.empty_q == (flights == 0));
        if (answer_marked) begin
            inside_completes: assert (last_one == completes);
        end
    end

    // Requests: queued and being issued.
    wire [1:0] queued = \dut.address.requests.genblk1.pair.full_q ? 2 : !\dut.address.requests.genblk1.pair.empty_q ;
    always @* if (rst_n) begin
        inside_pair: assert (!(\dut.address.requests.genblk1.pair.full_q && \dut.address.requests.genblk1.pair.empty_q ));
        inside_requests: assert (requests == queued + \dut.address.more );
        inside_tokens: assert (resp_empty == (tokens == 0) && \dut.tokens == tokens);
    end

    always @* if (rst_n && started) begin
        if (OUTSTANDING < 8) begin
            cover_outstanding: cover (flights == OUTSTANDING && tokens == 1);
        end
        cover_order: cover (word_marked && w && wdata == value && ahead == 0 && value[511] && !value[0]);
        cover_last: cover (own && wlast && len_was != 0);
        cover_token: cover (answered && !completes);
        cover_idle: cover (idle && error);
    end
endmodule
