package org.headrace.protocol.counters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.BitSet;

class CountersFileTest
{
    private static final ServiceKey WEB = ServiceKey.parse("tcp/10.99.0.1:80");
    private static final Endpoint SERVER = Endpoint.parse("10.2.1.2:8080");

    @TempDir
    private Path directory;

    @Test
    void shouldKeepWhatAPredecessorCounted()
    {
        try (CountersFile first = create())
        {
            first.set(1, WorkerCounter.RECEIVED, 5);
            first.generationRelease(3);
            first.putServer(7, SlotState.IN_FORCE, 2, SERVER, 9, ServerState.UP, true);
        }
        try (CountersFile second = CountersFile.takeOver(directory, 2, 11, "io_uring", "eth0,eth1"))
        {
            assertThat(second.get(1, WorkerCounter.RECEIVED)).isEqualTo(5);
            assertThat(second.generation()).isEqualTo(3);
            assertThat(second.server(7).weight()).isEqualTo(9);
            assertThat(second.epoch()).isEqualTo(11);
            assertThat(second.pid()).isEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void shouldRefuseTheFileOfADataPlaneThatWasSetUpOtherwise()
    {
        create().close();
        assertThatThrownBy(() -> CountersFile.takeOver(directory, 3, 1, "io_uring", "eth0,eth1"))
            .hasMessage("counters.dat is of a data plane with workers=2 != 3");
        assertThatThrownBy(() -> CountersFile.takeOver(directory, 2, 1, "io_uring", "eth1,eth0"))
            .hasMessage("counters.dat is of a data plane with interfaces=eth0,eth1 != eth1,eth0");
    }

    /** A worker that died between receiving and judging a batch has counted packets that nobody will ever judge. */
    @Test
    void shouldMakeTheSumRightThatAKilledWorkerHasTorn()
    {
        try (CountersFile first = create())
        {
            first.set(0, WorkerCounter.RECEIVED, 10);
            first.set(0, WorkerCounter.FORWARDED, 4);
            first.set(0, WorkerCounter.ANSWERED, 2);
            first.set(0, WorkerCounter.SEQUENCE, 5);
            first.set(1, WorkerCounter.RECEIVED, 10);
            first.set(1, WorkerCounter.FORWARDED, 10);
        }
        try (CountersFile second = CountersFile.takeOver(directory, 2, 1, "io_uring", "eth0,eth1"))
        {
            assertThat(second.get(0, WorkerCounter.RECEIVED)).isEqualTo(6);
            assertThat(second.get(0, WorkerCounter.SEQUENCE)).isEqualTo(6);
            assertThat(second.get(1, WorkerCounter.RECEIVED)).isEqualTo(10);
        }
    }

    @Test
    void shouldFreeSlotsThatTheSuccessorDoesNotKnow()
    {
        try (CountersFile file = create())
        {
            file.putService(
                2, SlotState.IN_FORCE, WEB, Scheduler.RR, ForwardingMethod.NAT, "a/b");
            file.putServer(7, SlotState.IN_FORCE, 2, SERVER, 9, ServerState.UP, true);
            file.putServer(8, SlotState.RETAINED, 2, SERVER, 9, ServerState.UP, true);
            new UnsafeBuffer(file.serverCountersBuffer(0))
                .putLong(8 * 64 + ServerCounter.ACTIVE_CONNECTIONS.ordinal() * BitUtil.SIZE_OF_LONG, 3);
            file.retainSlots(BitSet.valueOf(new long[]{1 << 2}), BitSet.valueOf(new long[]{1 << 7}));
            assertThat(file.service(2)).isNotNull();
            assertThat(file.server(7)).isNotNull();
            assertThat(file.server(8)).isNull();
            assertThat(file.get(8, ServerCounter.ACTIVE_CONNECTIONS)).isZero();
        }
    }

    private CountersFile create()
    {
        return CountersFile.create(directory, 2, 10, "io_uring", "eth0,eth1");
    }
}
