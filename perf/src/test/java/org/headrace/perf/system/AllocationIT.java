package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.load.DnsLoad;
import org.headrace.perf.load.HttpLoad;
import org.headrace.perf.load.Tally;
import org.junit.jupiter.api.Test;

/**
 * The worker's thread puts nothing on the heap, whatever the packets are.
 */
@NeedsLab
class AllocationIT
{
    private static final int REQUESTS = 20_000;

    @Test
    void shouldAllocateNothingWhileItForwards()
    {
        try (RunningLab running = RunningLab.startUsual())
        {
            final var client = running.lab().client();
            final Tally http = HttpLoad.start(client, RunningLab.HTTP_TARGET, 8, 1, REQUESTS).join();
            final Tally http6 = HttpLoad.start(client, RunningLab.HTTP_TARGET6, 8, 20, REQUESTS).join();
            final Tally dns = DnsLoad.start(client, RunningLab.DNS_TARGET, 4, 10, REQUESTS).join();

            assertThat(http.failed() + http6.failed() + dns.failed()).isZero();
            running.assertNothingAllocated();
        }
    }
}
