// One top for all benches, so that Verilator builds once: `+bench=fifo|ram|read|write|control` clocks
// one of them, `+seed=N` seeds it.
module library_bench;
    reg             clk = 0;
    reg             rst_n = 0;
    reg  [31:0]     seed = 1;
    reg  [8*16-1:0] bench = "";
    integer         cycles = 0;

    fifo_bench fifo (clk && bench == "fifo", rst_n, seed);
    ram_bench ram (clk && bench == "ram", rst_n, seed);
    read_bench read (clk && bench == "read", rst_n, seed);
    write_bench write (clk && bench == "write", rst_n, seed);
    control_bench control (clk && bench == "control", rst_n, seed);

    always #1 clk = !clk;

    always @(posedge clk) begin
        cycles <= cycles + 1;
        rst_n <= cycles > 3;
    end

    initial begin
        if (!$value$plusargs("seed=%d", seed)) seed = 1;
        if (!$value$plusargs("bench=%s", bench)) begin
            $display("FAIL no +bench=");
            $finish;
        end
    end
endmodule
