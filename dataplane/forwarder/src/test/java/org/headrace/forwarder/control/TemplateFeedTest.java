package org.headrace.forwarder.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.affinity.Template;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.ControlRequestProxy;
import org.headrace.protocol.ControlResponseAdapter;
import org.headrace.protocol.ControlResponseProxy;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.TemplateFilter;
import org.headrace.protocol.TemplateSnapshot;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The conductor's part of session persistence, with the conductor around it. */
class TemplateFeedTest
{
    private static final ServiceKey WEB = ServiceKey.parse("tcp/10.99.0.1:80");
    private static final Endpoint ONE = Endpoint.parse("10.2.1.2:8080");
    private static final Endpoint TWO = Endpoint.parse("10.2.2.2:8080");
    private static final int TIMEOUT_MS = 600_000;
    private static final long EPOCH_MS = 1_800_000_000_000L;

    @TempDir
    Path directory;

    private final Deque<UnsafeBuffer> toDataPlane = new ArrayDeque<>();
    private final RecordingResponses responses = new RecordingResponses();
    private final ControlResponseAdapter responseAdapter = new ControlResponseAdapter(responses);
    private final ServerTable servers = new ServerTable(64, 64);
    private final Affinity affinity = Affinity.inMemory(2_000);
    private final PrintStream log = new PrintStream(OutputStream.nullOutputStream());
    private final ControlRequestProxy requests = new ControlRequestProxy((buffer, offset, length) ->
    {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        toDataPlane.add(new UnsafeBuffer(bytes));
        return 1;
    });
    private final Template template = new Template();
    private CountersFile counters;
    private ConfigurationInForce configuration;
    private ControlConductor conductor;
    private long nowMs = 50_000;
    private int room = Integer.MAX_VALUE;

    @BeforeEach
    void setUp()
    {
        counters = CountersFile.create(directory, 1, 7, "memory", "eth1");
        final IdleTimeouts timeouts = new IdleTimeouts();
        configuration = new ConfigurationInForce(counters, servers, affinity, Allowances.of(counters), timeouts,
            new RecordingSelection(),
            List.of(new NetworkLink("eth1", 5, 1500, 1, true)), GenerationFile.none(directory, 1), log);
        configuration.forwardBy(List.of(), null);
        conductor = new ControlConductor(new ConductorContext(() -> EPOCH_MS + nowMs, 7, new Requests(),
            new ControlResponseProxy((buffer, offset, length) ->
            {
                if (room == 0)
                {
                    return -2;
                }
                room--;
                responseAdapter.onFragment(buffer, offset, length, null);
                return 1;
            }),
            counters, List.of(), configuration, timeouts, servers, affinity,
            () -> TimeUnit.MILLISECONDS.toNanos(nowMs), log));
        publish(1, new Persistence(TIMEOUT_MS, 128, false), ONE, TWO);
    }

    @AfterEach
    void tearDown()
    {
        counters.close();
    }

    @Test
    void shouldAskForWhatIsStoredWhenItsTableIsNew()
    {
        requests.templateFeed(5);
        work(1);
        assertThat(responses.log).endsWith("feed 5 restored=false");
        requests.templateRestore(stored(1, ONE, 60_000));
        requests.templateRestore(stored(2, TWO, 60_000));
        requests.templateRestoreEnd(2);
        work(50);
        assertThat(server(1)).isEqualTo(ONE);
        assertThat(server(2)).isEqualTo(TWO);
        assertThat(template.expiresMs()).isBetween(nowMs + 59_000, nowMs + 61_000);
        assertThat(responses.templates).as("the agent knows them").isEmpty();
        assertThat(counters.get(0, WorkerCounter.PERSISTENCE_RESTORED)).isEqualTo(2);
        requests.templateFeed(6);
        work(1);
        assertThat(responses.log).endsWith("feed 6 restored=true");
        work(50);
        assertThat(responses.templates).as("another agent may not").hasSize(2);
    }

    @Test
    void shouldRestoreNothingThatIsNotInForceAnyMore()
    {
        requests.templateRestore(stored(1, Endpoint.parse("10.2.9.9:1"), 60_000));
        requests.templateRestore(new TemplateSnapshot(
            ServiceKey.parse("tcp/10.99.0.9:80"), client(2), 128, ONE, EPOCH_MS + nowMs + 60_000));
        requests.templateRestore(new TemplateSnapshot(WEB, client(3), 120, ONE, EPOCH_MS + nowMs + 60_000));
        requests.templateRestore(stored(4, ONE, -1_000));
        requests.templateRestore(stored(5, ONE, Integer.MAX_VALUE * 1_000L));
        work(5);
        for (int i = 1; i <= 4; i++)
        {
            assertThat(server(i)).as("%d", i).isNull();
        }
        assertThat(server(5)).isEqualTo(ONE);
        assertThat(template.expiresMs()).as("no longer than its service says")
            .isLessThan(nowMs + TIMEOUT_MS + 1_000);
    }

    @Test
    void shouldNotRestoreOverWhatAClientHasGotMeanwhile()
    {
        put(1, TWO, TIMEOUT_MS);
        requests.templateRestore(stored(1, ONE, 60_000));
        work(5);
        assertThat(server(1)).isEqualTo(TWO);
    }

    @Test
    void shouldTellOfChangesAndGoOnWhereBackPressureHeldItUp()
    {
        requests.templateRestoreEnd(0);
        requests.templateFeed(5);
        work(50);
        responses.templates.clear();
        room = 10;
        for (int i = 0; i < 100; i++)
        {
            put(i, ONE, TIMEOUT_MS);
            assertThat(affinity.changes().offer(template.index())).isTrue();
        }
        work(3);
        assertThat(responses.templates).hasSize(10);
        room = Integer.MAX_VALUE;
        work(3);
        assertThat(responses.templates).hasSize(100).doesNotHaveDuplicates()
            .contains(stored(99, ONE, template.expiresMs() - nowMs));
        affinity.changes().offer(template.index());
        work(3);
        assertThat(responses.templates).as("nothing new").hasSize(100);
    }

    @Test
    void shouldFindInItsSweepWhatTheQueueHasLost()
    {
        requests.templateRestoreEnd(0);
        requests.templateFeed(5);
        work(50);
        responses.templates.clear();
        put(1, ONE, TIMEOUT_MS);
        sweepOnce();
        assertThat(responses.templates).hasSize(1);
        sweepOnce();
        assertThat(responses.templates).as("once").hasSize(1);
    }

    @Test
    void shouldEraseWhatHasExpiredAndCountTheRest()
    {
        put(1, ONE, 1_000);
        put(2, ONE, TIMEOUT_MS);
        nowMs += 2_000;
        sweepOnce();
        sweepOnce();
        assertThat(counters.get(0, WorkerCounter.PERSISTENCE_EXPIRED)).isEqualTo(1);
        assertThat(counters.get(0, WorkerCounter.PERSISTENCE_TEMPLATES)).isEqualTo(1);
    }

    @Test
    void shouldStopTellingWhenAnotherAgentComes()
    {
        requests.templateFeed(5);
        work(1);
        assertThat(affinity.changes().isOn()).isTrue();
        requests.hello(6, 99);
        work(1);
        assertThat(affinity.changes().isOn()).isFalse();
    }

    @Test
    void shouldListTemplatesPageByPageAndFiltered()
    {
        for (int i = 0; i < 25; i++)
        {
            put(i, ONE, TIMEOUT_MS);
        }
        long cursor = 0;
        int pages = 0;
        do
        {
            requests.templates(7, cursor, 10, TemplateFilter.ANY);
            work(5);
            cursor = responses.nextCursor;
            pages++;
        }
        while (cursor != 0);
        assertThat(pages).isGreaterThanOrEqualTo(3);
        assertThat(responses.templates).hasSize(25).doesNotHaveDuplicates();
        responses.templates.clear();
        requests.templates(8, 0, 100, new TemplateFilter(6, WEB.virtual(), IpPrefix.of(client(3))));
        requests.templates(9, 0, 100, new TemplateFilter(17, WEB.virtual(), IpPrefix.ANY));
        work(5);
        assertThat(responses.templates).extracting(TemplateSnapshot::client).containsExactly(client(3));
    }

    @Test
    void shouldNotShowTemplatesOfAServerThatIsGone()
    {
        put(1, ONE, TIMEOUT_MS);
        put(2, TWO, TIMEOUT_MS);
        publish(2, new Persistence(TIMEOUT_MS, 128, false), TWO);
        nowMs += 200;
        work(5);
        requests.templates(7, 0, 100, TemplateFilter.ANY);
        work(5);
        assertThat(responses.templates).extracting(TemplateSnapshot::server).containsExactly(TWO);
    }

    private void publish(final long generation, final Persistence persistence, final Endpoint... wanted)
    {
        requests.generationBegin(1, generation);
        requests.serviceEntry(
            generation, WEB, Scheduler.RR, ForwardingMethod.NAT, StateTimeouts.DEFAULT, persistence, "a/b");
        for (final Endpoint server : wanted)
        {
            requests.serverEntry(generation, server, 3, ServerState.UP);
        }
        requests.generationCommit(2, generation, 1, wanted.length, 0, 0, requests.entryChecksum());
        work(2);
        assertThat(responses.log).endsWith("generation " + generation + " OK ");
    }

    private void put(final int client, final Endpoint server, final int lifeMs)
    {
        final int slot = configuration.serverSlot(WEB, server);
        template.key(servers.service(slot), 128, client(client).high(), client(client).low());
        affinity.templates().find(template, nowMs);
        affinity.templates().put(template, slot, servers.identityOpaque(slot), nowMs + lifeMs, nowMs);
    }

    private Endpoint server(final int client)
    {
        final int service = servers.service(configuration.serverSlot(WEB, ONE));
        template.key(service, 128, client(client).high(), client(client).low());
        return affinity.templates().find(template, nowMs) ? servers.endpoint(template.server()) : null;
    }

    private TemplateSnapshot stored(final int client, final Endpoint server, final long lifeMs)
    {
        return new TemplateSnapshot(WEB, client(client), 128, server, EPOCH_MS + nowMs + lifeMs);
    }

    private static IpAddress client(final int number)
    {
        return IpAddress.ofIpv4(0x0A01_0000 + number);
    }

    private void sweepOnce()
    {
        final int slices = affinity.templates().capacity() / TemplateFeed.SLICE + 1;
        for (int i = 0; i < slices; i++)
        {
            nowMs += 10;
            conductor.doWork();
        }
    }

    private void work(final int cycles)
    {
        for (int i = 0; i < cycles; i++)
        {
            conductor.doWork();
        }
    }

    private final class Requests implements RequestSource
    {
        @Override
        public int poll(final io.aeron.logbuffer.FragmentHandler handler, final int limit)
        {
            int count = 0;
            while (count < limit && !toDataPlane.isEmpty())
            {
                final UnsafeBuffer message = toDataPlane.remove();
                handler.onFragment(message, 0, message.capacity(), null);
                count++;
            }
            return count;
        }

        @Override
        public boolean hasPeer()
        {
            return true;
        }
    }
}
