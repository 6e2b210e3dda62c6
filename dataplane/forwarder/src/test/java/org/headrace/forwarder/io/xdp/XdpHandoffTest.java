package org.headrace.forwarder.io.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.io.bpf.ClientHash;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

/** Several workers: the interfaces spread packets as they like, and each worker gets those of its clients. */
@Timeout(60)
class XdpHandoffTest
{
    private static final int WORKERS = 3;
    private static final int FIRST_PORT = 2000;
    private static final int FRAMES = 90;
    private static final int CLIENT_PORT_OFFSET = 34;
    private static final int LONGEST_MTU = 9000;

    private final PacketBatch batch = new PacketBatch();

    @BeforeEach
    void probe()
    {
        final XdpFeatures features = XdpFeatures.probe();
        Assumptions.assumeTrue(features.isComplete(), () -> "skipped: " + features.missing());
    }

    @Test
    void shouldGiveEachClientToTheWorkerThatItsHashNames()
    {
        try (XdpRig rig = new XdpRig(LONGEST_MTU, WORKERS))
        {
            for (int i = 0; i < FRAMES; i++)
            {
                rig.inject(i & 1, frame(rig, i), 0);
            }
            final List<Integer> ports = new ArrayList<>();
            int handedOver = 0;
            // The first round brings packets to where they belong, the second takes what came last.
            for (int worker = 0; worker < 2 * WORKERS; worker++)
            {
                handedOver += worker < WORKERS ? 0 : rig.worker(worker % WORKERS).receive(batch);
                if (worker >= WORKERS)
                {
                    check(rig, worker % WORKERS, ports);
                }
                while (rig.worker(worker % WORKERS).receive(batch) > 0)
                {
                    check(rig, worker % WORKERS, ports);
                }
            }
            assertThat(ports).hasSize(FRAMES).doesNotHaveDuplicates();
            assertThat(handedOver).as("packets that arrived elsewhere").isPositive();
            for (int i = 0; i < FRAMES; i++)
            {
                assertThat(rig.takeTransmitted(1)).as("frame " + i).isNotNull();
            }
            assertThat(rig.takeTransmitted(1)).isNull();
            for (int worker = 0; worker < WORKERS; worker++)
            {
                assertThat(rig.worker(worker).overruns()).isZero();
            }
        }
    }

    private static byte[] frame(final XdpRig rig, final int number)
    {
        return rig.frame(number, number % 3 == 0 ? LONGEST_MTU : 100, FIRST_PORT + number);
    }

    private void check(final XdpRig rig, final int worker, final List<Integer> ports)
    {
        final IpAddress client = IpAddress.parse(XdpRig.CLIENT);
        for (int i = 0; i < batch.size; i++)
        {
            final int port = NativeMemory.getNetworkShort(batch.address(i) + CLIENT_PORT_OFFSET);
            final int hash = ClientHash.hash(client.high(), client.low(), port);
            assertThat(ClientHash.worker(hash, WORKERS)).as("client port " + port).isEqualTo(worker);
            assertThat(NativeMemory.segment(batch.address(i), batch.length(i))
                .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)).isEqualTo(frame(rig, port - FIRST_PORT));
            assertThat(batch.ingress(i)).isEqualTo(port & 1);
            ports.add(port);
            batch.verdict(i, Verdict.FORWARD);
            batch.egress(i, 1);
        }
        rig.worker(worker).transmit(batch);
    }

    @Test
    void shouldWakeTheOwnerThatSleeps() throws InterruptedException
    {
        try (XdpRig rig = new XdpRig(LONGEST_MTU, 2))
        {
            final Thread[] sleepers = new Thread[2];
            final int[] received = new int[2];
            final Object done = new Object();
            for (int i = 0; i < 2; i++)
            {
                final int worker = i;
                sleepers[i] = new Thread(() ->
                {
                    final PacketBatch own = new PacketBatch();
                    while (!Thread.currentThread().isInterrupted())
                    {
                        rig.worker(worker).await(20_000_000_000L);
                        final int size = rig.worker(worker).receive(own);
                        for (int row = 0; row < size; row++)
                        {
                            own.verdict(row, Verdict.FORWARD);
                            own.egress(row, 1);
                        }
                        rig.worker(worker).transmit(own);
                        synchronized (done)
                        {
                            received[worker] += size;
                        }
                    }
                });
                sleepers[i].setDaemon(true);
                sleepers[i].start();
            }
            for (int i = 0; i < FRAMES; i++)
            {
                rig.inject(0, frame(rig, i), 0);
                assertThat(rig.takeTransmitted(1)).as("frame " + i).isNotNull();
            }
            for (int i = 0; i < 2; i++)
            {
                sleepers[i].interrupt();
            }
            // One packet for each ends its wait.
            for (int i = 0; sleepers[0].isAlive() || sleepers[1].isAlive(); i++)
            {
                rig.inject(0, frame(rig, i % FRAMES), 0);
                Thread.yield();
            }
            sleepers[0].join();
            sleepers[1].join();
            assertThat(received[0]).isPositive();
            assertThat(received[1]).isPositive();
        }
    }
}
