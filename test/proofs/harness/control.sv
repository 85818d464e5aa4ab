// The AXI-Lite slave as emitted for the bench's kernel: one B for each AW with its W, one R for each AR; answers stay
// until they are taken; registers hold what was written to the bytes that WSTRB names; start, done, ready and the
// interrupt follow the ap_ctrl protocol. A model of the register file runs beside it.
//
// Assumed: nothing about the master but reset first.
module control_proof (
    input wire        clk,
    input wire        rst_n,
    input wire [11:0] awaddr,
    input wire        awvalid,
    input wire [31:0] wdata,
    input wire [3:0]  wstrb,
    input wire        wvalid,
    input wire        bready,
    input wire [11:0] araddr,
    input wire        arvalid,
    input wire        rready,
    input wire        ap_done,
    input wire        ap_idle,
    input wire        ap_ready
);
    wire        awready, wready, bvalid, arready, rvalid, ap_start, ap_interrupt;
    wire [1:0]  bresp, rresp;
    wire [31:0] rdata;
    wire [63:0] arg_source, arg_target;
    wire [31:0] arg_key;
    wire        arg_flag;
    wire [39:0] arg_wide;

    bench_control dut (
        .clk(clk), .rst_n(rst_n),
        .s_axi_control_awaddr(awaddr), .s_axi_control_awvalid(awvalid), .s_axi_control_awready(awready),
        .s_axi_control_wdata(wdata), .s_axi_control_wstrb(wstrb), .s_axi_control_wvalid(wvalid),
        .s_axi_control_wready(wready), .s_axi_control_bresp(bresp), .s_axi_control_bvalid(bvalid),
        .s_axi_control_bready(bready), .s_axi_control_araddr(araddr), .s_axi_control_arvalid(arvalid),
        .s_axi_control_arready(arready), .s_axi_control_rdata(rdata), .s_axi_control_rresp(rresp),
        .s_axi_control_rvalid(rvalid), .s_axi_control_rready(rready), .ap_start(ap_start), .ap_done(ap_done),
        .ap_idle(ap_idle), .ap_ready(ap_ready), .arg_source(arg_source), .arg_target(arg_target),
        .arg_key(arg_key), .arg_flag(arg_flag), .arg_wide(arg_wide), .ap_interrupt(ap_interrupt)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (!rst_n);

    // ---- Handshakes: how many addresses and data were taken and not answered ----
    reg  [1:0] addresses;
    reg  [1:0] data;
    reg        reads;
    wire       aw = awvalid && awready;
    wire       w = wvalid && wready;
    wire       b = bvalid && bready;
    wire       ar = arvalid && arready;
    wire       r = rvalid && rready;
    always @(posedge clk) begin
        addresses <= rst_n ? addresses + aw - b : 0;
        data <= rst_n ? data + w - b : 0;
        reads <= rst_n && (reads + ar - r);
    end

    reg        b_waits, r_waits;
    reg [31:0] rdata_was;
    reg [11:0] awaddr_taken;
    reg [31:0] wdata_taken;
    reg [3:0]  wstrb_taken;
    always @(posedge clk) begin
        b_waits <= rst_n && bvalid && !bready;
        r_waits <= rst_n && rvalid && !rready;
        rdata_was <= rdata;
        if (aw) awaddr_taken <= awaddr;
        if (w) begin
            wdata_taken <= wdata;
            wstrb_taken <= wstrb;
        end
    end

    always @* if (rst_n) begin
        lite_b_asked: assert (!bvalid || (addresses != 0 && data != 0));
        lite_r_asked: assert (rvalid == reads);
        lite_r_one: assert (!(ar && reads && !r));
        lite_count: assert (addresses <= 2 && data <= 2);
        lite_okay: assert (bresp == 0 && rresp == 0);
        if (b_waits) begin
            lite_b_held: assert (bvalid);
        end
        if (r_waits) begin
            lite_r_held: assert (rvalid && rdata == rdata_was);
        end
        // Once both are there the answer comes in the next cycle, unless the last one still waits.
        lite_inside: assert (addresses == \dut.ctl_has_address + bvalid && data == \dut.ctl_has_data + bvalid);
        if (\dut.ctl_has_address ) begin
            lite_address: assert (\dut.ctl_address == awaddr_taken);
        end
        if (\dut.ctl_has_data ) begin
            lite_data: assert (\dut.ctl_data == wdata_taken && \dut.ctl_strobe == wstrb_taken);
        end
        lite_ready: assert (awready == !\dut.ctl_has_address && wready == !\dut.ctl_has_data );
    end
    (* hierconn *) wire        \dut.ctl_has_address ;
    (* hierconn *) wire        \dut.ctl_has_data ;
    (* hierconn *) wire [11:0] \dut.ctl_address ;
    (* hierconn *) wire [31:0] \dut.ctl_data ;
    (* hierconn *) wire [3:0]  \dut.ctl_strobe ;

    // A write takes effect in the cycle before its answer appears: seen from outside, when address and data were
    // taken and no answer is shown.
    wire        write = addresses != 0 && data != 0 && !bvalid;
    wire [9:0]  word = awaddr_taken[11:2];
    wire [31:0] mask = {{8{wstrb_taken[3]}}, {8{wstrb_taken[2]}}, {8{wstrb_taken[1]}}, {8{wstrb_taken[0]}}};
    reg         wrote;
    always @(posedge clk) wrote <= rst_n && write;
    always @* if (rst_n) begin
        lite_answered: assert (bvalid == (wrote || b_waits));
    end

    // ---- Model of the register file: the words of the arguments, and the control bits ----
    reg  [31:0] file [4:15];
    reg         start, done, ready, enabled;
    reg  [1:0]  sources, pending;
    reg  [31:0] answer;
    wire        read_control = ar && araddr[11:2] == 0;
    wire [1:0]  events = {ap_ready, ap_done} & sources;
    integer     i;

    // Bits that a word has: the arguments are 64, 64, 32, 1 and 40 bits wide.
    function [31:0] bits;
        input [9:0] at;
        case (at)
            10'd4, 10'd5, 10'd7, 10'd8, 10'd10, 10'd14: bits = 32'hffffffff;
            10'd12: bits = 32'h1;
            10'd15: bits = 32'hff;
            default: bits = 32'h0;
        endcase
    endfunction

    always @(posedge clk) begin
        if (!rst_n) begin
            for (i = 4; i < 16; i = i + 1) file[i] <= 0;
            start <= 0;
            done <= 0;
            ready <= 0;
            enabled <= 0;
            sources <= 0;
            pending <= 0;
        end else begin
            for (i = 4; i < 16; i = i + 1) begin
                if (write && word == i) file[i] <= ((file[i] & ~mask) | (wdata_taken & mask)) & bits(i);
            end
            start <= (write && word == 0 && mask[0] && wdata_taken[0]) || (start && !ap_ready);
            done <= ap_done || (done && !read_control);
            ready <= ap_ready || (ready && !read_control);
            if (write && word == 1 && mask[0]) enabled <= wdata_taken[0];
            if (write && word == 2 && mask[0]) sources <= wdata_taken[1:0];
            pending <= (pending ^ ((write && word == 3) ? wdata_taken[1:0] & mask[1:0] : 2'b00)) | events;
        end
        if (ar) begin
            case (araddr[11:2])
                0: answer <= {28'd0, ready, ap_idle, done, start};
                1: answer <= {31'd0, enabled};
                2: answer <= {30'd0, sources};
                3: answer <= {30'd0, pending};
                4: answer <= file[4];
                5: answer <= file[5];
                7: answer <= file[7];
                8: answer <= file[8];
                10: answer <= file[10];
                12: answer <= file[12];
                14: answer <= file[14];
                15: answer <= file[15];
                default: answer <= 0;
            endcase
        end
    end

    always @* if (rst_n && started) begin
        control_start: assert (ap_start == start);
        control_interrupt: assert (ap_interrupt == (enabled && pending != 0));
        control_source: assert (arg_source == {file[5], file[4]});
        control_target: assert (arg_target == {file[8], file[7]});
        control_key: assert (arg_key == file[10]);
        control_flag: assert ({31'd0, arg_flag} == file[12]);
        control_wide: assert ({24'd0, arg_wide} == {file[15], file[14]});
        if (rvalid) begin
            control_read: assert (rdata == answer);
        end
        control_inside: assert (\dut.ctl_done == done && \dut.ctl_ready == ready && \dut.ctl_sources == sources && \dut.ctl_pending == pending && \dut.ctl_interrupts == enabled);
    end
    (* hierconn *) wire       \dut.ctl_done ;
    (* hierconn *) wire       \dut.ctl_ready ;
    (* hierconn *) wire       \dut.ctl_interrupts ;
    (* hierconn *) wire [1:0] \dut.ctl_sources ;
    (* hierconn *) wire [1:0] \dut.ctl_pending ;

    always @* if (rst_n && started) begin
        cover_start: cover (ap_start && ap_ready);
        cover_done: cover (r && rdata[3:0] == 4'b1110);
        cover_interrupt: cover (ap_interrupt && bvalid);
        cover_strobe: cover (arg_key == 32'h00cc0000 && b && awaddr_taken[11:2] == 10);
        cover_wide: cover (r && rdata == 32'hab);
    end
endmodule
