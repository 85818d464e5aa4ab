// The memory behind one AXI4 write port in Icarus, the counterpart of tw_bench_read_memory: beats
// are taken from the cycle after their burst's AW handshake; the response comes `latency` - 1
// cycles after the last beat (one cycle at least), and the slot is free in the cycle after the
// response was taken. `dump` writes all words to OUTPUT, raw, lowest byte first. Nothing is
// checked before `live`, which is the end of the reset.
module tw_bench_write_memory #(
    parameter NAME = "",
    parameter FILE = "",
    parameter OUTPUT = "",
    parameter WORDS = 1
) (
    input  wire         clk,
    input  wire         live,
    input  wire         begin_run,
    input  wire         running,
    input  wire         dump,
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
    input  wire         awvalid,
    output reg          awready,
    input  wire [63:0]  awaddr,
    input  wire [7:0]   awlen,
    input  wire [2:0]   awsize,
    input  wire [1:0]   awburst,
    input  wire         wvalid,
    output reg          wready,
    input  wire [511:0] wdata,
    input  wire [63:0]  wstrb,
    input  wire         wlast,
    output reg          bvalid,
    input  wire         bready,
    output wire [1:0]   bresp
);
    reg  [511:0] words [0:WORDS-1];
    reg  [511:0] merged;
    reg  [31:0]  queued_word [0:4095];
    reg  [8:0]   queued_beats [0:4095];
    reg  [31:0]  queued_due [0:4095];
    reg  [11:0]  head;      // oldest burst without its response taken
    reg  [11:0]  filling;   // oldest burst that lacks data
    reg  [11:0]  tail;
    integer      unfilled;
    integer      file;
    integer      count;
    integer      lane;
    reg          responding;
    reg          waiting;
    reg  [511:0] held_data;
    reg  [63:0]  held_strobe;
    reg          held_last;
    reg  [31:0]  random;

    assign bresp = 2'b00;

    tw_bench_address #(.NAME(NAME), .CHANNEL("aw")) address (
        .clk(clk), .live(live), .run(run), .cycle(cycle), .running(running), .beats(beats),
        .base(base), .valid(awvalid), .ready(awready), .addr(awaddr), .len(awlen), .size(awsize), .burst(awburst)
    );

    task broken;
        input [8*24-1:0] rule;
        input [8*48-1:0] what;
        begin
            $display("ERROR RULE %0d %0d %0s rule %0s: %0s", run, cycle, NAME, rule, what);
            $finish;
        end
    endtask

    initial begin
        file = $fopen(FILE, "rb");
        count = $fread(words, file);
        $fclose(file);
        if (count != WORDS * 64) begin
            $display("ERROR FILES 0 0 %0s %0d of %0d bytes were read", NAME, count, WORDS * 64);
            $finish;
        end
        head = 0;
        filling = 0;
        tail = 0;
        unfilled = 0;
        responding = 0;
        waiting = 0;
        random = 1;
        in_flight = 0;
        burst_count = 0;
        beat_count = 0;
        moves = 0;
        awready = 0;
        wready = 0;
        bvalid = 0;
    end

    always @(posedge dump) begin
        file = $fopen(OUTPUT, "wb");
        for (count = 0; count < WORDS; count = count + 1) $fwrite(file, "%u", words[count]);
        $fclose(file);
    end

    // Nothing is done for a channel in which nothing happens: Icarus interprets every statement.
    always @(posedge clk) begin
        if (begin_run) begin
            random = seed;
            burst_count = 0;
            beat_count = 0;
        end
        // W: what is shown stays until it is taken, and belongs to the oldest burst without its
        // data.
        if (wvalid !== 1'b0) begin
            if (wvalid === 1'bx) begin
                if (live) broken("defined", "wvalid is undefined");
            end else begin
                if (waiting
                        && (wdata !== held_data || wstrb !== held_strobe || wlast !== held_last))
                    broken("payload-stable", "W changed while wvalid waited for wready");
                waiting = !wready;
                if (wready) take;
                else begin
                    held_data = wdata;
                    held_strobe = wstrb;
                    held_last = wlast;
                end
            end
        end else if (waiting) broken("valid-held", "wvalid fell before wready answered it");
        if (responding) begin
            if (bready === 1'bx) broken("defined", "bready is undefined");
            if (bready) begin
                responding = 0;
                head = head + 1;
                in_flight = in_flight - 1;
                moves = moves + 1;
            end
        end
        if (awready && awvalid === 1'b1) begin
            queued_word[tail] = offset + ((awaddr - base) >> 6);
            queued_beats[tail] = awlen + 9'd1;
            tail = tail + 1;
            in_flight = in_flight + 1;
            unfilled = unfilled + 1;
            burst_count = burst_count + 1;
            moves = moves + 1;
        end
        // What the kernel sees in the next cycle.
        if (stall != 0) begin
            random = random ^ (random << 13);
            random = random ^ (random >> 17);
            random = random ^ (random << 5);
        end
        awready <= in_flight < outstanding && (stall == 0 || random[9:0] >= stall);
        wready <= unfilled != 0 && (stall == 0 || random[19:10] >= stall);
        if (!responding) begin
            if (head != filling && queued_due[head] <= cycle + 1
                    && (stall == 0 || random[29:20] >= stall)) begin
                responding = 1;
                bvalid <= 1;
            end else if (bvalid) bvalid <= 0;
        end
    end

    // A beat of W.
    task take;
        begin
            if (!running) broken("quiet-when-idle", "a beat although the kernel is not running");
            if (wlast !== (queued_beats[filling] == 1))
                broken("last-beat", "wlast is not on the last beat of its burst");
            if (&wstrb === 1'b1) merged = wdata;
            else begin
                if (^wstrb === 1'bx) broken("defined", "wstrb is undefined");
                merged = words[queued_word[filling]];
                for (lane = 0; lane < 64; lane = lane + 1)
                    if (wstrb[lane]) merged[8*lane +: 8] = wdata[8*lane +: 8];
            end
            if (^merged === 1'bx) broken("defined", "wdata has undefined bits");
            words[queued_word[filling]] = merged;
            beat_count = beat_count + 1;
            moves = moves + 1;
            if (queued_beats[filling] == 1) begin
                queued_due[filling] = cycle + (latency > 2 ? latency - 1 : 1);
                filling = filling + 1;
                unfilled = unfilled - 1;
            end else begin
                queued_word[filling] = queued_word[filling] + 1;
                queued_beats[filling] = queued_beats[filling] - 1;
            end
        end
    endtask
endmodule
