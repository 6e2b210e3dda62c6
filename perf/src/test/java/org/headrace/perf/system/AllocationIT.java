package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.load.DnsLoad;
import org.headrace.perf.load.HttpLoad;
import org.headrace.perf.load.Tally;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.Test;

import java.util.List;

/**
 * The worker's thread puts nothing on the heap, whatever the packets are.
 */
@NeedsLab
class AllocationIT
{
    private static final int REQUESTS = 20_000;
    private static final int MIN_PACKETS = 200_000;
    private static final int MAX_ROUNDS = 5;
    private static final int MAX_ONCE_BYTES = 32_768;

    @Test
    void shouldAllocateNothingWhileItForwards()
    {
        try (RunningLab running = RunningLab.startUsual())
        {
            assertThatNothingIsAllocated(running);
        }
    }

    /** Templates are made, found and forgotten all the time. */
    @Test
    void shouldAllocateNothingWithSessionPersistence()
    {
        try (RunningLab running =
            RunningLab.start(config -> config.persistence("{timeout: 1s}").usual(List.of(100, 50, 50))))
        {
            assertThatNothingIsAllocated(running);
            assertThat(running.sum(WorkerCounter.PERSISTENCE_HITS)).isGreaterThan(REQUESTS);
        }
    }

    private static void assertThatNothingIsAllocated(final RunningLab running)
    {
        // The compiler resolves the string constants of a class on the thread that asks for its compilation: a few
        // hundred bytes, once, when traffic of a kind has made the class hot. After that there is nothing.
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < MAX_ROUNDS && allocated > 0; round++)
        {
            final long before = running.sum(WorkerCounter.ALLOCATED_BYTES);
            final long packetsBefore = running.sum(WorkerCounter.RECEIVED);

            drive(running);

            assertThat(running.sum(WorkerCounter.RECEIVED) - packetsBefore).isGreaterThan(MIN_PACKETS);
            allocated = running.sum(WorkerCounter.ALLOCATED_BYTES) - before;
        }
        assertThat(allocated).as("bytes allocated, in the last of %d rounds at most", MAX_ROUNDS).isZero();
        assertThat(running.sum(WorkerCounter.ALLOCATED_BYTES)).as("bytes allocated once, by the compiler")
            .isLessThan(MAX_ONCE_BYTES);
    }

    private static void drive(final RunningLab running)
    {
        final var client = running.lab().client();
        final Tally http = HttpLoad.start(client, RunningLab.HTTP_TARGET, 8, 1, REQUESTS).join();
        final Tally http6 = HttpLoad.start(client, RunningLab.HTTP_TARGET6, 8, 20, REQUESTS).join();
        final Tally dns = DnsLoad.start(client, RunningLab.DNS_TARGET, 4, 10, REQUESTS).join();
        assertThat(http.failed() + http6.failed() + dns.failed()).isZero();
        // Allocations are shown once a second.
        running.awaitFreshAllocations();
    }
}
