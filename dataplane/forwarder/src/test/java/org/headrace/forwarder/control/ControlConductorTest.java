package org.headrace.forwarder.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.aeron.logbuffer.FragmentHandler;
import org.agrona.collections.MutableLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
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
import org.headrace.protocol.ConnectionFilter;
import org.headrace.protocol.ControlRequestProxy;
import org.headrace.protocol.ControlResponseAdapter;
import org.headrace.protocol.ControlResponseProxy;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Limits;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.PrefixBlock;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.LimitCounter;
import org.headrace.protocol.counters.SlotState;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

class ControlConductorTest
{
    private static final ServiceKey WEB = ServiceKey.parse("tcp/10.99.0.1:80");
    private static final ServiceKey DNS = ServiceKey.parse("udp/10.99.0.1:53");
    private static final ServiceKey WEB6 = ServiceKey.parse("tcp/[fd00:99::1]:80");
    private static final Endpoint ONE6 = Endpoint.parse("[fd00:2::2]:8080");
    private static final Endpoint ONE = Endpoint.parse("10.2.1.2:8080");
    private static final Endpoint TWO = Endpoint.parse("10.2.2.2:8080");
    private static final long MAC = 0x0200_0000_0002L;
    private static final int CAPACITY = 1_024;

    @TempDir
    Path directory;

    private final Deque<UnsafeBuffer> toDataPlane = new ArrayDeque<>();
    private final RecordingResponses responses = new RecordingResponses();
    private final ControlResponseAdapter responseAdapter = new ControlResponseAdapter(responses);
    private final RecordingSelection selection = new RecordingSelection();
    private final ServerTable servers = new ServerTable(64, 64);
    private final IdleTimeouts timeouts = new IdleTimeouts();
    private final MutableLong nowMs = new MutableLong(1_000_000);
    private final PrintStream log = new PrintStream(OutputStream.nullOutputStream());
    private final List<ForwardingTable> offered = new ArrayList<>();
    private final MemorySegment memory =
        Arena.global().allocate(ConnectionTableDescriptor.requiredBytes(CAPACITY), 64);
    private final ConnectionTable connections =
        ConnectionTable.create(memory, CAPACITY, 1, timeouts, (table, index, reason) -> {}, 0);
    private final ConnectionTableReader reader = new ConnectionTableReader(memory);
    private final ControlRequestProxy requests = new ControlRequestProxy((buffer, offset, length) ->
    {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        toDataPlane.add(new UnsafeBuffer(bytes));
        return 1;
    });

    private CountersFile counters;
    private List<Allowances> allowances;
    private WorkerCounters workerCounters;
    private ControlConductor conductor;
    private boolean hasRoomForResponses = true;
    private boolean isMemoryShort;
    private int ipv6Reservations;
    private boolean hasPeer = true;

    @BeforeEach
    void setUp()
    {
        counters = CountersFile.create(directory, 1, 7, "memory", "eth1,eth2");
        workerCounters = new WorkerCounters(counters, 0);
        final Affinity affinity = Affinity.inMemory(64);
        allowances = Allowances.of(counters);
        final ConfigurationInForce configuration = new ConfigurationInForce(counters, servers, affinity,
            allowances, timeouts, selection,
            List.of(new NetworkLink("eth1", 5, 1500, 1, true), new NetworkLink("eth2", 6, 9000, 2, true)),
            GenerationFile.none(directory, 1), log);
        final List<Worker> workers = List.of(new Worker());
        configuration.forwardBy(workers, null);
        conductor = new ControlConductor(new ConductorContext(
            nowMs::get, 7, new Requests(), new ControlResponseProxy((buffer, offset, length) ->
            {
                if (!hasRoomForResponses)
                {
                    return -2;
                }
                responseAdapter.onFragment(buffer, offset, length, null);
                return 1;
            }),
            counters, workers, configuration, timeouts, servers, affinity,
            () -> nowMs.value * 1_000_000, log));
    }

    @AfterEach
    void tearDown()
    {
        counters.close();
    }

    @Test
    void shouldSayWhatIsInForceWhenAnAgentComes()
    {
        requests.hello(11, 99);
        work();
        assertThat(responses.log).containsExactly("hello 11 epoch=7 generation=0");
        publish(5, WEB, ONE);
        requests.hello(12, 99);
        work();
        assertThat(responses.log).endsWith("hello 12 epoch=7 generation=5");
    }

    @Test
    void shouldPutAGenerationInForceAsAWhole()
    {
        publish(1, WEB, ONE, TWO);
        assertThat(responses.log).containsExactly("generation 1 OK ");
        final ForwardingTable table = offered.getLast();
        assertThat(table.generation()).isEqualTo(1);
        final int service = table.findIpv4(6, WEB.virtual().address().ipv4(), 80);
        assertThat(table.servers(service)).hasSize(2);
        final int slot = table.servers(service)[0];
        assertThat(servers.endpoint(slot)).isEqualTo(ONE);
        assertThat(servers.schedulingWeightOpaque(slot)).isEqualTo(3);
        assertThat(NextHop.place(servers.nextHopOpaque(slot))).isEqualTo(1);
        assertThat(NextHop.mac(servers.nextHopOpaque(slot))).isEqualTo(MAC);
        assertThat(selection.services).containsExactly("6/10.99.0.1:80");
        assertThat(selection.servers).containsExactly("6/10.2.1.2:8080", "6/10.2.2.2:8080");
        assertThat(selection.locals).containsExactly("10.99.0.1");
        assertThat(selection.isAttached).isTrue();
        assertThat(counters.generation()).isEqualTo(1);
        assertThat(counters.service(service).key()).isEqualTo(WEB);
        assertThat(counters.server(slot).weight()).isEqualTo(3);
    }

    @Test
    void shouldChangeNothingIfTheChecksumIsWrong()
    {
        publish(1, WEB, ONE);
        requests.generationBegin(1, 2);
        entries(2, DNS, TWO);
        requests.generationCommit(2, 2, 1, 1, 1, 1, requests.entryChecksum() + 1);
        work();
        assertThat(responses.log).last().asString().startsWith("generation 2 CHECKSUM_MISMATCH");
        assertUnchanged();
    }

    @Test
    void shouldChangeNothingIfTheCountsAreWrong()
    {
        publish(1, WEB, ONE);
        requests.generationBegin(1, 2);
        entries(2, DNS, TWO);
        requests.generationCommit(2, 2, 1, 2, 1, 1, requests.entryChecksum());
        work();
        assertThat(responses.log).last().asString().startsWith("generation 2 COUNT_MISMATCH");
        assertUnchanged();
    }

    @Test
    void shouldChangeNothingIfAnAgentDiesInTheMiddleAndAnotherOneStartsAnew()
    {
        publish(1, WEB, ONE);
        requests.generationBegin(1, 2);
        entries(2, DNS, TWO);
        work();
        assertUnchanged();
        publish(3, WEB, ONE, TWO);
        assertThat(responses.log).last().isEqualTo("generation 3 OK ");
        assertThat(offered.getLast().findIpv4(17, DNS.virtual().address().ipv4(), 53))
            .isEqualTo(ForwardingTable.NOT_FOUND);
    }

    @Test
    void shouldRefuseACommitWithoutABegin()
    {
        requests.generationCommit(2, 1, 0, 0, 0, 0, 0);
        work();
        assertThat(responses.log).last().asString().startsWith("generation 1 NO_GENERATION_OPEN");
    }

    @Test
    void shouldRefuseAnOlderGeneration()
    {
        publish(5, WEB, ONE);
        publish(5, DNS, ONE);
        assertThat(responses.log).last().asString().startsWith("generation 5 WRONG_GENERATION");
        assertThat(offered).hasSize(1);
    }

    @Test
    void shouldRefuseWhatMakesNoSense()
    {
        requests.generationBegin(1, 1);
        requests.serviceEntry(
            1, WEB, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, "a/b");
        requests.serverEntry(1, ONE, 1, ServerState.UP);
        requests.serverEntry(1, ONE, 1, ServerState.UP);
        requests.generationCommit(2, 1, 1, 2, 0, 0, requests.entryChecksum());
        requests.generationBegin(3, 2);
        requests.serviceEntry(
            2, WEB, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, "a/b");
        requests.serverEntry(2, Endpoint.parse("[fd00::1]:80"), 1, ServerState.UP);
        requests.generationCommit(4, 2, 1, 1, 0, 0, requests.entryChecksum());
        requests.generationBegin(5, 3);
        requests.serverEntry(3, ONE, 1, ServerState.UP);
        requests.generationCommit(6, 3, 0, 1, 0, 0, requests.entryChecksum());
        work();
        assertThat(responses.log).hasSize(3)
            .allMatch(line -> line.contains("INVALID_ENTRY"))
            .anyMatch(line -> line.contains("server=10.2.1.2:8080 occurs twice in service=tcp/10.99.0.1:80"))
            .anyMatch(line -> line.contains("another family"))
            .anyMatch(line -> line.contains("before any service"));
        assertThat(offered).isEmpty();
    }

    @Test
    void shouldChangeNothingIfTheKernelRefuses()
    {
        publish(1, WEB, ONE);
        selection.refuses = true;
        publish(2, DNS, TWO);
        assertThat(responses.log).last().asString().contains("INTERNAL_ERROR").contains("map is full");
        assertUnchanged();
    }

    @Test
    void shouldReserveMemoryOnceForTheFirstIpv6Service()
    {
        publish(1, WEB, ONE);
        assertThat(ipv6Reservations).isZero();
        isMemoryShort = true;
        publish(2, WEB6, ONE6);
        assertThat(responses.log).last()
            .isEqualTo("generation 2 LIMIT_EXCEEDED IPv6 connections: no room for bytes=64");
        assertUnchanged();
        isMemoryShort = false;
        publish(3, WEB6, ONE6);
        publish(4, WEB6, ONE6);
        assertThat(responses.log).endsWith("generation 3 OK ", "generation 4 OK ");
        assertThat(ipv6Reservations).isEqualTo(2);
    }

    @Test
    void shouldApplyAWeightToTheNextConnection()
    {
        publish(1, WEB, ONE, TWO);
        final int slot = slotOf(WEB, 0);
        requests.serverWeight(21, WEB, ONE, 0);
        work();
        assertThat(responses.log).last().isEqualTo("delta 21 OK ");
        assertThat(servers.schedulingWeightOpaque(slot)).isZero();
        assertThat(counters.server(slot).weight()).isZero();
        assertThat(offered).as("no new table").hasSize(1);
    }

    @Test
    void shouldTakeAServerOutWhileItIsDown()
    {
        publish(1, WEB, ONE);
        final int slot = slotOf(WEB, 0);
        requests.serverState(21, WEB, ONE, ServerState.DOWN);
        work();
        assertThat(servers.schedulingWeightOpaque(slot)).isZero();
        requests.serverState(22, WEB, ONE, ServerState.UP);
        work();
        assertThat(servers.schedulingWeightOpaque(slot)).isEqualTo(3);
    }

    @Test
    void shouldSayWhichServiceOrServerIsUnknown()
    {
        publish(1, WEB, ONE);
        requests.serverWeight(1, DNS, ONE, 1);
        requests.serverWeight(2, WEB, TWO, 1);
        work();
        assertThat(responses.log).endsWith(
            "delta 1 UNKNOWN_SERVICE service=udp/10.99.0.1:53 is not configured",
            "delta 2 UNKNOWN_SERVER server=10.2.2.2:8080 is not part of service=tcp/10.99.0.1:80");
    }

    @Test
    void shouldFollowANextHop()
    {
        publish(1, WEB, ONE);
        final int slot = slotOf(WEB, 0);
        requests.adjacencyEntry(0, ONE.address(), 0, 0, 0);
        work();
        assertThat(servers.nextHopOpaque(slot)).isEqualTo(NextHop.UNRESOLVED);
        assertThat(counters.server(slot).isResolved()).isFalse();
        requests.adjacencyEntry(0, ONE.address(), 5, MAC + 1, 1400);
        work();
        assertThat(servers.nextHopOpaque(slot)).isEqualTo(NextHop.of(0, MAC + 1));
        assertThat(servers.mtuBytesOpaque(slot)).isEqualTo(1400);
    }

    @Test
    void shouldNotUseANextHopBehindAForeignInterface()
    {
        publish(1, WEB, ONE);
        requests.adjacencyEntry(0, ONE.address(), 77, MAC, 1500);
        work();
        assertThat(servers.nextHopOpaque(slotOf(WEB, 0))).isEqualTo(NextHop.UNRESOLVED);
    }

    @Test
    void shouldKeepTheSlotOfAServerOverGenerations()
    {
        publish(1, WEB, ONE, TWO);
        final int slot = slotOf(WEB, 1);
        publish(2, WEB, TWO);
        assertThat(slotOf(WEB, 0)).isEqualTo(slot);
    }

    @Test
    void shouldKeepTheTurnOfASchedulerIfNothingChanged()
    {
        publish(1, WEB, ONE, TWO);
        publish(2, WEB, ONE, TWO);
        final int service = offered.getLast().findIpv4(6, WEB.virtual().address().ipv4(), 80);
        assertThat(offered.getLast().servers(service)).isSameAs(offered.getFirst().servers(service));
    }

    @Test
    void shouldRetainARemovedServerUntilItsLastConnectionEnds()
    {
        publish(1, WEB, ONE, TWO);
        final int slot = slotOf(WEB, 0);
        workerCounters.onConnectionOpened(slot, true);
        publish(2, WEB, TWO);
        housekeeping();
        assertThat(counters.server(slot).state()).isEqualTo(SlotState.RETAINED);
        assertThat(selection.servers).contains("6/10.2.1.2:8080");
        workerCounters.onConnectionClosed(slot, true);
        housekeeping();
        assertThat(counters.server(slot)).isNull();
        assertThat(selection.servers).doesNotContain("6/10.2.1.2:8080");
        publish(3, WEB, ONE, TWO);
        assertThat(selection.servers).contains("6/10.2.1.2:8080");
    }

    @Test
    void shouldNotFreeASlotThatAWorkerMayStillUse()
    {
        publish(1, WEB, ONE);
        final int slot = slotOf(WEB, 0);
        publish(2, DNS, TWO);
        // The worker has not taken the new table yet: it may open a connection to the old server this very moment.
        workerCounters.set(WorkerCounter.GENERATION, 1);
        housekeeping();
        assertThat(counters.server(slot).state()).isEqualTo(SlotState.RETAINED);
    }

    @Test
    void shouldTakeARetainedServerBack()
    {
        publish(1, WEB, ONE, TWO);
        final int slot = slotOf(WEB, 0);
        workerCounters.onConnectionOpened(slot, true);
        publish(2, WEB, TWO);
        publish(3, WEB, ONE, TWO);
        assertThat(slotOf(WEB, 0)).isEqualTo(slot);
        assertThat(counters.server(slot).state()).isEqualTo(SlotState.IN_FORCE);
        assertThat(servers.schedulingWeightOpaque(slot)).isEqualTo(3);
    }

    @Test
    void shouldForgetARemovedServiceWithoutConnections()
    {
        publish(1, WEB, ONE);
        final int service = offered.getLast().findIpv4(6, WEB.virtual().address().ipv4(), 80);
        publish(2, DNS, TWO);
        housekeeping();
        assertThat(counters.service(service)).isNull();
        assertThat(selection.services).containsExactly("17/10.99.0.1:53");
    }

    @Test
    void shouldShareAServerBetweenServices()
    {
        final ServiceKey other = ServiceKey.parse("tcp/10.99.0.2:80");
        requests.generationBegin(1, 1);
        entries(1, WEB, ONE);
        requests.serviceEntry(
            1, other, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, "a/c");
        requests.serverEntry(1, ONE, 1, ServerState.UP);
        requests.generationCommit(2, 1, 2, 2, 1, 1, requests.entryChecksum());
        work();
        publish(2, WEB, ONE);
        housekeeping();
        assertThat(selection.servers).as("still used by the other service").containsExactly("6/10.2.1.2:8080");
        assertThat(selection.serverAdditions).as("a system call each").isEqualTo(1);
    }

    @Test
    void shouldSendResponsesAgainWhenThereIsRoom()
    {
        hasRoomForResponses = false;
        publish(1, WEB, ONE);
        assertThat(responses.log).isEmpty();
        hasRoomForResponses = true;
        work();
        assertThat(responses.log).containsExactly("generation 1 OK ");
    }

    @Test
    void shouldAnswerOthersWhileItPagesThroughConnections()
    {
        publish(1, WEB, ONE);
        responses.log.clear();
        for (int i = 0; i < CAPACITY; i++)
        {
            connections.insert(connections.newConnection().protocol(6)
                .ipv4Client(0x0A010002, 1000 + i).ipv4Virtual(WEB.virtual().address().ipv4(), 80)
                .ipv4Server(ONE.address().ipv4(), 8080).state(TcpState.ESTABLISHED), 0);
        }
        requests.connections(8, 0, CAPACITY - 24, ConnectionFilter.ANY);
        conductor.doWork();
        assertThat(responses.connections).hasSize(ConnectionPager.SEND_LIMIT);
        requests.serverWeight(9, WEB, ONE, 7);
        conductor.doWork();
        assertThat(responses.log).containsExactly("delta 9 OK ");
        assertThat(responses.cursors).isEmpty();
        work();
        assertThat(responses.cursors).containsExactly(CAPACITY - 24L);
        assertThat(responses.connections).hasSize(CAPACITY - 24).doesNotHaveDuplicates();
    }

    @Test
    void shouldRefuseMorePagesThanMayWait()
    {
        hasRoomForResponses = false;
        for (int i = 0; i <= ConnectionPager.PENDING_LIMIT; i++)
        {
            requests.connections(i, 0, 10, ConnectionFilter.ANY);
        }
        work();
        hasRoomForResponses = true;
        work();
        work();
        assertThat(responses.log).singleElement().asString().startsWith("delta 64 LIMIT_EXCEEDED ");
    }

    @Test
    void shouldForgetPagesOfAnAgentThatHasLeft()
    {
        hasRoomForResponses = false;
        requests.connections(1, 0, 10, ConnectionFilter.ANY);
        work();
        requests.hello(2, 99);
        work();
        hasRoomForResponses = true;
        work();
        requests.connections(3, 0, 10, ConnectionFilter.ANY);
        hasRoomForResponses = false;
        work();
        hasPeer = false;
        work();
        hasRoomForResponses = true;
        hasPeer = true;
        work();
        assertThat(responses.log).containsExactly("hello 2 epoch=7 generation=0");
        assertThat(responses.cursors).isEmpty();
    }

    @Test
    void shouldRefuseHostileAccessLists()
    {
        final PrefixBlock block = new PrefixBlock();
        block.add(0, IpAddress.mappedLow(0x0A00_0000), 104);
        assertAccessRefused(1, "prefixes of access list=1: 0 < prefixCount=1", () ->
            requests.accessListEntry(1, 1, AccessMode.ALLOW, 1));
        assertAccessRefused(2, "prefixes of access list=1 > prefixCount=0", () ->
            requests.accessPrefixesEntry(2, block));
        assertAccessRefused(3, "access list=2 (expected 1, at most 8192)", () ->
            requests.accessListEntry(3, 2, AccessMode.ALLOW, 1));
        assertAccessRefused(4, "prefixes of access lists=2147483647 > MAX_PREFIXES=2000000", () ->
            requests.accessListEntry(4, 1, AccessMode.DENY, Integer.MAX_VALUE));
        assertAccessRefused(5, "prefix=10.0.0.0 of access list=1: it is not above", () ->
        {
            requests.accessListEntry(5, 1, AccessMode.DENY, 2);
            requests.accessPrefixesEntry(5, block);
            requests.accessPrefixesEntry(5, block);
        });
        assertAccessRefused(6, "comes before any service", () -> requests.serviceAccessEntry(6, 1));
        assertAccessRefused(7, "names access list=1, which did not come", () ->
        {
            requests.serviceEntry(
                7, WEB, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, "a/b");
            requests.serviceAccessEntry(7, 1);
        });
        assertThat(offered).isEmpty();
    }

    private void assertAccessRefused(final long generation, final String reason, final Runnable entries)
    {
        requests.generationBegin(1, generation);
        entries.run();
        requests.generationCommit(2, generation, generation == 7 ? 1 : 0, 0, 0, 0, requests.entryChecksum());
        work();
        assertThat(responses.log).last().asString().contains(reason);
    }

    @Test
    void shouldGiveServicesTheirAccessLists()
    {
        final PrefixBlock block = new PrefixBlock();
        block.add(0, IpAddress.mappedLow(0x0A00_0000), 104);
        requests.generationBegin(1, 1);
        requests.accessListEntry(1, 1, AccessMode.ALLOW, 0);
        requests.accessListEntry(1, 2, AccessMode.DENY, 1);
        requests.accessPrefixesEntry(1, block);
        requests.serviceEntry(
            1, WEB, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, "a/b");
        requests.serviceAccessEntry(1, 2);
        requests.serverEntry(1, ONE, 1, ServerState.UP);
        requests.serviceEntry(
            1, DNS, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, "a/c");
        requests.generationCommit(2, 1, 2, 1, 0, 0, requests.entryChecksum());
        work();
        assertThat(responses.log).last().asString().contains("OK");
        final ForwardingTable table = offered.getLast();
        final int web = table.findIpv4(
            WEB.transport().value(), WEB.virtual().address().ipv4(), WEB.virtual().port());
        final int dns = table.findIpv4(
            DNS.transport().value(), DNS.virtual().address().ipv4(), DNS.virtual().port());
        assertThat(table.hasAccessLists()).isTrue();
        assertThat(table.accessList(web).admitsIpv4(0x0A01_0203)).isFalse();
        assertThat(table.accessList(web).admitsIpv4(0x0B01_0203)).isTrue();
        assertThat(table.accessList(dns)).isNull();
        assertThat(counters.service(web).accessMode()).isEqualTo(AccessMode.DENY);
        assertThat(counters.service(web).accessPrefixes()).isEqualTo(1);
        assertThat(counters.service(dns).accessMode()).isEqualTo(AccessMode.NULL_VAL);
    }

    @Test
    void shouldRefuseHostileLimits()
    {
        final Limits five = new Limits(5, 0);
        assertAccessRefused(1, "limit=2 (expected 1)", () -> requests.limitEntry(1, 2, five, "a:b"));
        assertAccessRefused(2, "limit=1 name=\"a\" none", () -> requests.limitEntry(2, 1, Limits.NONE, "a"));
        assertAccessRefused(3, "limit=1 name=\"\"", () -> requests.limitEntry(3, 1, five, ""));
        assertAccessRefused(4, "limit=a occurs twice", () ->
        {
            requests.limitEntry(4, 1, five, "a");
            requests.limitEntry(4, 2, five, "a");
        });
        assertAccessRefused(5, "comes before any service", () -> requests.serviceLimitEntry(5, 1));
        assertAccessRefused(7, "names limit=1, which did not come", () ->
        {
            requests.serviceEntry(
                7, WEB, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, "a/b");
            requests.serviceLimitEntry(7, 1);
        });
        assertAccessRefused(7, "is subject to limits=[a, a]", () ->
        {
            requests.limitEntry(7, 1, five, "a");
            requests.serviceEntry(
                7, WEB, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, "a/b");
            requests.serviceLimitEntry(7, 1);
            requests.serviceLimitEntry(7, 1);
        });
        assertThat(offered).isEmpty();
    }

    @Test
    void shouldKeepALimitsSharesWhileItsServicesAreTheSame()
    {
        publishLimited(1, new Limits(10, 0), "web", WEB);
        final Allowances worker = allowances.getFirst();
        worker.take(offered.getLast().limits());
        nowMs.value += 1_000;
        conductor.doWork();
        worker.poll();
        final int web = offered.getLast().findIpv4(
            WEB.transport().value(), WEB.virtual().address().ipv4(), WEB.virtual().port());
        for (int i = 0; i < 10; i++)
        {
            assertThat(worker.admit(web)).isEqualTo(Allowances.ADMITTED);
            worker.onOpened(web);
        }
        assertThat(worker.admit(web)).isNotEqualTo(Allowances.ADMITTED);
        assertThat(counters.limit(0).name()).isEqualTo("web");
        assertThat(counters.get(0, LimitCounter.CONNECTIONS)).isEqualTo(10);
        assertThat(counters.get(0, LimitCounter.REFUSED_CONNECTIONS)).isOne();

        publishLimited(2, new Limits(11, 0), "web", WEB);
        worker.take(offered.getLast().limits());
        nowMs.value += 1_000;
        conductor.doWork();
        worker.poll();
        assertThat(worker.admit(web)).isEqualTo(Allowances.ADMITTED);
        assertThat(counters.get(0, LimitCounter.REFUSED_CONNECTIONS)).as("goes on counting").isOne();

        publishLimited(3, new Limits(5, 0), "web", WEB, DNS);
        assertThat(counters.limit(0)).as("other services: another limit").isNull();
        assertThat(counters.limit(1).limits()).isEqualTo(new Limits(5, 0));
        worker.take(offered.getLast().limits());
        assertThat(counters.get(1, LimitCounter.CONNECTIONS)).isEqualTo(10);
    }

    private void publishLimited(
        final long generation, final Limits limits, final String name, final ServiceKey... services)
    {
        requests.generationBegin(1, generation);
        requests.limitEntry(generation, 1, limits, name);
        for (final ServiceKey service : services)
        {
            requests.serviceEntry(generation, service, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT,
                Persistence.NONE, "a/b");
            requests.serviceLimitEntry(generation, 1);
        }
        requests.generationCommit(2, generation, services.length, 0, 0, 0, requests.entryChecksum());
        work();
        assertThat(responses.log).last().asString().contains("OK");
    }

    private void publish(final long generation, final ServiceKey service, final Endpoint... members)
    {
        requests.generationBegin(1, generation);
        entries(generation, service, members);
        requests.generationCommit(
            2, generation, 1, members.length, members.length, 1, requests.entryChecksum());
        work();
    }

    private void entries(final long generation, final ServiceKey service, final Endpoint... members)
    {
        requests.serviceEntry(
            generation, service, Scheduler.WRR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE,
            "instance/listener");
        for (final Endpoint member : members)
        {
            requests.serverEntry(generation, member, 3, ServerState.UP);
        }
        for (final Endpoint member : members)
        {
            requests.adjacencyEntry(generation, member.address(), 6, MAC, 1500);
        }
        requests.localAddressEntry(generation, WEB.virtual().address(), true);
    }

    private int slotOf(final ServiceKey service, final int place)
    {
        final ForwardingTable table = offered.getLast();
        return table.servers(table.findIpv4(service.transport().value(), service.virtual().address().ipv4(),
            service.virtual().port()))[place];
    }

    private void assertUnchanged()
    {
        assertThat(offered).hasSize(1);
        assertThat(counters.generation()).isEqualTo(1);
        assertThat(selection.services).containsExactly("6/10.99.0.1:80");
    }

    private void work()
    {
        for (int i = 0; i < 5; i++)
        {
            conductor.doWork();
        }
    }

    private void housekeeping()
    {
        nowMs.value += 1_000;
        work();
    }

    private final class Requests implements RequestSource
    {
        @Override
        public int poll(final FragmentHandler handler, final int fragmentLimit)
        {
            int polled = 0;
            while (polled < fragmentLimit && !toDataPlane.isEmpty())
            {
                final UnsafeBuffer message = toDataPlane.remove();
                handler.onFragment(message, 0, message.capacity(), null);
                polled++;
            }
            return polled;
        }

        @Override
        public boolean hasPeer()
        {
            return hasPeer;
        }
    }

    private final class Worker implements WorkerLink
    {
        @Override
        public void offer(final ForwardingTable table)
        {
            offered.add(table);
            workerCounters.set(WorkerCounter.GENERATION, table.generation());
        }

        @Override
        public void reserveIpv6()
        {
            ipv6Reservations++;
            if (isMemoryShort)
            {
                throw new IllegalStateException("no room for bytes=64");
            }
        }

        @Override
        public long generationAcquire()
        {
            return counters.get(0, WorkerCounter.GENERATION);
        }

        @Override
        public ConnectionTableReader connections()
        {
            return reader;
        }

        @Override
        public long allocatedBytes()
        {
            return 0;
        }
    }
}
