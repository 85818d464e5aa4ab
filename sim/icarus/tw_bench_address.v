// The rules of an AR or AW channel, checked every cycle.
module tw_bench_address #(
    parameter NAME = "",
    parameter CHANNEL = ""
) (
    input wire        clk,
    input wire        live,
    input wire [31:0] run,
    input wire [31:0] cycle,
    input wire        running,
    input wire [31:0] beats,
    input wire [63:0] base,
    input wire        valid,
    input wire        ready,
    input wire [63:0] addr,
    input wire [7:0]  len,
    input wire [2:0]  size,
    input wire [1:0]  burst
);
    reg         waiting = 0;
    reg  [76:0] held;
    wire [76:0] shown = {addr, len, size, burst};
    wire [63:0] first = (addr - base) >> 6;

    task broken;
        input [8*24-1:0] rule;
        input [8*48-1:0] what;
        begin
            $write("ERROR RULE %0d %0d %0s rule %0s: %0s%0s ", run, cycle, NAME, rule, CHANNEL, what);
            $display("(address 0x%0h, %0d beats; the buffer has %0d at 0x%0h)", addr, len + 9'd1,
                beats, base);
            $finish;
        end
    endtask

    // Most cycles have nothing to check: that must be cheap, Icarus interprets.
    always @(posedge clk) begin
        if (valid !== 1'b0) begin
            if (valid === 1'bx) begin
                if (live) broken("defined", "valid is undefined");
            end else if (waiting) begin
                if (shown !== held) broken("payload-stable", " changed while it waited for ready");
            end else if (^shown === 1'bx) broken("defined", " is undefined");
            else if (!running) broken("quiet-when-idle", "valid although the kernel is not running");
            else if (size != 6) broken("full-width", "size is not 6: a 512-bit port moves whole beats");
            else if (burst != 1) broken("incrementing", "burst is not 1, INCR");
            else if (addr[5:0] != 0) broken("aligned", "addr is not a multiple of 64");
            else if (addr[11:6] + len > 63) broken("within-4k", ": the burst crosses a 4 KiB boundary");
            else if (addr < base || first + len >= beats)
                broken("mapped", "addr is outside of the port's buffer");
            waiting = valid === 1'b1 && !ready;
            held = shown;
        end else if (waiting) broken("valid-held", "valid fell before ready answered it");
    end
endmodule
