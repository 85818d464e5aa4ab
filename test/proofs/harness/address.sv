// tw_axi_address: the bursts of a request are its beats, in order, each once; none crosses a 4 KiB boundary;
// each is as long as it can be; `issue_last` is on the last one; requests come in order. A shown address stays.
//
// Assumed: requests of 1 to 256 beats, pushed while `req_full` is low or REQUEST_SLACK times after it rose; `base`
// stays while there is anything to do.
module address_proof #(
    parameter REQUEST_DEPTH = 4,
    parameter REQUEST_SLACK = 0
) (
    input wire        clk,
    input wire        rst_n,
    input wire [63:0] base,
    input wire        req_push,
    input wire [31:0] req_beat,
    input wire [8:0]  req_beats,
    input wire        hold,
    input wire        ready,
    input wire        mark
);
    localparam WORDS = REQUEST_DEPTH + REQUEST_SLACK;  // a ring: 3 or more, or slack
    localparam BITS = $clog2(WORDS);
    localparam COUNT = $clog2(WORDS + 2) + 1;

    wire        req_full;
    wire        issue;
    wire [5:0]  issue_len;
    wire        issue_last;
    wire        idle;
    wire        valid;
    wire [63:0] addr;
    wire [7:0]  len;

    tw_axi_address #(.REQUEST_DEPTH(REQUEST_DEPTH), .REQUEST_SLACK(REQUEST_SLACK)) dut (
        .clk(clk), .rst_n(rst_n), .base(base), .req_push(req_push), .req_beat(req_beat),
        .req_beats(req_beats), .req_full(req_full), .hold(hold), .issue(issue), .issue_len(issue_len),
        .issue_last(issue_last), .idle(idle), .valid(valid), .ready(ready), .addr(addr), .len(len)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (!rst_n);

    // Requests whose last burst was not issued yet, and how many came since `req_full` rose.
    wire             ends = issue && issue_last;
    reg  [COUNT-1:0] requests;
    reg  [COUNT-1:0] late;
    always @(posedge clk) begin
        requests <= rst_n ? requests + req_push - ends : 0;
        late <= (rst_n && req_full) ? late + req_push : 0;
    end

    reg        busy;
    reg [63:0] base_was;
    always @(posedge clk) begin
        busy <= rst_n && (req_push || !idle);
        base_was <= base;
    end

    always @* if (rst_n) begin
        if (req_push) begin
            assume (!req_full || late < REQUEST_SLACK);
            assume (req_beats >= 1 && req_beats <= 256);
        end
        if (busy) assume (base == base_was);
    end

    // What is shown stays until it is taken; nothing is shown that was not issued.
    reg        waits;
    reg        issued;
    reg [63:0] addr_was;
    reg [7:0]  len_was;
    always @(posedge clk) begin
        waits <= rst_n && valid && !ready;
        issued <= rst_n && issue;
        addr_was <= addr;
        len_was <= len;
    end
    reg was_reset;
    always @(posedge clk) was_reset <= !rst_n;

    always @* if (rst_n) begin
        if (waits) begin
            axi_valid_held: assert (valid);
            axi_payload_stable: assert (addr == addr_was && len == len_was);
        end
        address_issue: assert (valid == (waits || issued));
        address_hold: assert (!(hold && issue));
        address_free: assert (!(issue && valid && !ready));
        address_idle: assert (idle == (requests == 0 && !valid));
    end

    // One request, any: the beat that its next burst must start with, and how many are left.
    reg              marked;
    reg  [57:0]      next;
    reg  [8:0]       left;
    reg  [COUNT-1:0] ahead;
    wire             own = marked && ahead == 0 && issue;
    wire [8:0]       beats = {3'd0, issue_len} + 9'd1;
    always @(posedge clk) begin
        if (!rst_n) marked <= 1'b0;
        else if (req_push && mark && !marked) marked <= 1'b1;
        else if (own && issue_last) marked <= 1'b0;
        if (req_push && mark && !marked) begin
            next <= base[63:6] + {26'd0, req_beat};
            left <= req_beats;
            ahead <= requests - ends;
        end else begin
            if (own) begin
                next <= next + {49'd0, beats};
                left <= left - beats;
            end
            if (ends && ahead != 0) ahead <= ahead - 1'b1;
        end
    end

    wire [6:0] page_end = {1'b0, next[5:0]} + {1'b0, issue_len};

    always @* if (rst_n && own) begin
        address_length: assert (beats <= left);
        address_last: assert (issue_last == (beats == left));
        address_4k: assert (page_end <= 63);
        address_longest: assert (issue_last || page_end == 63);
    end

    // Its burst on the channel.
    reg        shows;
    reg [57:0] shown_addr;
    reg [5:0]  shown_len;
    always @(posedge clk) begin
        if (!rst_n) shows <= 1'b0;
        else if (own) shows <= 1'b1;
        else if (ready) shows <= 1'b0;
        if (own) begin
            shown_addr <= next;
            shown_len <= issue_len;
        end
    end

    always @* if (rst_n && shows) begin
        address_shown: assert (valid && addr == {shown_addr, 6'd0} && len == {2'd0, shown_len});
    end

    // What holds inside, for the induction.
    (* hierconn *) wire [BITS-1:0] \dut.requests.genblk1.ring.write_at ;
    (* hierconn *) wire [BITS-1:0] \dut.requests.genblk1.ring.read_at ;
    (* hierconn *) wire            \dut.requests.genblk1.ring.empty_q ;
    (* hierconn *) wire [$clog2(WORDS + 1)-1:0] \dut.requests.genblk1.ring.early.count ;
    (* hierconn *) wire [57:0]     \dut.block ;
    (* hierconn *) wire            \dut.more ;
    (* hierconn *) wire [2:0]      \dut.pages_left ;
    (* hierconn *) wire [5:0]      \dut.tail ;

    wire [COUNT-1:0] queued = requests - \dut.more ;
    wire [COUNT-1:0] place = ahead - \dut.more ;
    wire [COUNT:0]   end_at = \dut.requests.genblk1.ring.read_at + queued;
    wire [COUNT:0]   at = \dut.requests.genblk1.ring.read_at + place;
    wire [COUNT:0]   wrapped = at >= WORDS ? at - WORDS : at;
    wire [39:0]      word;

    memory_look #(
        .MEMID("\\dut.requests.genblk1.ring.distributed.words"), .ABITS(BITS), .WIDTH(40)
    ) look (.CLK(1'b0), .EN(1'b1), .ADDR(wrapped[BITS-1:0]), .DATA(word));

    always @* if (rst_n) begin
        queue_pointers: assert (\dut.requests.genblk1.ring.read_at < WORDS && \dut.requests.genblk1.ring.write_at < WORDS);
        queue_distance: assert (\dut.requests.genblk1.ring.write_at == (end_at >= WORDS ? end_at - WORDS : end_at));
        queue_empty: assert (\dut.requests.genblk1.ring.empty_q == (queued == 0));
        queue_full: assert (req_full == (queued >= REQUEST_DEPTH));
        queue_stored: assert (requests >= \dut.more && queued <= WORDS);
        queue_late: assert (!req_full || (queued <= REQUEST_DEPTH + late && late <= REQUEST_SLACK));
        if (REQUEST_SLACK != 0) begin
            queue_count: assert (\dut.requests.genblk1.ring.early.count == queued);
        end
        if (marked) begin
            mark_kept: assert (ahead < requests);
            if (ahead == 0 && \dut.more ) begin
                mark_next: assert (next == {\dut.block [57:6] + 52'd1, 6'd0});
                mark_left: assert (\dut.pages_left >= 1 && \dut.pages_left <= 4 && left == {\dut.pages_left - 3'd1, \dut.tail } + 9'd1);
            end else begin
                mark_queued: assert (word == {left[7:0] - 8'd1, word[31:0]} && left >= 1 && left <= 256);
                mark_start: assert (next == base_was[63:6] + {26'd0, word[31:0]} && busy);
            end
        end
    end

    // A request over two boundaries, one of a single beat, one that starts at the top of the address space.
    reg split;
    always @(posedge clk) split <= rst_n && ((own && !issue_last) || (split && !own));
    always @* if (rst_n && started) begin
        cover_single: cover (own && issue_last && !split && issue_len == 0);
        cover_split: cover (own && issue_last && split && issue_len == 5);
        cover_behind: cover (own && split && req_full);
    end
endmodule
