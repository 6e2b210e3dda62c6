package org.headrace.forwarder.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.schedule.BackendScheduler;
import org.headrace.forwarder.schedule.Schedulers;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class PersistentSchedulerTest
{
    private static final ServiceKey WEB = ServiceKey.parse("tcp/10.99.0.1:80");
    private static final int SERVICE = 2;
    private static final int TIMEOUT_MS = 60_000;
    private static final int[] SERVERS = {4, 5, 6};
    private static final IpAddress CLIENT = IpAddress.parse("10.1.0.9");

    @TempDir
    Path directory;

    private final ServerTable servers = new ServerTable(16, 16);
    private final PersistenceTable templates = PersistenceTableTest.table(4_096);
    private final TemplateQueue queue = new TemplateQueue();
    private CountersFile counters;
    private PersistentScheduler scheduler;
    private ForwardingTable table;
    private long nowMs = 1_000;

    @BeforeEach
    void setUp()
    {
        counters = CountersFile.create(directory, 1, 1, "memory", "a");
        final Schedulers schedulers = new Schedulers(servers, server -> 0, 16);
        scheduler = new PersistentScheduler(
            schedulers, servers, new Affinity(templates, queue, () -> { }), new WorkerCounters(counters, 0));
        for (final int slot : SERVERS)
        {
            occupy(slot, slot * 100L);
        }
        table = table(new Persistence(TIMEOUT_MS, 128, false));
    }

    @AfterEach
    void tearDown()
    {
        counters.close();
    }

    @Test
    void shouldAskTheSchedulerEveryTimeWithoutPersistence()
    {
        table = table(Persistence.NONE);
        assertThat(List.of(select(CLIENT), select(CLIENT), select(CLIENT))).containsExactlyInAnyOrder(4, 5, 6);
        assertThat(count(WorkerCounter.PERSISTENCE_CREATED)).isZero();
    }

    @Test
    void shouldKeepAClientAtItsServerAndSpreadClients()
    {
        final int first = select(CLIENT);
        final int other = select(IpAddress.parse("10.1.0.10"));
        assertThat(other).isNotEqualTo(first);
        for (int i = 0; i < 10; i++)
        {
            assertThat(select(CLIENT)).isEqualTo(first);
            assertThat(select(IpAddress.parse("10.1.0.10"))).isEqualTo(other);
        }
        assertThat(count(WorkerCounter.PERSISTENCE_CREATED)).isEqualTo(2);
        assertThat(count(WorkerCounter.PERSISTENCE_HITS)).isEqualTo(20);
    }

    @Test
    void shouldServeIpv6ClientsByTheirPrefix()
    {
        table = table(new Persistence(TIMEOUT_MS, 64, false));
        final int first = select(IpAddress.parse("fd00:1::2"));
        assertThat(select(IpAddress.parse("fd00:1::ffff:9"))).isEqualTo(first);
        assertThat(select(IpAddress.parse("fd00:1:0:1::2"))).isNotEqualTo(first);
    }

    @Test
    void shouldJoinClientsOfOneIpv4Prefix()
    {
        table = table(new Persistence(TIMEOUT_MS, IpAddress.IPV4_PREFIX_OFFSET + 24, false));
        final int first = select(IpAddress.parse("10.1.0.1"));
        for (int host = 2; host < 255; host++)
        {
            assertThat(select(IpAddress.parse("10.1.0." + host))).isEqualTo(first);
        }
        assertThat(select(IpAddress.parse("10.1.1.1"))).isNotEqualTo(first);
    }

    @Test
    void shouldRenewWithEveryConnectionAndForgetAfterTheTimeout()
    {
        final int first = select(CLIENT);
        for (int i = 0; i < 5; i++)
        {
            nowMs += TIMEOUT_MS - 1_000;
            assertThat(select(CLIENT)).isEqualTo(first);
        }
        nowMs += TIMEOUT_MS + 1_000;
        assertThat(select(CLIENT)).as("the scheduler's turn").isNotEqualTo(first);
    }

    @Test
    void shouldKeepTheClientsOfAServerThatIsDrained()
    {
        final int first = select(CLIENT);
        servers.weight(first, 0);
        assertThat(select(CLIENT)).isEqualTo(first);
        for (int host = 20; host < 30; host++)
        {
            assertThat(select(IpAddress.parse("10.1.0." + host))).as("new clients").isNotEqualTo(first);
        }
    }

    @Test
    void shouldMoveTheClientsOfADrainedServerIfConfigured()
    {
        table = table(new Persistence(TIMEOUT_MS, 128, true));
        final int first = select(CLIENT);
        servers.weight(first, 0);
        final int second = select(CLIENT);
        assertThat(second).isNotEqualTo(first);
        servers.weight(first, 1);
        assertThat(select(CLIENT)).as("the new choice is the client's own").isEqualTo(second);
    }

    @Test
    void shouldChooseAnewIfTheServerIsDownUnreachableOrGone()
    {
        final int first = select(CLIENT);
        servers.health(first, ServerState.DOWN);
        final int second = select(CLIENT);
        assertThat(second).isNotEqualTo(first);
        servers.nextHop(second, NextHop.UNRESOLVED, 0);
        final int third = select(CLIENT);
        assertThat(third).isNotIn(first, second);
        servers.health(first, ServerState.UP);
        servers.inForce(third, false);
        servers.weight(third, 0);
        assertThat(select(CLIENT)).isEqualTo(first);
    }

    @Test
    void shouldChooseAnewIfAnotherServerHasTheSlot()
    {
        final int first = select(CLIENT);
        occupy(first, 777);
        final int next = select(CLIENT);
        assertThat(next).as("the scheduler's turn, not the slot's").isNotEqualTo(first);
        assertThat(select(CLIENT)).isEqualTo(next);
    }

    @Test
    void shouldSayThatNoServerTakesTheClient()
    {
        for (final int slot : SERVERS)
        {
            servers.health(slot, ServerState.DOWN);
        }
        assertThat(select(CLIENT)).isEqualTo(BackendScheduler.NONE);
        assertThat(count(WorkerCounter.PERSISTENCE_CREATED)).isZero();
    }

    @Test
    void shouldTellOfNewTemplatesAtOnceAndOfRenewalsNowAndThen()
    {
        queue.switchOn(true);
        select(CLIENT);
        assertThat(drain()).hasSize(1);
        final Template template = new Template();
        final int place = find(template);
        templates.told(template);
        for (int i = 0; i < 60; i++)
        {
            nowMs += 100;
            select(CLIENT);
        }
        // 6 seconds, and an eighth of the timeout is 7.5.
        assertThat(drain()).isEmpty();
        nowMs += 2_000;
        select(CLIENT);
        assertThat(drain()).containsExactly(place);
    }

    @Test
    void shouldCountWhatTheQueueHasNoRoomFor()
    {
        queue.switchOn(true);
        int clients = 0;
        while (count(WorkerCounter.PERSISTENCE_UNTOLD) == 0)
        {
            assertThat(select(IpAddress.ofIpv4(0x0B00_0000 + clients++))).isIn(4, 5, 6);
            assertThat(clients).isLessThan(1_000_000);
        }
        assertThat(drain().size()).isEqualTo(clients - 1);
    }

    @Test
    void shouldAllocateNothing()
    {
        queue.switchOn(true);
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        // The compiler makes objects of its own on this thread until it is done.
        for (int round = 0; round < 50 && allocated > 0; round++)
        {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 200_000; i++)
            {
                nowMs++;
                scheduler.select(table, SERVICE, 0, IpAddress.mappedLow(i % 30_000), nowMs);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).isZero();
        assertThat(count(WorkerCounter.PERSISTENCE_EVICTED)).isPositive();
    }

    private int select(final IpAddress client)
    {
        return scheduler.select(table, SERVICE, client.high(), client.low(), nowMs);
    }

    private int find(final Template template)
    {
        template.key(SERVICE, 128, CLIENT.high(), CLIENT.low());
        assertThat(templates.find(template, nowMs)).isTrue();
        return template.index();
    }

    private List<Integer> drain()
    {
        final List<Integer> places = new ArrayList<>();
        while (queue.drain(places::add, 1_000) > 0)
        {
            assertThat(places.size()).isPositive();
        }
        return places;
    }

    private long count(final WorkerCounter counter)
    {
        return counters.get(0, counter);
    }

    private void occupy(final int slot, final long identity)
    {
        servers.occupy(slot, new Endpoint(IpAddress.ofIpv4(0x0A02_0000 + slot), 80), SERVICE);
        servers.identity(slot, identity);
        servers.nextHop(slot, NextHop.of(0, 1), 1_500);
        servers.weight(slot, 1);
    }

    private static ForwardingTable table(final Persistence persistence)
    {
        return new ForwardingTable(
            1, List.of(new ForwardingTable.Service(SERVICE, WEB, Scheduler.RR, 0, persistence, SERVERS)));
    }
}
