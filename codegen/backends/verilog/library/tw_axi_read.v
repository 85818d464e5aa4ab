// AXI4 read master, 512 bits: requests in, beats out, in order.
//
//   req_push    request `req_beats` (1 to 256) beats from beat `req_beat` after `base` (64-byte
//               aligned); only while `req_full` is low
//   data_pop    drop the beat on `data_dout`; only while `data_empty` is low
//   idle        nothing is requested, in flight or buffered
//   error       a response was not OKAY; stays until `clear`
//
// At most OUTSTANDING bursts are in flight. A request across a 4 KiB boundary becomes several
// bursts (see tw_axi_address). A consumer that stalls fills DATA_DEPTH beats and then holds
// RREADY low: nothing is lost. One AR and one R a cycle.
module tw_axi_read #(
    parameter OUTSTANDING = 64,
    parameter REQUEST_DEPTH = 4,
    parameter REQUEST_SLACK = 0,
    parameter DATA_DEPTH = 32
) (
    input  wire         clk,
    input  wire         rst_n,
    input  wire [63:0]  base,
    input  wire         req_push,
    input  wire [31:0]  req_beat,
    input  wire [8:0]   req_beats,
    output wire         req_full,
    input  wire         data_pop,
    output wire [511:0] data_dout,
    output wire         data_empty,
    output wire         idle,
    output reg          error,
    input  wire         clear,
    output wire         arvalid,
    input  wire         arready,
    output wire [63:0]  araddr,
    output wire [7:0]   arlen,
    output wire [2:0]   arsize,
    output wire [1:0]   arburst,
    input  wire         rvalid,
    output wire         rready,
    input  wire [511:0] rdata,
    input  wire [1:0]   rresp,
    input  wire         rlast
);

    localparam BITS = $clog2(OUTSTANDING + 1);
    localparam [BITS-1:0] LIMIT = OUTSTANDING[BITS-1:0];
    localparam [BITS-1:0] ONE = 1;

    wire       issue;
    wire [5:0] issue_len;
    wire       issue_last;
    wire       address_idle;
    wire       data_full;
    wire       unused = &{1'b0, issue_len, issue_last};

    // A burst counts from the cycle in which its address is made ready to the handshake of its last
    // beat. A slot that is freed in this cycle serves in this cycle, so that none is ever idle.
    reg [BITS-1:0] in_flight;
    wire           receive = rvalid && rready;
    wire           retire = receive && rlast;
    wire           hold = (in_flight == LIMIT) && !retire;

    tw_axi_address #(
        .REQUEST_DEPTH(REQUEST_DEPTH),
        .REQUEST_SLACK(REQUEST_SLACK)
    ) address (
        .clk(clk),
        .rst_n(rst_n),
        .base(base),
        .req_push(req_push),
        .req_beat(req_beat),
        .req_beats(req_beats),
        .req_full(req_full),
        .hold(hold),
        .issue(issue),
        .issue_len(issue_len),
        .issue_last(issue_last),
        .idle(address_idle),
        .valid(arvalid),
        .ready(arready),
        .addr(araddr),
        .len(arlen)
    );

    assign arsize = 3'd6;    // 64 bytes a beat
    assign arburst = 2'b01;  // INCR

    tw_fifo #(
        .WIDTH(512),
        .DEPTH(DATA_DEPTH)
    ) data (
        .clk(clk),
        .rst_n(rst_n),
        .push(receive),
        .din(rdata),
        .full(data_full),
        .pop(data_pop),
        .dout(data_dout),
        .empty(data_empty)
    );

    assign rready = !data_full;

    always @(posedge clk) begin
        if (!rst_n) in_flight <= {BITS{1'b0}};
        else if (issue != retire) in_flight <= in_flight + (retire ? {BITS{1'b1}} : ONE);
    end

    always @(posedge clk) begin
        if (!rst_n || clear) error <= 1'b0;
        else if (receive && (rresp != 2'b00)) error <= 1'b1;
    end

    // A beat that entered a block RAM shows at its output two cycles later; `quiet` must have held
    // in the cycle before too, lest the port look idle in between.
    wire quiet = address_idle && (in_flight == {BITS{1'b0}}) && data_empty;
    reg  was_quiet;

    always @(posedge clk) was_quiet <= quiet || !rst_n;

    assign idle = quiet && was_quiet;

endmodule
