package org.headrace.forwarder.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aeron.logbuffer.FragmentHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.ControlRequestProxy;
import org.headrace.protocol.ControlResponseProxy;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.PrefixBlock;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.TimedState;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.SlotState;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** A data plane that was killed, and its successor on the same directory. */
class ConfigurationInForceTest
{
    private static final long SEED = Long.getLong("headrace.test.seed", System.nanoTime());
    private static final long BOOT = 77;
    private static final ServiceKey WEB = ServiceKey.parse("tcp/10.99.0.1:80");
    private static final ServiceKey DNS = ServiceKey.parse("udp/10.99.0.1:53");
    private static final Endpoint ONE = Endpoint.parse("10.2.1.2:8080");
    private static final Endpoint TWO = Endpoint.parse("10.2.2.2:8080");
    private static final long MAC = 0x0200_0000_0002L;
    private static final int WEB_TIMEOUT_MS = 7_000;
    private static final int DNS_TIMEOUT_MS = 5_000;

    @TempDir
    Path directory;

    private Plane plane;
    private int reservations;
    private String reserveProblem;

    @AfterEach
    void close()
    {
        plane.counters.close();
    }

    @Test
    void shouldGoOnWithTheSameSlots() throws IOException
    {
        plane = new Plane();
        plane.publish(1, DNS, DNS_TIMEOUT_MS, TWO);
        plane.publish(2, WEB, WEB_TIMEOUT_MS, ONE, TWO);
        final int[] slots = plane.slots(WEB);
        final int service = plane.find(WEB);

        replacePlane();

        assertThat(plane.table.generation()).isEqualTo(2);
        assertThat(plane.counters.generation()).isEqualTo(2);
        assertThat(plane.find(WEB)).isEqualTo(service);
        assertThat(plane.slots(WEB)).containsExactly(slots);
        assertThat(plane.servers.endpoint(slots[0])).isEqualTo(ONE);
        assertThat(plane.servers.schedulingWeightOpaque(slots[0])).isEqualTo(3);
        assertThat(plane.servers.nextHopOpaque(slots[0])).isEqualTo(NextHop.of(1, MAC));
        assertThat(plane.selection.services).contains("6/10.99.0.1:80");
        assertThat(plane.selection.servers).contains("6/10.2.1.2:8080", "6/10.2.2.2:8080");
        assertThat(plane.selection.locals).containsExactly("10.99.0.1");
        assertThat(plane.selection.isAttached).as("before the drivers admit frames").isFalse();
        plane.configuration.attach();
        assertThat(plane.selection.isAttached).isTrue();
    }

    @Test
    void shouldGoOnWithAccessLists() throws IOException
    {
        plane = new Plane();
        final PrefixBlock block = new PrefixBlock();
        block.add(0, IpAddress.mappedLow(0x0A00_0000), 104);
        plane.requests.generationBegin(1, 1);
        plane.requests.accessListEntry(1, 1, AccessMode.ALLOW, 1);
        plane.requests.accessPrefixesEntry(1, block);
        plane.requests.serviceEntry(
            1, WEB, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, "a/b");
        plane.requests.serviceAccessEntry(1, 1);
        plane.requests.generationCommit(2, 1, 1, 0, 0, 0, plane.requests.entryChecksum());
        plane.work();

        replacePlane();

        assertThat(plane.table.accessList(plane.find(WEB)).admitsIpv4(0x0A01_0203)).isTrue();
        assertThat(plane.table.accessList(plane.find(WEB)).admitsIpv4(0x0B01_0203)).isFalse();
        assertThat(plane.counters.service(plane.find(WEB)).accessPrefixes()).isEqualTo(1);
    }

    @Test
    void shouldGiveTemplatesTheirMemoryWithTheFirstPersistentService() throws IOException
    {
        final Persistence persistence = new Persistence(60_000, IpAddress.MAX_PREFIX, false);
        plane = new Plane();
        plane.publish(1, DNS, DNS_TIMEOUT_MS, TWO);
        assertThat(reservations).isZero();

        reserveProblem = "available=1 < 2";
        plane.publish(2, WEB, WEB_TIMEOUT_MS, persistence, ONE);
        assertThat(plane.table.generation()).as("the generation is rejected").isEqualTo(1);

        reserveProblem = null;
        plane.publish(2, WEB, WEB_TIMEOUT_MS, persistence, ONE);
        assertThat(plane.table.generation()).isEqualTo(2);
        assertThat(reservations).isEqualTo(1);

        replacePlane();
        assertThat(reservations).as("a successor needs it, too").isEqualTo(2);
    }

    @Test
    void shouldKeepTheNumbersOfTimeoutProfiles() throws IOException
    {
        plane = new Plane();
        plane.publish(1, DNS, DNS_TIMEOUT_MS, TWO);
        plane.publish(2, WEB, WEB_TIMEOUT_MS, ONE);

        replacePlane();

        assertThat(plane.timeouts.timeoutMs(1, TcpState.UDP)).isEqualTo(DNS_TIMEOUT_MS);
        assertThat(plane.timeouts.timeoutMs(2, TcpState.ESTABLISHED)).isEqualTo(WEB_TIMEOUT_MS);
        assertThat(plane.table.timeouts(plane.find(WEB))).isEqualTo(2);
    }

    @Test
    void shouldKeepWhatDeltasHaveChanged() throws IOException
    {
        plane = new Plane();
        plane.publish(1, WEB, 0, ONE, TWO);
        plane.requests.serverWeight(5, WEB, ONE, 9);
        plane.requests.serverState(6, WEB, TWO, ServerState.DOWN);
        plane.requests.adjacencyEntry(0, ONE.address(), 5, MAC + 7, 1400);
        plane.requests.localAddressEntry(0, IpAddress.parse("10.99.0.9"), true);
        plane.work();

        replacePlane();

        final int[] slots = plane.slots(WEB);
        assertThat(plane.servers.schedulingWeightOpaque(slots[0])).isEqualTo(9);
        assertThat(plane.servers.schedulingWeightOpaque(slots[1])).isZero();
        assertThat(plane.servers.nextHopOpaque(slots[0])).isEqualTo(NextHop.of(0, MAC + 7));
        assertThat(plane.servers.mtuBytesOpaque(slots[0])).isEqualTo(1400);
        assertThat(plane.selection.locals).contains("10.99.0.9");
    }

    @Test
    void shouldKeepARemovedServerForItsConnections() throws IOException
    {
        plane = new Plane();
        plane.publish(1, WEB, 0, ONE, TWO);
        final int slot = plane.slots(WEB)[0];
        plane.worker.onConnectionOpened(slot, true);
        plane.publish(2, DNS, 0, TWO);

        replacePlane();

        assertThat(plane.counters.server(slot).state()).isEqualTo(SlotState.RETAINED);
        assertThat(plane.configuration.isServer(slot)).isTrue();
        assertThat(plane.servers.nextHopOpaque(slot)).isEqualTo(NextHop.of(1, MAC));
        assertThat(plane.selection.servers).contains("6/10.2.1.2:8080");
        plane.worker.onConnectionClosed(slot, true);
        plane.housekeeping();
        assertThat(plane.configuration.isServer(slot)).isFalse();
        assertThat(plane.selection.servers).doesNotContain("6/10.2.1.2:8080");
        plane.publish(3, WEB, 0, ONE);
        assertThat(plane.slots(WEB)).as("free slots are found again").containsAnyOf(slot, slot + 1);
    }

    @Test
    void shouldShowNothingThatItsPredecessorDidNotPutInForce() throws IOException
    {
        plane = new Plane();
        plane.publish(1, WEB, 0, ONE);
        // As if the predecessor had died between describing a server and saving the generation that has it.
        plane.counters.putServer(40, SlotState.IN_FORCE, 0, TWO, 1, ServerState.UP, true);

        replacePlane();

        assertThat(plane.counters.server(40)).isNull();
        assertThat(plane.counters.server(plane.slots(WEB)[0]).server()).isEqualTo(ONE);
    }

    @Test
    void shouldTakeTheNextGenerationOfTheAgent() throws IOException
    {
        plane = new Plane();
        plane.publish(1, WEB, 0, ONE);
        replacePlane();
        plane.publish(2, WEB, 0, ONE, TWO);
        final int[] slots = plane.slots(WEB);
        assertThat(slots).hasSize(2);
        replacePlane();
        assertThat(plane.slots(WEB)).containsExactly(slots);
    }

    @Test
    void shouldHaveNoPredecessorBeforeTheFirstGeneration() throws IOException
    {
        plane = new Plane();
        replacePlane();
        assertThat(plane.table).isNull();
    }

    @Test
    void shouldRefuseAFileOfAnotherBoot() throws IOException
    {
        plane = new Plane();
        plane.publish(1, WEB, 0, ONE);
        assertThatThrownBy(() -> GenerationFile.open(directory, BOOT + 1))
            .isInstanceOf(IOException.class).hasMessageContaining("has boot id=4d != 4e");
    }

    @Test
    void shouldRefuseEveryDamagedFile() throws IOException
    {
        plane = new Plane();
        plane.publish(1, WEB, 0, ONE, TWO);
        final Path file = directory.resolve(GenerationFile.FILE_NAME);
        final byte[] good = Files.readAllBytes(file);
        final Random random = new Random(SEED);
        for (int i = 0; i < 2_000; i++)
        {
            final byte[] bad = random.nextBoolean() ? good.clone() :
                Arrays.copyOf(good, random.nextInt(good.length));
            if (bad.length == good.length)
            {
                bad[random.nextInt(bad.length)] ^= (byte)(1 << random.nextInt(8));
            }
            Files.write(file, bad);
            assertThatThrownBy(() -> GenerationFile.open(directory, BOOT)).as("seed=%d round=%d", SEED, i)
                .isInstanceOf(IOException.class);
        }
    }

    private void replacePlane() throws IOException
    {
        plane.housekeeping();
        plane.counters.close();
        plane = new Plane();
    }

    /** Everything of a data plane that has to do with its configuration. */
    private final class Plane
    {
        private final ServerTable servers = new ServerTable(64, 64);
        private final IdleTimeouts timeouts = new IdleTimeouts();
        private final RecordingSelection selection = new RecordingSelection();
        private final PrintStream log = new PrintStream(OutputStream.nullOutputStream());
        private final Deque<UnsafeBuffer> toDataPlane = new ArrayDeque<>();
        private final ControlRequestProxy requests = new ControlRequestProxy((buffer, offset, length) ->
        {
            final byte[] bytes = new byte[length];
            buffer.getBytes(offset, bytes);
            toDataPlane.add(new UnsafeBuffer(bytes));
            return 1;
        });
        private final CountersFile counters;
        private final WorkerCounters worker;
        private final List<Allowances> allowances;
        private final ConfigurationInForce configuration;
        private final ControlConductor conductor;
        private ForwardingTable table;
        private final Affinity affinity = Affinity.inMemory(64);
        private long nowMs = 1_000_000;

        private Plane() throws IOException
        {
            final GenerationFile file = GenerationFile.open(directory, BOOT);
            counters = file.hasPredecessor() ? CountersFile.takeOver(directory, 1, 7, "memory", "eth1,eth2") :
                CountersFile.create(directory, 1, 7, "memory", "eth1,eth2");
            worker = new WorkerCounters(counters, 0);
            allowances = Allowances.of(counters);
            configuration = new ConfigurationInForce(counters, servers,
                new Affinity(affinity.templates(), affinity.changes(), this::reserve), allowances, timeouts, selection,
                List.of(new NetworkLink("eth1", 5, 1500, 1, true), new NetworkLink("eth2", 6, 9000, 2, true)), file,
                log);
            final List<Link> workers = List.of(new Link());
            configuration.forwardBy(workers, configuration.restore());
            conductor = new ControlConductor(new ConductorContext(() -> nowMs, 7, new Requests(),
                new ControlResponseProxy((_, _, _) -> 1), counters, workers, configuration, timeouts, servers,
                affinity, () -> 0, log));
        }

        private void reserve()
        {
            if (reserveProblem != null)
            {
                throw new IllegalStateException(reserveProblem);
            }
            reservations++;
        }

        private void publish(
            final long generation, final ServiceKey service, final int timeoutMs, final Endpoint... wanted)
        {
            publish(generation, service, timeoutMs, Persistence.NONE, wanted);
        }

        private void publish(
            final long generation,
            final ServiceKey service,
            final int timeoutMs,
            final Persistence persistence,
            final Endpoint... wanted)
        {
            requests.generationBegin(1, generation);
            requests.serviceEntry(generation, service, Scheduler.RR, ForwardingMethod.NAT,
                StateTimeouts.DEFAULT.with(TimedState.ESTABLISHED, timeoutMs), persistence, "a/b");
            for (final Endpoint server : wanted)
            {
                requests.serverEntry(generation, server, 3, ServerState.UP);
            }
            for (final Endpoint server : wanted)
            {
                requests.adjacencyEntry(generation, server.address(), 6, MAC, 1500);
            }
            requests.localAddressEntry(generation, IpAddress.parse("10.99.0.1"), true);
            requests.generationCommit(
                2, generation, 1, wanted.length, wanted.length, 1, requests.entryChecksum());
            work();
        }

        private void work()
        {
            while (!toDataPlane.isEmpty())
            {
                conductor.doWork();
            }
        }

        private void housekeeping()
        {
            nowMs += 5_000;
            conductor.doWork();
        }

        private int find(final ServiceKey service)
        {
            return table.findIpv4(service.transport().value(), service.virtual().address().ipv4(),
                service.virtual().port());
        }

        private int[] slots(final ServiceKey service)
        {
            return table.servers(find(service));
        }

        private final class Requests implements RequestSource
        {
            @Override
            public int poll(final FragmentHandler handler, final int fragmentLimit)
            {
                int count = 0;
                for (; count < fragmentLimit && !toDataPlane.isEmpty(); count++)
                {
                    final UnsafeBuffer message = toDataPlane.poll();
                    handler.onFragment(message, 0, message.capacity(), null);
                }
                return count;
            }

            @Override
            public boolean hasPeer()
            {
                return true;
            }
        }

        private final class Link implements WorkerLink
        {
            @Override
            public void offer(final ForwardingTable newTable)
            {
                table = newTable;
                worker.set(WorkerCounter.GENERATION, newTable.generation());
            }

            @Override
            public void reserveIpv6()
            {
                // No IPv6 here.
            }

            @Override
            public long generationAcquire()
            {
                return counters.get(0, WorkerCounter.GENERATION);
            }

            @Override
            public ConnectionTableReader connections()
            {
                throw new UnsupportedOperationException("no connections are asked for");
            }

            @Override
            public long allocatedBytes()
            {
                return 0;
            }
        }
    }
}
