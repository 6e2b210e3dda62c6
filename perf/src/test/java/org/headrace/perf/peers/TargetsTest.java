package org.headrace.perf.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.report.Sample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

class TargetsTest
{
    @TempDir
    private Path directory;

    private final Results results = new Results();

    @Test
    void shouldShowEveryTargetEvenIfNothingWasMeasured()
    {
        final List<Goal> goals = goals(Map.of());

        assertThat(goals.stream().map(Goal::target).distinct()).containsExactlyElementsOf(
            IntStream.rangeClosed(1, 14).mapToObj(number -> "P" + number).toList());
        assertThat(goals).allMatch(goal -> goal.verdict().equals("not measured") && !goal.remark().isEmpty());
    }

    @Test
    void shouldSayWhyAPeerIsMissing()
    {
        assertThat(goal("P4", "steady", Map.of("testpmd", "not installed")).remark())
            .isEqualTo("testpmd: not installed");
    }

    @Test
    void shouldSayWhatFailed()
    {
        final Discipline packets = PeersPlan.of(Pace.quick(1), PeersPlan.allPeers(), Set.of("P4"))
            .disciplines().getFirst();
        results.fail(packets, new TestpmdPeer(), "does not forward\nEAL: ...");

        assertThat(goal("P4", "steady", Map.of()).remark()).isEqualTo("failed: does not forward");
    }

    @Test
    void shouldTakeTheBetterOfOurDrivers()
    {
        add(Figure.LIMIT_FEW, "testpmd", 2);
        add(Figure.LIMIT_FEW, "io_uring", 1);
        add(Figure.LIMIT_FEW, "af_xdp", 3);

        final Goal goal = goal("P4", "steady", Map.of());

        assertThat(goal.figureText()).isEqualTo("1.50×");
        assertThat(goal.remark()).isEqualTo("af_xdp");
        assertThat(goal.verdict()).isEqualTo("reached");
    }

    @Test
    void shouldSayByHowMuchATargetIsMissed()
    {
        add(Figure.BULK, "io_uring", 9);
        add(Figure.BULK, "haproxy", 5);
        add(Figure.COLD_START, "io_uring", 1_500);

        assertThat(goal("P6", "HAProxy", Map.of()).verdict()).isEqualTo("missed by 33 %");
        assertThat(goal("P14", "cold", Map.of()).verdict()).isEqualTo("missed by 50 %");
    }

    @Test
    void shouldTakeTheWorseOfOurDriversWhereBothHaveToHold()
    {
        add(Figure.ALLOCATED, "io_uring", 0);
        add(Figure.ALLOCATED, "af_xdp", 192);

        assertThat(goal("P10", "allocated", Map.of()).verdict()).isEqualTo("missed by 192 bytes");
    }

    @Test
    void shouldCompareWhatAHopAdds()
    {
        add(PeersPlan.LATENCY + "/p99", "no-hop", 50);
        add(PeersPlan.LATENCY + "/p99", "nftables", 70);
        add(PeersPlan.LATENCY + "/p99", "io_uring", 65);

        final Goal goal = goal("P9", ", 99 %", Map.of());

        assertThat(goal.figureText()).isEqualTo("0.75×");
        assertThat(goal.remark()).isEqualTo("io_uring: 15 µs to 20 µs");
        assertThat(goal.verdict()).isEqualTo("reached");
    }

    @Test
    void shouldNotCompareWithLessThanNothing()
    {
        add(PeersPlan.LATENCY + "/p99", "no-hop", 50);
        add(PeersPlan.LATENCY + "/p99", "nftables", 48);
        add(PeersPlan.LATENCY + "/p99", "io_uring", 65);

        final Goal goal = goal("P9", ", 99 %", Map.of());

        assertThat(goal.figure()).isEmpty();
        assertThat(goal.remark()).contains("nftables -2 µs").contains("io_uring 15 µs");
    }

    @Test
    void shouldReadWhatOtherBenchmarksHaveLeft() throws IOException
    {
        Files.writeString(directory.resolve("pipeline.json"), """
            {"head": [], "results": [
              {"operation": "tcp", "mix": "TCP", "flows": "1024", "ns": [20.0]},
              {"operation": "acl", "mix": "ACL", "flows": "1024", "ns": [31.0, 29.0, 30.0]},
              {"operation": "new", "mix": "TCP", "flows": "65536", "ns": [100.0]},
              {"operation": "new", "mix": "TCP", "flows": "1000000", "ns": [200.0]}]}
            """);
        Files.writeString(directory.resolve("conntrack.json"), """
            {"results": [
              {"operation": "hit", "store": "headrace", "connections": 1024, "bytesPerConnection": 304.0, "ns": [1]},
              {"operation": "hit", "store": "headrace", "connections": 1000000, "bytesPerConnection": 95.4, "ns": [1]},
              {"operation": "hit", "store": "hash-map", "connections": 10000000, "bytesPerConnection": 245, "ns": [1]}]}
            """);
        Files.writeString(directory.resolve("conntrack-largest.md"), "filled: connections=50000000 in 17.1 s");
        Files.writeString(directory.resolve("workers.txt"), """
            flows=1024 each: alone 26.10 (25.90..27.00) ns, beside another 26.90 ns; two workers 1.94 (1.90..1.99) x one
            flows=65536 each: alone 36.10 (35.90..37.00) ns, beside another 37.1 ns; two workers 1.91 (1.8..2) x one
            """);

        assertThat(goal("P1", "at 1 K", Map.of()).figure()).hasValue(30);
        assertThat(goal("P1", "at 10 M", Map.of()).verdict()).isEqualTo("not measured");
        assertThat(goal("P2", "", Map.of()).figure()).hasValue(5_000_000);
        assertThat(goal("P3", "memory", Map.of()).figure()).hasValue(95.4);
        assertThat(goal("P3", "largest", Map.of()).verdict()).isEqualTo("reached");
        assertThat(goal("P13", "two workers", Map.of()).figure()).hasValue(1.91);
    }

    private void add(final String figure, final String peer, final double value)
    {
        results.add(figure, peer, Sample.of(value));
    }

    private Goal goal(final String target, final String part, final Map<String, String> missing)
    {
        return goals(missing).stream().filter(goal -> goal.target().equals(target) && goal.what().contains(part))
            .findFirst().orElseThrow();
    }

    private List<Goal> goals(final Map<String, String> missing)
    {
        return Targets.of(results, missing, new OtherReports(List.of(directory)));
    }
}
