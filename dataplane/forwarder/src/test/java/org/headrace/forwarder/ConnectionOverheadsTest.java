package org.headrace.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.schedule.LeastConnectionScheduler;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.Endpoint;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.IntStream;

/** Two workers choose by least connections; each sees the other's as they were some connections ago. */
class ConnectionOverheadsTest
{
    private static final int ROUNDS = 200;
    private static final int CONNECTIONS = 3_000;
    private static final int LINE_BYTES = 64;

    @Test
    void shouldNotGetFurtherApartThanWhatIsNotSeenYet()
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        final Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++)
        {
            final int servers = 2 + random.nextInt(6);
            final int unseenMost = random.nextInt(20);
            final ServerTable table = new ServerTable(servers, 1);
            IntStream.range(0, servers).forEach(slot ->
            {
                table.occupy(slot, Endpoint.parse("10.0.0." + (slot + 1) + ":80"), 0);
                table.nextHop(slot, NextHop.of(0, 1), 1_500);
                table.weight(slot, 1);
            });
            final ByteBuffer[] own = {lines(servers), lines(servers)};
            final ByteBuffer[] seen = {lines(servers), lines(servers)};
            final WorkerCounters[] counters = {counters(own[0]), counters(own[1])};
            final LeastConnectionScheduler[] schedulers = {
                new LeastConnectionScheduler(table, new ConnectionOverheads(counters[0], counters(seen[1]))),
                new LeastConnectionScheduler(table, new ConnectionOverheads(counters(seen[0]), counters[1]))};
            final int[] all = IntStream.range(0, servers).toArray();
            final int[] unseen = new int[2];
            final int[] connections = new int[servers];
            for (int i = 0; i < CONNECTIONS; i++)
            {
                final int worker = random.nextInt(2);
                if (unseen[worker] == unseenMost || random.nextInt(8) == 0)
                {
                    seen[worker].put(0, own[worker], 0, servers * LINE_BYTES);
                    unseen[worker] = 0;
                }
                final int server = schedulers[worker].select(0, all);
                counters[worker].onConnectionOpened(server, false);
                connections[server]++;
                if (unseenMost == 0)
                {
                    seen[worker].put(0, own[worker], 0, servers * LINE_BYTES);
                }
                else
                {
                    unseen[worker]++;
                }
                final int apart =
                    IntStream.of(connections).max().orElseThrow() - IntStream.of(connections).min().orElseThrow();
                assertThat(apart).as("headrace.test.seed=" + seed + " round=" + round + " servers=" + servers)
                    .isLessThanOrEqualTo(unseenMost + 1);
            }
            assertThat(IntStream.of(connections).sum()).isEqualTo(CONNECTIONS);
        }
    }

    private static ByteBuffer lines(final int servers)
    {
        return ByteBuffer.allocateDirect(servers * LINE_BYTES);
    }

    private static WorkerCounters counters(final ByteBuffer servers)
    {
        return new WorkerCounters(new byte[2 * 64 * Long.BYTES], servers);
    }
}
