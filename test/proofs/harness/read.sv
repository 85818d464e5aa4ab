// tw_axi_read: every beat that the slave sends comes out once, in order; at most OUTSTANDING bursts are under way;
// `idle` only when nothing is; an error stays until it is cleared. The addresses are address.sv's to prove.
//
// Assumed: requests of 1 to 256 beats while `req_full` is low; pops while `data_empty` is low; `base` stays while the
// port is busy; the slave answers accepted bursts in order, with as many beats as ARLEN says and RLAST on the last.
module read_proof #(
    parameter OUTSTANDING = 2,  // up to 4
    parameter DATA_DEPTH = 3
) (
    input wire         clk,
    input wire         rst_n,
    input wire [63:0]  base,
    input wire         req_push,
    input wire [31:0]  req_beat,
    input wire [8:0]   req_beats,
    input wire         data_pop,
    input wire         clear,
    input wire         arready,
    input wire         rvalid,
    input wire [511:0] rdata,
    input wire [1:0]   rresp,
    input wire         rlast,
    input wire         mark
);
    localparam BITS = $clog2(DATA_DEPTH);
    localparam COUNT = BITS + 2;

    wire         req_full, data_empty, idle, error, arvalid, rready;
    wire [511:0] data_dout;
    wire [63:0]  araddr;
    wire [7:0]   arlen;
    wire [2:0]   arsize;
    wire [1:0]   arburst;

    tw_axi_read #(.OUTSTANDING(OUTSTANDING), .REQUEST_DEPTH(2), .DATA_DEPTH(DATA_DEPTH)) dut (
        .clk(clk), .rst_n(rst_n), .base(base), .req_push(req_push), .req_beat(req_beat),
        .req_beats(req_beats), .req_full(req_full), .data_pop(data_pop), .data_dout(data_dout),
        .data_empty(data_empty), .idle(idle), .error(error), .clear(clear), .arvalid(arvalid),
        .arready(arready), .araddr(araddr), .arlen(arlen), .arsize(arsize), .arburst(arburst),
        .rvalid(rvalid), .rready(rready), .rdata(rdata), .rresp(rresp), .rlast(rlast)
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

    // ---- The slave: bursts that it accepted, by the number of beats that are left, oldest first ----
    reg  [2:0] accepted;
    reg  [6:0] left [0:3];
    wire       ar = arvalid && arready;
    wire       r = rvalid && rready;
    wire       retire = r && rlast;
    wire [2:0] rest = accepted - retire;
    integer    i;
    always @(posedge clk) begin
        accepted <= rst_n ? rest + ar : 0;
        for (i = 0; i < 4; i = i + 1) begin
            if (ar && rest == i) left[i] <= arlen[6:0] + 7'd1;
            else if (retire) left[i] <= i == 3 ? 7'd0 : left[i == 3 ? 3 : i + 1];
            else if (r && i == 0) left[i] <= left[i] - 7'd1;
        end
    end

    always @* if (rst_n) begin
        if (req_push) assume (!req_full && req_beats >= 1 && req_beats <= 256);
        if (data_pop) assume (!data_empty);
        if (busy) assume (base == base_was);
        if (rvalid) assume (accepted != 0 && rlast == (left[0] == 1));
    end

    // ---- The address channel ----
    reg        waits;
    reg [63:0] addr_was;
    reg [7:0]  len_was;
    always @(posedge clk) begin
        waits <= rst_n && arvalid && !arready;
        addr_was <= araddr;
        len_was <= arlen;
    end

    always @* if (rst_n) begin
        if (waits) begin
            axi_valid_held: assert (arvalid);
            axi_payload_stable: assert (araddr == addr_was && arlen == len_was);
        end
        if (arvalid) begin
            axi_burst: assert (arsize == 6 && arburst == 1 && arlen <= 63 && araddr[5:0] == 0);
        end
        read_outstanding: assert (accepted + arvalid <= OUTSTANDING);
    end

    // ---- Requests whose last burst was not issued; beats that were received and not popped ----
    (* hierconn *) wire \dut.issue ;
    (* hierconn *) wire \dut.issue_last ;
    reg [2:0]       requests;
    reg [COUNT-1:0] stored;
    always @(posedge clk) begin
        requests <= rst_n ? requests + req_push - (\dut.issue && \dut.issue_last ) : 0;
        stored <= rst_n ? stored + r - data_pop : 0;
    end
    reg was_reset;
    always @(posedge clk) was_reset <= !rst_n;

    always @* if (rst_n) begin
        read_room: assert (stored <= DATA_DEPTH && (stored < DATA_DEPTH || !r));
        read_empty: assert (data_empty == (stored == 0));
        read_idle: assert (!idle || (requests == 0 && stored == 0 && accepted == 0 && !arvalid));
    end

    // One beat, any.
    reg             marked;
    reg [511:0]     value;
    reg [COUNT-1:0] ahead;
    wire            leaves = marked && data_pop && ahead == 0;
    always @(posedge clk) begin
        if (!rst_n) marked <= 1'b0;
        else if (r && mark && !marked) marked <= 1'b1;
        else if (leaves) marked <= 1'b0;
        if (r && mark && !marked) begin
            value <= rdata;
            ahead <= stored - data_pop;
        end else if (data_pop) ahead <= ahead - 1'b1;
    end

    always @* if (rst_n && marked) begin
        read_kept: assert (ahead < stored);
        if (ahead == 0) begin
            read_order: assert (!data_empty && data_dout == value);
        end
    end

    // ---- Errors ----
    reg bad;
    always @(posedge clk) bad <= rst_n && !clear && (bad || (r && rresp != 0));
    always @* if (rst_n) begin
        read_error: assert (error == bad);
    end

    // ---- What holds inside, for the induction ----
    (* hierconn *) wire            \dut.address.more ;
    (* hierconn *) wire            \dut.address.requests.genblk1.pair.full_q ;
    (* hierconn *) wire            \dut.address.requests.genblk1.pair.empty_q ;
    (* hierconn *) wire [$clog2(OUTSTANDING + 1)-1:0] \dut.in_flight ;
    (* hierconn *) wire            \dut.was_quiet ;
    (* hierconn *) wire [BITS-1:0] \dut.data.genblk1.ring.write_at ;
    (* hierconn *) wire [BITS-1:0] \dut.data.genblk1.ring.read_at ;
    (* hierconn *) wire            \dut.data.genblk1.ring.full_q ;

    wire [COUNT:0] end_at = \dut.data.genblk1.ring.read_at + stored;
    wire [COUNT:0] at = \dut.data.genblk1.ring.read_at + ahead;
    wire [COUNT:0] wrapped = at >= DATA_DEPTH ? at - DATA_DEPTH : at;
    wire [511:0]   word;
    memory_look #(.MEMID("\\dut.data.genblk1.ring.distributed.words"), .ABITS(BITS), .WIDTH(512))
        look (.CLK(1'b0), .EN(1'b1), .ADDR(wrapped[BITS-1:0]), .DATA(word));

    wire [1:0]     queued = \dut.address.requests.genblk1.pair.full_q ? 2 : !\dut.address.requests.genblk1.pair.empty_q ;

    always @* if (rst_n) begin
        inside_requests: assert (requests == queued + \dut.address.more );
        inside_flight: assert (\dut.in_flight == accepted + arvalid);
        inside_left: assert ((accepted < 1 || (left[0] >= 1 && left[0] <= 64)) && (accepted < 2 || (left[1] >= 1 && left[1] <= 64)) &&
            (accepted < 3 || (left[2] >= 1 && left[2] <= 64)) && (accepted < 4 || (left[3] >= 1 && left[3] <= 64)));
        inside_pair: assert (!(\dut.address.requests.genblk1.pair.full_q && \dut.address.requests.genblk1.pair.empty_q ));
        inside_pointers: assert (\dut.data.genblk1.ring.read_at < DATA_DEPTH && \dut.data.genblk1.ring.write_at < DATA_DEPTH);
        inside_distance: assert (\dut.data.genblk1.ring.write_at == (end_at >= DATA_DEPTH ? end_at - DATA_DEPTH : end_at));
        inside_full: assert (\dut.data.genblk1.ring.full_q == (stored == DATA_DEPTH));
        if (marked) begin
            inside_word: assert (word == value);
        end
    end

    always @* if (rst_n && started) begin
        cover_outstanding: cover (accepted == OUTSTANDING && !arvalid);
        cover_full: cover (stored == DATA_DEPTH && rvalid);
        cover_out: cover (leaves && value[511] && !value[0]);
        cover_idle: cover (idle && error && !was_reset);
    end
endmodule
