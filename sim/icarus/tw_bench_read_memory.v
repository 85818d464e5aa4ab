// The memory behind one AXI4 read port in Icarus, with the timing of the memory model: at most
// one AR a cycle while fewer than `outstanding` bursts are in flight; the first beat `latency`
// cycles after the AR handshake; then at most one beat a cycle, in order; a burst holds its slot
// until the cycle after its last beat; each ready and each valid is withheld in `stall` of 1024
// cycles.
//
// `words` holds the buffers of all runs, one after another; this run's begins at word `offset`,
// has `beats` beats and lies at address `base` of the kernel. `begin_run` seeds and clears the
// counters.
module tw_bench_read_memory #(
    parameter NAME = "",
    parameter FILE = "",
    parameter WORDS = 1
) (
    input  wire         clk,
    input  wire         live,
    input  wire         begin_run,
    input  wire         running,
    input  wire [31:0]  run,
    input  wire [31:0]  cycle,
    input  wire [31:0]  latency,
    input  wire [31:0]  outstanding,
    input  wire [31:0]  stall,
    input  wire [31:0]  seed,
    input  wire [31:0]  offset,
    input  wire [31:0]  beats,
    input  wire [63:0]  base,
    output reg  [31:0]  in_flight,
    output reg  [31:0]  burst_count,
    output reg  [31:0]  beat_count,
    output reg  [31:0]  moves,
    input  wire         arvalid,
    output reg          arready,
    input  wire [63:0]  araddr,
    input  wire [7:0]   arlen,
    input  wire [2:0]   arsize,
    input  wire [1:0]   arburst,
    output reg          rvalid,
    input  wire         rready,
    output reg  [511:0] rdata,
    output wire [1:0]   rresp,
    output reg          rlast
);
    reg  [511:0] words [0:WORDS-1];
    reg  [31:0]  queued_word [0:4095];
    reg  [31:0]  queued_due [0:4095];
    reg  [8:0]   queued_beats [0:4095];
    reg  [11:0]  head;
    reg  [11:0]  tail;
    integer      file;
    integer      count;
    reg          showing;
    reg  [31:0]  random;

    assign rresp = 2'b00;

    tw_bench_address #(.NAME(NAME), .CHANNEL("ar")) address (
        .clk(clk), .live(live), .run(run), .cycle(cycle), .running(running), .beats(beats),
        .base(base), .valid(arvalid), .ready(arready), .addr(araddr), .len(arlen), .size(arsize), .burst(arburst)
    );

    initial begin
        file = $fopen(FILE, "rb");
        count = $fread(words, file);
        $fclose(file);
        if (count != WORDS * 64) begin
            $display("ERROR FILES 0 0 %0s %0d of %0d bytes were read", NAME, count, WORDS * 64);
            $finish;
        end
        head = 0;
        tail = 0;
        showing = 0;
        random = 1;
        in_flight = 0;
        burst_count = 0;
        beat_count = 0;
        moves = 0;
        arready = 0;
        rvalid = 0;
        rdata = 0;
        rlast = 0;
    end

    // Nothing is done for a channel in which nothing happens: Icarus interprets every statement.
    always @(posedge clk) begin
        if (begin_run) begin
            random = seed;
            burst_count = 0;
            beat_count = 0;
        end
        // What happened in this cycle.
        if (arready && arvalid === 1'b1) begin
            queued_word[tail] = offset + ((araddr - base) >> 6);
            queued_beats[tail] = arlen + 9'd1;
            queued_due[tail] = cycle + latency;
            tail = tail + 1;
            in_flight = in_flight + 1;
            burst_count = burst_count + 1;
            moves = moves + 1;
        end
        if (showing) begin
            if (rready === 1'bx) begin
                $display("ERROR RULE %0d %0d %0s rule defined: rready is undefined", run, cycle, NAME);
                $finish;
            end
            if (rready) begin
                showing = 0;
                beat_count = beat_count + 1;
                moves = moves + 1;
                if (queued_beats[head] == 1) begin
                    head = head + 1;
                    in_flight = in_flight - 1;
                end else begin
                    queued_word[head] = queued_word[head] + 1;
                    queued_beats[head] = queued_beats[head] - 1;
                end
            end
        end
        // What the kernel sees in the next one.
        if (stall != 0) begin
            random = random ^ (random << 13);
            random = random ^ (random >> 17);
            random = random ^ (random << 5);
        end
        arready <= in_flight < outstanding && (stall == 0 || random[9:0] >= stall);
        if (!showing) begin
            if (in_flight != 0 && queued_due[head] <= cycle + 1
                    && (stall == 0 || random[19:10] >= stall)) begin
                showing = 1;
                rvalid <= 1;
                rdata <= words[queued_word[head]];
                rlast <= queued_beats[head] == 1;
            end else if (rvalid) rvalid <= 0;
        end
    end
endmodule
