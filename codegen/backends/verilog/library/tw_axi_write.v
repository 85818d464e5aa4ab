// AXI4 write master, 512 bits: requests and beats in, one response token a request out.
//
//   req_push    request that the next `req_beats` (1 to 256) beats go to beat `req_beat` after
//               `base` (64-byte aligned); only while `req_full` is low
//   data_push   the next beat, `data_din`; only while `data_full` is low. Beats may come before or
//               after their request
//   resp_pop    take the token of the oldest request whose every burst was answered; only while
//               `resp_empty` is low. Where nobody waits for tokens, tie it to !resp_empty
//   idle        nothing is requested, buffered or in flight, and no token waits
//   error       a response was not OKAY; stays until `clear`
//
// At most OUTSTANDING bursts are in flight. A request across a 4 KiB boundary becomes several
// bursts (see tw_axi_address). A burst's first beat appears no earlier than the cycle after its
// address; it does not wait for AWREADY, since AXI lets a slave wait for WVALID before it takes
// the address. One AW and one W a cycle, burst after burst. All bytes are written.
module tw_axi_write #(
    parameter OUTSTANDING = 64,
    parameter REQUEST_DEPTH = 4,
    parameter REQUEST_SLACK = 0,
    parameter DATA_DEPTH = 32,
    parameter DATA_SLACK = 0
) (
    input  wire         clk,
    input  wire         rst_n,
    input  wire [63:0]  base,
    input  wire         req_push,
    input  wire [31:0]  req_beat,
    input  wire [8:0]   req_beats,
    output wire         req_full,
    input  wire         data_push,
    input  wire [511:0] data_din,
    output wire         data_full,
    input  wire         resp_pop,
    output reg          resp_empty,
    output wire         idle,
    output reg          error,
    input  wire         clear,
    output wire         awvalid,
    input  wire         awready,
    output wire [63:0]  awaddr,
    output wire [7:0]   awlen,
    output wire [2:0]   awsize,
    output wire [1:0]   awburst,
    output wire         wvalid,
    input  wire         wready,
    output wire [511:0] wdata,
    output wire [63:0]  wstrb,
    output reg          wlast,
    input  wire         bvalid,
    output wire         bready,
    input  wire [1:0]   bresp
);

    wire       issue;
    wire [5:0] issue_len;
    wire       issue_last;
    wire       address_idle;
    wire       lengths_full;
    wire       flights_full;

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
        .hold(lengths_full || flights_full),
        .issue(issue),
        .issue_len(issue_len),
        .issue_last(issue_last),
        .idle(address_idle),
        .valid(awvalid),
        .ready(awready),
        .addr(awaddr),
        .len(awlen)
    );

    assign awsize = 3'd6;    // 64 bytes a beat
    assign awburst = 2'b01;  // INCR

    // W: the lengths of the bursts whose addresses were issued, in order. Addresses gain nothing by
    // running far ahead of the data.
    wire [5:0] next_length;
    wire       lengths_empty;
    wire       next_burst;

    tw_fifo #(
        .WIDTH(6),
        .DEPTH(16)
    ) lengths (
        .clk(clk),
        .rst_n(rst_n),
        .push(issue),
        .din(issue_len),
        .full(lengths_full),
        .pop(next_burst),
        .dout(next_length),
        .empty(lengths_empty)
    );

    wire       data_empty;
    wire       send = wvalid && wready;
    reg        sending;
    reg  [5:0] beats_left;  // after the one that is shown

    tw_fifo #(
        .WIDTH(512),
        .DEPTH(DATA_DEPTH),
        .SLACK(DATA_SLACK)
    ) data (
        .clk(clk),
        .rst_n(rst_n),
        .push(data_push),
        .din(data_din),
        .full(data_full),
        .pop(send),
        .dout(wdata),
        .empty(data_empty)
    );

    assign wvalid = sending && !data_empty;
    assign wstrb = {64{1'b1}};
    assign next_burst = !lengths_empty && (!sending || (send && wlast));

    always @(posedge clk) begin
        if (next_burst) begin
            beats_left <= next_length;
            wlast <= next_length == 6'd0;
        end else if (send) begin
            beats_left <= beats_left - 6'd1;
            wlast <= beats_left == 6'd1;
        end
        if (!rst_n) sending <= 1'b0;
        else if (next_burst) sending <= 1'b1;
        else if (send && wlast) sending <= 1'b0;
    end

    // B: answers come in the order of the addresses. Only that of a request's last burst is a
    // token.
    wire flights_empty;
    wire completes;
    wire answer = bvalid && bready;
    wire token = answer && completes;

    tw_fifo #(
        .WIDTH(1),
        .DEPTH(OUTSTANDING)
    ) flights (
        .clk(clk),
        .rst_n(rst_n),
        .push(issue),
        .din(issue_last),
        .full(flights_full),
        .pop(answer),
        .dout(completes),
        .empty(flights_empty)
    );

    assign bready = !flights_empty;

    // The counter cannot overflow in practice (2^32 requests), so that tokens nobody collects yet
    // never hold up the bus.
    reg [31:0] tokens;

    always @(posedge clk) begin
        if (!rst_n) begin
            tokens <= 32'd0;
            resp_empty <= 1'b1;
        end else if (token != resp_pop) begin
            tokens <= tokens + (resp_pop ? 32'hffffffff : 32'd1);
            resp_empty <= resp_pop && (tokens == 32'd1);
        end
    end

    always @(posedge clk) begin
        if (!rst_n || clear) error <= 1'b0;
        else if (answer && (bresp != 2'b00)) error <= 1'b1;
    end

    assign idle = address_idle && flights_empty && data_empty && resp_empty;

endmodule
