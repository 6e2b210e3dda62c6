package org.headrace.forwarder.io.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.io.bpf.ClientHash;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.counters.DropReason;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several workers on the same interfaces. */
@Timeout(60)
class UringFanoutTest
{
    private static final int WORKERS = 3;
    private static final int FIRST_PORT = 2000;
    private static final int FRAMES = 90;
    private static final int CLIENT_PORT_OFFSET = 34;

    @Test
    void shouldGiveEachClientToTheWorkerThatItsHashNames()
    {
        Assumptions.assumeTrue(KernelFeatures.probe().isComplete(), "skipped: the kernel lacks something");
        try (UringRig rig = new UringRig(WORKERS))
        {
            for (int i = 0; i < FRAMES; i++)
            {
                rig.inject(i & 1, rig.frame(i, i % 3 == 0 ? 4000 : 100, FIRST_PORT + i), 0);
            }
            int received = 0;
            for (int worker = 0; worker < WORKERS; worker++)
            {
                final int count = receiveAll(rig, worker);
                assertThat(count).as("worker " + worker).isPositive();
                received += count;
            }
            assertThat(received).isEqualTo(FRAMES);
        }
    }

    private static int receiveAll(final UringRig rig, final int worker)
    {
        final IpAddress client = IpAddress.parse(UringRig.CLIENT);
        final PacketBatch batch = new PacketBatch();
        int count = 0;
        rig.worker(worker).await(100_000_000L);
        while (rig.worker(worker).receive(batch) > 0)
        {
            for (int i = 0; i < batch.size; i++)
            {
                final int port = NativeMemory.getNetworkShort(batch.address(i) + CLIENT_PORT_OFFSET);
                final int hash = ClientHash.hash(client.high(), client.low(), port);
                assertThat(ClientHash.worker(hash, WORKERS)).as("client port " + port).isEqualTo(worker);
                batch.verdict(i, Verdict.drop(DropReason.NO_SERVICE));
            }
            count += batch.size;
            rig.worker(worker).transmit(batch);
        }
        return count;
    }
}
