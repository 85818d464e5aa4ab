// Queue of burst requests and the address channel (AR or AW) that they leave by. Used by
// tw_axi_read and tw_axi_write.
//
//   req_push   queue a request for `req_beats` (1 to 256) beats of 64 bytes from beat `req_beat`
//              after `base`; only while `req_full` is low, or REQUEST_SLACK times after that
//   hold       high: present no further burst (the one that is presented already stays)
//   issue      high in the cycle before a new burst appears on the channel; `issue_len` (beats less
//              one) and `issue_last` (the last burst of its request) belong to that burst
//   idle       nothing is queued and nothing waits for `ready`
//
// One burst a cycle. AXI forbids bursts across a 4 KiB boundary (64 beats): a request that
// crosses is split there, so no burst is longer than 64 beats. `base` is 64-byte aligned; its low
// 6 bits are not looked at. It must not change while requests are queued. valid, addr and len are
// registers.
module tw_axi_address #(
    parameter REQUEST_DEPTH = 4,
    parameter REQUEST_SLACK = 0
) (
    input  wire        clk,
    input  wire        rst_n,
    input  wire [63:0] base,
    input  wire        req_push,
    input  wire [31:0] req_beat,
    input  wire [8:0]  req_beats,
    output wire        req_full,
    input  wire        hold,
    output wire        issue,
    output wire [5:0]  issue_len,
    output wire        issue_last,
    output wire        idle,
    output reg         valid,
    input  wire        ready,
    output wire [63:0] addr,
    output wire [7:0]  len
);

    // The queue keeps "beats less one": 8 bits instead of 9, and what the arithmetic below needs.
    wire [8:0]  req_less_one = req_beats - 9'd1;
    wire        pop;
    wire [31:0] beat;
    wire [7:0]  beats_less_one;
    wire        empty;
    wire        unused = &{1'b0, req_less_one[8], base[5:0]};

    tw_fifo #(
        .WIDTH(40),
        .DEPTH(REQUEST_DEPTH),
        .SLACK(REQUEST_SLACK)
    ) requests (
        .clk(clk),
        .rst_n(rst_n),
        .push(req_push),
        .din({req_less_one[7:0], req_beat}),
        .full(req_full),
        .pop(pop),
        .dout({beats_less_one, beat}),
        .empty(empty)
    );

    reg  [57:0] block;       // address in beats
    reg  [5:0]  length;      // beats less one
    reg  [2:0]  pages_left;  // pages that the presented request still has to enter
    reg         more;        // whether there are any
    reg  [5:0]  tail;        // in the last of those pages, its last beat

    // Counted from the start of the request's first page, its last beat has the number `span`: the
    // upper bits say how many page boundaries it crosses, the lower ones where it ends.
    wire [5:0]  in_page = base[11:6] + beat[5:0];
    wire [8:0]  span = {1'b0, beats_less_one} + {3'b000, in_page};
    wire        crosses = span[8:6] != 3'd0;
    wire        ends = pages_left == 3'd1;
    wire [5:0]  first_length = crosses ? ~in_page : beats_less_one[5:0];
    wire [5:0]  next_length = ends ? tail : 6'd63;

    // One adder does both: base + beat for a new request, or the start of the next page.
    wire [57:0] augend = more ? {block[57:6], 6'd63} : base[63:6];
    wire [57:0] addend = more ? 58'd1 : {26'd0, beat};

    assign issue = (!valid || ready) && !hold && (more || !empty);
    assign issue_len = more ? next_length : first_length;
    assign issue_last = more ? ends : !crosses;
    assign pop = issue && !more;

    always @(posedge clk) begin
        if (issue) begin
            block <= augend + addend;
            length <= issue_len;
            pages_left <= more ? pages_left - 3'd1 : span[8:6];
        end
        if (pop) tail <= span[5:0];
        if (!rst_n) begin
            valid <= 1'b0;
            more <= 1'b0;
        end else if (issue) begin
            valid <= 1'b1;
            more <= !issue_last;
        end else if (ready) begin
            valid <= 1'b0;
        end
    end

    assign addr = {block, 6'd0};
    assign len = {2'b00, length};
    assign idle = empty && !more && !valid;

endmodule
