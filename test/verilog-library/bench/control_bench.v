// Self-checking bench of a generated control slave, `bench_control`, with these arguments:
//   source 64 bits at 0x10, target 64 bits at 0x1c, key 32 bits at 0x28, flag 1 bit at 0x30,
//   wide 40 bits at 0x38.
// Random reads and writes (AW and W in any order, any strobes, mapped or not), starts that a kernel
// model answers, and overlapping transactions, against a model of the register map.
module control_bench (
    input wire        clk,
    input wire        rst_n,
    input wire [31:0] seed
);
    reg  [31:0] random = 0;
    reg  [11:0] awaddr = 0;
    reg         awvalid = 0;
    wire        awready;
    reg  [31:0] wdata = 0;
    reg  [3:0]  wstrb = 0;
    reg         wvalid = 0;
    wire        wready;
    wire [1:0]  bresp;
    wire        bvalid;
    reg         bready = 0;
    reg  [11:0] araddr = 0;
    reg         arvalid = 0;
    wire        arready;
    wire [31:0] rdata;
    wire [1:0]  rresp;
    wire        rvalid;
    reg         rready = 0;
    wire        ap_start;
    reg         ap_done = 0;
    reg         ap_idle = 1;
    reg         ap_ready = 0;
    wire [63:0] source;
    wire [63:0] target;
    wire [31:0] key;
    wire [0:0]  flag;
    wire [39:0] wide;
    wire        ap_interrupt;

    bench_control dut (
        .clk(clk), .rst_n(rst_n),
        .s_axi_control_awaddr(awaddr), .s_axi_control_awvalid(awvalid),
        .s_axi_control_awready(awready), .s_axi_control_wdata(wdata),
        .s_axi_control_wstrb(wstrb), .s_axi_control_wvalid(wvalid),
        .s_axi_control_wready(wready), .s_axi_control_bresp(bresp),
        .s_axi_control_bvalid(bvalid), .s_axi_control_bready(bready),
        .s_axi_control_araddr(araddr), .s_axi_control_arvalid(arvalid),
        .s_axi_control_arready(arready), .s_axi_control_rdata(rdata),
        .s_axi_control_rresp(rresp), .s_axi_control_rvalid(rvalid),
        .s_axi_control_rready(rready), .ap_start(ap_start), .ap_done(ap_done),
        .ap_idle(ap_idle), .ap_ready(ap_ready), .arg_source(source), .arg_target(target), .arg_key(key),
        .arg_flag(flag), .arg_wide(wide), .ap_interrupt(ap_interrupt)
    );

    // ---- The model: what each word holds, and which of its bits exist ----
    reg  [31:0] word [0:1023];
    reg  [31:0] exists [0:1023];
    reg         done = 0;
    reg         ready = 0;
    reg         start = 0;
    integer     reads = 0;
    integer     writes = 0;
    integer     i;
    integer     n;

    task fail;
        input [8*40-1:0] what;
        input [31:0]     at;
        begin
            $display("FAIL %0s: 0x%0h after %0d reads and %0d writes", what, at, reads, writes);
            $finish;
        end
    endtask

    task toss;
        begin
            random = random ^ (random << 13);
            random = random ^ (random >> 17);
            random = random ^ (random << 5);
        end
    endtask

    task step;
        @(posedge clk);
    endtask

    // What a write means to the model.
    task apply;
        input [11:0] at;
        input [31:0] value;
        input [3:0]  strobe;
        reg   [31:0] mask;
        begin
            mask = {{8{strobe[3]}}, {8{strobe[2]}}, {8{strobe[1]}}, {8{strobe[0]}}} & exists[at[11:2]];
            if (at[11:2] == 3) word[3] = word[3] ^ (value & mask);
            else word[at[11:2]] = (word[at[11:2]] & ~mask) | (value & mask);
            if (at[11:2] == 0 && strobe[0] && value[0]) start = 1;
            writes = writes + 1;
        end
    endtask

    task check;
        begin
            if (source !== {word[5], word[4]}) fail("source", 32'h10);
            if (target !== {word[8], word[7]}) fail("target", 32'h1c);
            if (key !== word[10]) fail("key", 32'h28);
            if (flag !== word[12][0]) fail("flag", 32'h30);
            if (wide !== {word[15][7:0], word[14]}) fail("wide", 32'h38);
            if (ap_start !== start) fail("ap_start", 0);
            if (ap_interrupt !== (word[1][0] && word[3] != 0)) fail("ap_interrupt", 0);
        end
    endtask

    // `count` writes, the next one offered as soon as the slave takes the last one's halves; AW and W
    // go their own ways.
    reg  [11:0] at [0:15];
    reg  [31:0] value [0:15];
    reg  [3:0]  strobe [0:15];
    task write;
        input integer count;
        input         brisk;
        integer       aw;
        integer       w;
        integer       b;
        integer       ticks;
        begin
            aw = 0;
            w = 0;
            b = 0;
            ticks = 0;
            while (b < count) begin
                toss;
                if (awvalid && awready) begin
                    aw = aw + 1;
                    awvalid <= 0;
                end
                if (wvalid && wready) begin
                    w = w + 1;
                    wvalid <= 0;
                end
                if (bvalid && bready) begin
                    if (bresp !== 0) fail("BRESP", {20'd0, at[b]});
                    apply(at[b], value[b], strobe[b]);
                    b = b + 1;
                end
                if ((!awvalid || awready) && aw < count && (brisk || random[1:0] == 0)) begin
                    awvalid <= 1;
                    awaddr <= at[aw];
                end
                if ((!wvalid || wready) && w < count && (brisk || random[3:2] == 0)) begin
                    wvalid <= 1;
                    wdata <= value[w];
                    wstrb <= strobe[w];
                end
                bready <= b < count && (brisk || random[4]);
                ticks = ticks + 1;
                if (ticks > 400) fail("write hangs", {20'd0, at[b]});
                step;
                if (bvalid && b >= (aw < w ? aw : w)) fail("B before AW and W", {20'd0, at[b]});
            end
            bready <= 0;
            if (brisk && ticks > 2 * count + 5) fail("slow writes", ticks);
        end
    endtask

    task plan;
        input integer index;
        begin
            toss;
            at[index] = {random[31:29] == 0 ? random[11:6] : 6'd0, random[5:0]};
            toss;
            value[index] = random;
            toss;
            strobe[index] = random[8] ? 4'hf : random[3:0];
            // The start bit has its own test.
            if (at[index][11:2] == 0) value[index][0] = 0;
        end
    endtask

    task read;
        input [11:0] address;
        reg   [31:0] expected;
        integer      ticks;
        reg          asked;
        begin
            ticks = 0;
            asked = 0;
            toss;
            araddr <= address;
            arvalid <= 1;
            rready <= random[0];
            step;
            while (!(rvalid && rready)) begin
                if (arvalid && arready) arvalid <= 0;
                toss;
                rready <= random[0];
                ticks = ticks + 1;
                if (ticks > 100) fail("read hangs", {20'd0, address});
                step;
            end
            rready <= 0;
            arvalid <= 0;
            expected = address[11:2] == 0 ? {28'd0, ready, ap_idle, done, start} : word[address[11:2]];
            if (rdata !== expected || rresp !== 0) begin
                $display("read %h, expected %h", rdata, expected);
                fail("RDATA", {20'd0, address});
            end
            if (address[11:2] == 0) begin
                done = 0;
                ready = 0;
            end
            reads = reads + 1;
            step;
        end
    endtask

    // Start, then a kernel that takes its time; done comes with ready.
    task run;
        begin
            toss;
            at[0] = 0;
            value[0] = random | 1;
            strobe[0] = 4'hf;
            write(1, 0);
            step;
            if (ap_start !== 1) fail("start is not seen", 0);
            ap_idle <= 0;
            toss;
            for (n = random[3:0]; n > 0; n = n - 1) begin
                step;
                if (ap_start !== 1) fail("start does not hold", 0);
            end
            read(0);
            ap_done <= 1;
            ap_ready <= 1;
            toss;
            if (random[0]) begin
                // A read in the very cycle of done must not swallow it.
                araddr <= 0;
                arvalid <= 1;
                rready <= 1;
            end
            step;
            ap_done <= 0;
            ap_ready <= 0;
            ap_idle <= 1;
            arvalid <= 0;
            step;
            step;
            rready <= 0;
            start = 0;
            done = 1;
            ready = 1;
            word[3] = word[3] | (word[2] & 3);
            step;
            check;
            toss;
            if (random[0]) begin
                read(0);
                read(0);
            end
        end
    endtask

    // Not `initial`: Verilator would take its non-blocking assignments for blocking ones.
    always begin
        for (i = 0; i < 1024; i = i + 1) begin
            word[i] = 0;
            exists[i] = 0;
        end
        exists[1] = 1;
        exists[2] = 3;
        exists[3] = 3;
        exists[4] = 32'hffffffff;
        exists[5] = 32'hffffffff;
        exists[7] = 32'hffffffff;
        exists[8] = 32'hffffffff;
        exists[10] = 32'hffffffff;
        exists[12] = 1;
        exists[14] = 32'hffffffff;
        exists[15] = 32'hff;
        @(posedge clk);
        random = seed * 32'h9e3779b9 ^ 32'h2545f491;
        while (!rst_n) step;
        step;
        check;
        for (i = 0; i < 600; i = i + 1) begin
            toss;
            case (random[10:8])
                0, 1, 2: begin
                    plan(0);
                    write(1, 0);
                end
                3: begin
                    for (n = 0; n < 12; n = n + 1) plan(n);
                    write(12, random[11]);
                end
                4, 5: read({6'd0, random[5:0]});
                6: read(random[23:12] | 12'd4);
                default: run;
            endcase
            step;
            check;
        end
        $display("PASS %0d %0d", reads, writes);
        $finish;
    end
endmodule
