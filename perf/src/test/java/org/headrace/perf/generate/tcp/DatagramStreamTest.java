package org.headrace.perf.generate.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.perf.generate.link.DatagramStream;
import org.headrace.perf.wire.FrameBuilder;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a stream puts on a wire in memory, which looks at every checksum. */
class DatagramStreamTest
{
    private static final int PACKETS = 12_000;
    private static final long STEP_NS = TimeUnit.MICROSECONDS.toNanos(100);

    private final MemoryWire wire = new MemoryWire();

    @Test
    void shouldKeepToFlowsSizesAndRate()
    {
        for (final boolean isIpv6 : new boolean[]{false, true})
        {
            final List<byte[]> frames = List.of(frame(isIpv6, 20), frame(isIpv6, 501));
            final DatagramStream stream = new DatagramStream(
                wire::nowNs, wire.client(), frames, List.of(3, 1), 8, 16, 10_000, 42);
            final long startNs = wire.nowNs();
            while (stream.packets() < PACKETS)
            {
                stream.doWork();
                wire.pass(STEP_NS);
            }
            assertThat(wire.nowNs() - startNs).isBetween(
                TimeUnit.MILLISECONDS.toNanos(1_199), TimeUnit.MILLISECONDS.toNanos(1_201));
            final Map<String, Integer> flows = new HashMap<>();
            final Map<Integer, Integer> lengths = new HashMap<>();
            wire.pass(TimeUnit.SECONDS.toNanos(1));
            wire.server().receive((frame, lengthBytes) ->
            {
                final int ports = frame(isIpv6, 0).length - 8;
                final int port = NativeMemory.getNetworkShort(frame + ports);
                final int low = NativeMemory.getNetworkShort(frame + (isIpv6 ? 36 : 28));
                assertThat(port).isBetween(1_024, 1_031);
                assertThat(low & ~15).isEqualTo(isIpv6 ? 0 : 0x400);
                flows.merge(low + ":" + port, 1, Integer::sum);
                lengths.merge(lengthBytes, 1, Integer::sum);
            }, Integer.MAX_VALUE);
            assertThat(flows).hasSize(8 * 16);
            assertThat(flows.values()).allMatch(count -> count > PACKETS / 128 / 2 && count < PACKETS / 128 * 2);
            assertThat(lengths).hasSize(2);
            assertThat(lengths.get(frames.get(0).length)).isBetween(PACKETS * 70 / 100, PACKETS * 80 / 100);
            assertThat(stream.bytes()).isEqualTo(lengths.entrySet().stream()
                .mapToLong(entry -> (long)entry.getKey() * entry.getValue()).sum());
        }
    }

    private static byte[] frame(final boolean isIpv6, final int dataLength)
    {
        return new FrameBuilder("02:00:00:00:00:02", "02:00:00:00:00:01", isIpv6 ? "fd00:1::1:0" : "10.16.4.0",
            isIpv6 ? "fd00:99::1" : "10.99.0.1").udp(1_024, 53, new byte[dataLength]).build();
    }
}
