package org.headrace.protocol;

import org.agrona.DirectBuffer;
import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.codec.Transport;

import java.util.ArrayList;
import java.util.List;

/** One valid message of each kind, as bytes, with the listener call that it must become. */
final class MessageSamples
{
    static final ServiceKey SERVICE = ServiceKey.parse("tcp/10.99.0.1:80");
    static final ServiceKey SERVICE_V6 = ServiceKey.parse("udp/[fd00::1]:53");
    static final Endpoint SERVER = Endpoint.parse("10.2.1.2:65535");

    static final TemplateSnapshot TEMPLATE =
        new TemplateSnapshot(SERVICE_V6, IpAddress.parse("fd00:1::"), 64, SERVER, 1_800_000_000_000L);

    /** A message and the call that it stands for. */
    record Sample(byte[] bytes, String call)
    {
    }

    private final List<Sample> samples = new ArrayList<>();
    private byte[] last;

    static List<Sample> requests()
    {
        final MessageSamples made = new MessageSamples();
        final ControlRequestProxy proxy = new ControlRequestProxy(made::capture);
        made.add(proxy.hello(1, -2), "onHello(1, -2)");
        made.add(proxy.heartbeat(3, 4), "onHeartbeat(3, 4)");
        made.add(proxy.generationBegin(5, 6), "onGenerationBegin(5, 6)");
        made.add(proxy.serviceEntry(
            6, SERVICE, Scheduler.WLC, ForwardingMethod.NAT, StateTimeouts.DEFAULT, Persistence.NONE, "web/häufig"),
            "onServiceEntry(6, tcp/10.99.0.1:80, WLC, NAT, timeouts, " + Persistence.NONE + ", web/häufig)");
        StateTimeouts timeouts = StateTimeouts.DEFAULT;
        for (final TimedState state : TimedState.values())
        {
            timeouts = timeouts.with(state, 4_294_967_294L - state.ordinal());
        }
        final Persistence persistence = new Persistence(86_400_000, 64, true);
        made.add(proxy.serviceEntry(6, SERVICE_V6, Scheduler.RR, ForwardingMethod.NAT, timeouts, persistence, ""),
            "onServiceEntry(6, udp/[fd00::1]:53, RR, NAT, timeouts established=4294967294 syn-sent=4294967293 " +
            "syn-recv=4294967292 fin-wait=4294967291 time-wait=4294967290 close=4294967289 close-wait=4294967288 " +
            "last-ack=4294967287, " + persistence + ", )");
        made.add(proxy.serverEntry(6, SERVER, 65_535, ServerState.DOWN),
            "onServerEntry(6, 10.2.1.2:65535, 65535, DOWN)");
        made.add(proxy.adjacencyEntry(0, IpAddress.parse("fd00::2"), 7, 0xFFFF_FFFF_FFFFL, 1500),
            "onAdjacencyEntry(0, fd00::2, 7, 281474976710655, 1500)");
        made.add(proxy.localAddressEntry(6, IpAddress.parse("10.0.0.1"), true),
            "onLocalAddressEntry(6, 10.0.0.1, true)");
        made.add(proxy.localAddressEntry(0, IpAddress.parse("10.0.0.1"), false),
            "onLocalAddressEntry(0, 10.0.0.1, false)");
        made.add(proxy.accessListEntry(6, 1, AccessMode.ALLOW, 2_000_000), "onAccessListEntry(6, 1, ALLOW, 2000000)");
        final PrefixBlock block = new PrefixBlock();
        made.add(proxy.accessPrefixesEntry(6, block), "onAccessPrefixesEntry(6, )");
        block.add(0, IpAddress.mappedLow(0x0A00_0000), 104);
        block.add(0x2001_0DB8_0000_0000L, 0, 32);
        made.add(proxy.accessPrefixesEntry(6, block), "onAccessPrefixesEntry(6, 10.0.0.0/104 2001:db8::/32)");
        while (block.size() < PrefixBlock.CAPACITY)
        {
            block.add(-1, -1, 128);
        }
        made.add(proxy.accessPrefixesEntry(6, block), "onAccessPrefixesEntry(6, " + block + ")");
        made.add(proxy.serviceAccessEntry(6, 1), "onServiceAccessEntry(6, 1)");
        made.add(proxy.limitEntry(6, 1, new Limits(Integer.MAX_VALUE, 0), "web:http"),
            "onLimitEntry(6, 1, connections=2147483647, web:http)");
        made.add(proxy.serviceLimitEntry(6, 1), "onServiceLimitEntry(6, 1)");
        made.add(proxy.generationCommit(8, 6, 1, 2, 3, 4, -5), "onGenerationCommit(8, 6, 1, 2, 3, 4, -5)");
        made.add(proxy.serverWeight(9, SERVICE, SERVER, 0), "onServerWeight(9, tcp/10.99.0.1:80, 10.2.1.2:65535, 0)");
        made.add(proxy.serverState(10, SERVICE_V6, SERVER, ServerState.UP),
            "onServerState(10, udp/[fd00::1]:53, 10.2.1.2:65535, UP)");
        final ConnectionFilter filter = new ConnectionFilter(17, SERVICE_V6.virtual(), IpPrefix.parse("10.1.0.0/16"),
            65_535, SERVER, 0x802, 1, ConnectionFilter.MAX_IDLE_MS);
        made.add(proxy.connections(11, 12, 1000, filter), "onConnections(11, 12, 1000, " + filter + ")");
        made.add(proxy.connections(13, -14, 0, ConnectionFilter.ANY),
            "onConnections(13, -14, 0, " + ConnectionFilter.ANY + ")");
        made.add(proxy.templateFeed(12), "onTemplateFeed(12)");
        made.add(proxy.templateRestore(TEMPLATE), "onTemplateRestore(" + TEMPLATE + ")");
        made.add(proxy.templateRestoreEnd(13), "onTemplateRestoreEnd(13)");
        final TemplateFilter templates = new TemplateFilter(6, SERVICE.virtual(), IpPrefix.parse("10.1.0.0/16"));
        made.add(proxy.templates(14, 15, 1_000, templates), "onTemplates(14, 15, 1000, " + templates + ")");
        return made.samples;
    }

    static List<Sample> responses()
    {
        final MessageSamples made = new MessageSamples();
        final ControlResponseProxy proxy = new ControlResponseProxy(made::capture);
        made.add(proxy.hello(1, 2, 3), "onHello(1, 2, 3)");
        made.add(proxy.heartbeat(4, 5), "onHeartbeat(4, 5)");
        made.add(proxy.generation(6, 7, ResultCode.COUNT_MISMATCH, "serviceCount=1 != 2"),
            "onGeneration(6, 7, COUNT_MISMATCH, serviceCount=1 != 2)");
        made.add(proxy.delta(8, ResultCode.OK, null), "onDelta(8, OK, )");
        final ConnectionSnapshot connection = new ConnectionSnapshot(Transport.TCP, Endpoint.parse("[fd00::9]:1024"),
            SERVICE.virtual(), Endpoint.NONE, SERVER, ConnectionState.ESTABLISHED, 65_534, 0, 900_000, 1, 2, 3,
            Long.MAX_VALUE);
        made.add(proxy.connection(9, connection), "onConnection(9, " + connection + ")");
        made.add(proxy.connections(10, -11, 12, 4_294_967_294L), "onConnections(10, -11, 12, 4294967294)");
        made.add(proxy.templateFeed(11, true), "onTemplateFeed(11, true)");
        made.add(proxy.template(0, TEMPLATE), "onTemplate(0, " + TEMPLATE + ")");
        made.add(proxy.templates(12, 13, 14), "onTemplates(12, 13, 14)");
        return made.samples;
    }

    private void add(final boolean isTaken, final String call)
    {
        if (!isTaken)
        {
            throw new AssertionError(call + " was not taken");
        }
        samples.add(new Sample(last, call));
    }

    private long capture(final DirectBuffer buffer, final int offset, final int length)
    {
        last = new byte[length];
        buffer.getBytes(offset, last);
        return 1;
    }
}
