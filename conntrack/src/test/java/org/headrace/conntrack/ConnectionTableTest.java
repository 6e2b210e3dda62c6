package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.headrace.conntrack.ConnectionTable.DUPLICATE;
import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.NOT_FOUND;
import static org.headrace.conntrack.ConnectionTable.REPLY;
import static org.headrace.conntrack.TestTables.TCP;
import static org.headrace.conntrack.TestTables.UDP;
import static org.headrace.conntrack.TestTables.findNat;
import static org.headrace.conntrack.TestTables.findNatReply;
import static org.headrace.conntrack.TestTables.insertNat;
import static org.headrace.conntrack.TestTables.table;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

class ConnectionTableTest
{
    private static final int CLIENT = 0x0A000001;
    private static final int VIRTUAL = 0xC0000201;
    private static final int SERVER = 0xAC100001;
    private static final int LOCAL = 0xAC1000FE;
    private static final long PREFIX = 0x2001_0DB8_0000_0000L;

    @Test
    void shouldFindBothDirectionsOfNat()
    {
        final ConnectionTable table = table(16);
        final int index = insertNat(table, 7, TCP, TcpState.SYN_RECV, 0);

        assertThat(findNat(table, 7, TCP)).isEqualTo(index << 1 | IN);
        assertThat(findNatReply(table, 7, TCP)).isEqualTo(index << 1 | REPLY);
        assertThat(findNat(table, 7, UDP)).isEqualTo(NOT_FOUND);
        assertThat(findNat(table, 8, TCP)).isEqualTo(NOT_FOUND);
        assertThat(ConnectionTable.index(findNatReply(table, 7, TCP))).isEqualTo(index);
        assertThat(ConnectionTable.direction(findNatReply(table, 7, TCP))).isEqualTo(REPLY);
    }

    @Test
    void shouldFindReplyOfFullNatByLocalEnd()
    {
        final ConnectionTable table = table(16);
        final int index = table.insert(fullNat(table), 0);

        assertThat(find(table, CLIENT, 4000, VIRTUAL, 80)).isEqualTo(index << 1);
        assertThat(find(table, SERVER, 8080, LOCAL, 10_001)).isEqualTo(index << 1 | REPLY);
        assertThat(find(table, SERVER, 8080, CLIENT, 4000)).isEqualTo(NOT_FOUND);
        assertThat(table.hasLocal(index)).isTrue();
        assertThat(table.localAddress(index)).isEqualTo(LOCAL);
        assertThat(table.localPort(index)).isEqualTo(10_001);
    }

    @Test
    void shouldGiveBackEveryField()
    {
        final ConnectionTable table = table(16);
        final int index = table.insert(fullNat(table).forwarding(3).serverSlot(131_071).clientHop(65_535).timeouts(255)
            .state(TcpState.SYNACK), 5);

        assertThat(table.protocol(index)).isEqualTo(TCP);
        assertThat(table.isIpv6(index)).isFalse();
        assertThat(table.isOneWay(index)).isFalse();
        assertThat(table.clientAddress(index)).isEqualTo(CLIENT);
        assertThat(table.clientPort(index)).isEqualTo(4000);
        assertThat(table.virtualAddress(index)).isEqualTo(VIRTUAL);
        assertThat(table.virtualPort(index)).isEqualTo(80);
        assertThat(table.serverAddress(index)).isEqualTo(SERVER);
        assertThat(table.serverPort(index)).isEqualTo(8080);
        assertThat(table.forwarding(index)).isEqualTo(3);
        assertThat(table.serverSlot(index)).isEqualTo(131_071);
        assertThat(table.clientHop(index)).isEqualTo(65_535);
        assertThat(table.timeoutsProfile(index)).isEqualTo(255);
        assertThat(table.state(index)).isEqualTo(TcpState.SYNACK);
        assertThat(table.lastSeenMs(index)).isEqualTo(5);

        table.state(index, TcpState.ESTABLISHED);
        table.clientHop(index, 12);
        assertThat(table.isSequenceKnown(index, IN)).isFalse();
        assertThat(table.isSequenceKnown(index, REPLY)).isFalse();
        table.onSegment(index << 1 | REPLY, 0x12, -2, 0x89ABCDEF, 0);

        assertThat(table.serverSlot(index)).isEqualTo(131_071);
        assertThat(table.state(index)).isEqualTo(TcpState.ESTABLISHED);
        assertThat(table.clientHop(index)).isEqualTo(12);
        assertThat(table.nextSequence(index, IN)).isEqualTo(0x89ABCDEF);
        assertThat(table.nextSequence(index, REPLY)).isEqualTo(-1);
        assertThat(table.isSequenceKnown(index, IN)).isTrue();
        assertThat(table.isSequenceKnown(index, REPLY)).isTrue();
        assertThat(table.clientAddress(index)).isEqualTo(CLIENT);
    }

    @Test
    void shouldHoldIpv6BesideIpv4()
    {
        final ConnectionTable table = table(16);
        final int v4 = table.insert(fullNat(table), 0);
        final int v6 = table.insert(table.newConnection().protocol(TCP).ipv6Client(PREFIX, 1, 4000)
            .ipv6Virtual(PREFIX, 2, 443).ipv6Local(PREFIX + 1, 3, 5000).ipv6Server(PREFIX + 2, -4, 8443), 0);

        assertThat(find6(table, PREFIX, 1, 4000, PREFIX, 2, 443)).isEqualTo(v6 << 1);
        assertThat(find6(table, PREFIX + 2, -4, 8443, PREFIX + 1, 3, 5000)).isEqualTo(v6 << 1 | REPLY);
        assertThat(find6(table, PREFIX + 2, -4, 8443, PREFIX, 1, 4000)).isEqualTo(NOT_FOUND);
        assertThat(find6(table, PREFIX, 1, 4001, PREFIX, 2, 443)).isEqualTo(NOT_FOUND);
        assertThat(find(table, CLIENT, 4000, VIRTUAL, 80)).isEqualTo(v4 << 1);
        assertThat(table.isIpv6(v6)).isTrue();
        assertThat(table.isIpv6(v4)).isFalse();
        assertThat(new long[]{table.clientHigh(v6), table.clientLow(v6), table.virtualHigh(v6), table.virtualLow(v6),
            table.serverHigh(v6), table.serverLow(v6), table.localHigh(v6), table.localLow(v6)})
            .containsExactly(PREFIX, 1, PREFIX, 2, PREFIX + 2, -4, PREFIX + 1, 3);
        assertThat(new int[]{table.clientPort(v6), table.virtualPort(v6), table.serverPort(v6), table.localPort(v6)})
            .containsExactly(4000, 443, 8443, 5000);
    }

    /** The right hash with a tuple that is wrong in one place each: what a collision of all 64 bits would look like. */
    @Test
    void shouldNeverMatchByHashAlone()
    {
        final ConnectionTable table = table(16);
        final int v4 = table.insert(fullNat(table), 0);
        final long hash = table.hashIpv4(TCP, CLIENT, 4000, VIRTUAL, 80);
        assertThat(table.findIpv4(hash, TCP, CLIENT, 4000, VIRTUAL, 80)).isEqualTo(v4 << 1);
        assertThat(table.findIpv4(hash, UDP, CLIENT, 4000, VIRTUAL, 80)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv4(hash, TCP, CLIENT + 1, 4000, VIRTUAL, 80)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv4(hash, TCP, CLIENT, 4001, VIRTUAL, 80)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv4(hash, TCP, CLIENT, 4000, VIRTUAL + 1, 80)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv4(hash, TCP, CLIENT, 4000, VIRTUAL, 81)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv6(hash, TCP, 0, CLIENT, 4000, 0, VIRTUAL, 80)).isEqualTo(NOT_FOUND);

        final int v6 = table.insert(table.newConnection().protocol(TCP).ipv6Client(PREFIX, 1, 4000)
            .ipv6Virtual(PREFIX, 2, 443).ipv6Server(PREFIX, 3, 8443), 0);
        final long hash6 = table.hashIpv6(TCP, PREFIX, 1, 4000, PREFIX, 2, 443);
        assertThat(table.findIpv6(hash6, TCP, PREFIX, 1, 4000, PREFIX, 2, 443)).isEqualTo(v6 << 1);
        assertThat(table.findIpv6(hash6, UDP, PREFIX, 1, 4000, PREFIX, 2, 443)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv6(hash6, TCP, PREFIX + 1, 1, 4000, PREFIX, 2, 443)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv6(hash6, TCP, PREFIX, 0, 4000, PREFIX, 2, 443)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv6(hash6, TCP, PREFIX, 1, 4001, PREFIX, 2, 443)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv6(hash6, TCP, PREFIX, 1, 4000, PREFIX + 1, 2, 443)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv6(hash6, TCP, PREFIX, 1, 4000, PREFIX, 3, 443)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv6(hash6, TCP, PREFIX, 1, 4000, PREFIX, 2, 444)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv4(hash6, TCP, 1, 4000, 2, 443)).isEqualTo(NOT_FOUND);
    }

    @Test
    void shouldRefuseDuplicateOfEitherDirection()
    {
        final ConnectionTable table = table(16);
        final int index = table.insert(fullNat(table), 0);

        assertThat(table.insert(fullNat(table), 0)).isEqualTo(DUPLICATE);
        // another client, but the same way back
        assertThat(table.insert(fullNat(table).ipv4Client(CLIENT + 1, 4000), 0)).isEqualTo(DUPLICATE);
        // the tuple of somebody's reply as a client's
        assertThat(table.insert(table.newConnection().protocol(TCP).ipv4Client(SERVER, 8080)
            .ipv4Virtual(LOCAL, 10_001).ipv4Server(SERVER + 9, 1), 0)).isEqualTo(DUPLICATE);
        // a client that is its own server
        assertThat(table.insert(table.newConnection().protocol(TCP).ipv4Client(CLIENT, 9).ipv4Virtual(CLIENT, 9)
            .ipv4Server(CLIENT, 9), 0)).isEqualTo(DUPLICATE);
        assertThat(table.duplicates()).isEqualTo(4);
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.tupleIndex().countFlows()).isEqualTo(2);
        assertThat(find(table, CLIENT, 4000, VIRTUAL, 80)).isEqualTo(index << 1);
    }

    @Test
    void shouldLetOneWayConnectionsShareServerAndClientPort()
    {
        final ConnectionTable table = table(16);
        final int first = table.insert(direct(table, VIRTUAL), 0);
        final int second = table.insert(direct(table, VIRTUAL + 1), 0);

        assertThat(first).isNotNegative();
        assertThat(second).isNotNegative().isNotEqualTo(first);
        assertThat(table.isOneWay(first)).isTrue();
        assertThat(find(table, SERVER, 80, CLIENT, 4000)).isEqualTo(NOT_FOUND);
        table.remove(first);
        assertThat(find(table, CLIENT, 4000, VIRTUAL + 1, 80)).isEqualTo(second << 1);
        table.remove(second);
        assertThat(table.tupleIndex().countFlows()).isZero();
    }

    @Test
    void shouldForgetRemovedConnectionAndUseItsPlaceAgain()
    {
        final List<String> removals = new ArrayList<>();
        final ConnectionTable table = table(16,
            (t, index, reason) -> removals.add(reason + " " + t.clientPort(index) + " " + t.size()), 0);
        final int index = insertNat(table, 1, TCP, TcpState.ESTABLISHED, 0);
        table.onPacket(index << 1, 100, 3);
        table.remove(index);

        assertThat(removals).containsExactly("REMOVED 1025 1");
        assertThat(findNat(table, 1, TCP)).isEqualTo(NOT_FOUND);
        assertThat(findNatReply(table, 1, TCP)).isEqualTo(NOT_FOUND);
        assertThat(table.size()).isZero();
        assertThat(table.removed()).isEqualTo(1);
        final int again = insertNat(table, 2, TCP, TcpState.ESTABLISHED, 9);
        assertThat(again).isEqualTo(index);
        assertThat(table.packets(again, IN)).isZero();
        assertThat(table.bytes(again, IN)).isZero();
        assertThat(table.lastSeenMs(again)).isEqualTo(9);
    }

    @Test
    void shouldCountPacketsAndBytesOfEachDirectionBeyond32Bits()
    {
        final ConnectionTable table = table(4, TestTables.NOBODY, 1_000);
        final int index = insertNat(table, 1, UDP, TcpState.UDP, 1_000);
        for (int i = 0; i < 70_000; i++)
        {
            table.onPacket(index << 1, 65_535, 1_000 + i);
        }
        table.onPacket(index << 1 | REPLY, 40, 80_000);

        assertThat(table.packets(index, IN)).isEqualTo(70_000);
        assertThat(table.bytes(index, IN)).isEqualTo(70_000L * 65_535);
        assertThat(table.packets(index, REPLY)).isEqualTo(1);
        assertThat(table.bytes(index, REPLY)).isEqualTo(40);
        assertThat(table.lastSeenMs(index)).isEqualTo(80_000);
        assertThat(table.idleMs(index, 80_250)).isEqualTo(250);

        // what 2^32 packets leave behind
        OffHeap.putInt(table.entry(index) + EntryDescriptor.PACKETS_OFFSET, -1);
        table.onPacket(index << 1, 1, 80_001);
        assertThat(table.packets(index, IN)).isEqualTo(1L << 32);
        assertThat(table.packets(index, REPLY)).isEqualTo(1);
    }

    @Test
    void shouldCountByState()
    {
        final ConnectionTable table = table(16);
        final int first = insertNat(table, 1, TCP, TcpState.SYN_RECV, 0);
        insertNat(table, 2, TCP, TcpState.SYN_RECV, 0);
        table.state(first, TcpState.ESTABLISHED);
        table.state(first, TcpState.ESTABLISHED);

        assertThat(table.count(TcpState.SYN_RECV)).isEqualTo(1);
        assertThat(table.count(TcpState.ESTABLISHED)).isEqualTo(1);
        table.remove(first);
        assertThat(table.count(TcpState.ESTABLISHED)).isZero();
    }

    @Test
    void shouldTouchTheLinesThatASearchWillRead()
    {
        final ConnectionTable table = table(16);
        final long hash = table.hashIpv4(TCP, TestTables.clientAddress(1), TestTables.clientPort(1), VIRTUAL, 80);
        final int index = insertNat(table, 1, TCP, TcpState.ESTABLISHED, 0);
        final int other = insertNat(table, 2, TCP, TcpState.ESTABLISHED, 0);
        final long otherHash = table.storedHash(other, REPLY);

        assertThat(table.touchBucket(hash)).isNotZero();
        assertThat(table.candidate(hash)).isEqualTo(index << 1 | IN);
        assertThat(table.candidate(otherHash)).isEqualTo(other << 1 | REPLY);
        assertThat(table.touchEntry(other << 1 | REPLY)).isEqualTo(EntryFlyweight.addresses(table.entry(other), IN));
        assertThat(table.touchExtension(other << 1)).as("has none").isZero();
        table.remove(index);
        assertThat(table.candidate(hash)).isEqualTo(NOT_FOUND);
        assertThatCode(() -> table.touchEntry(NOT_FOUND)).doesNotThrowAnyException();
        assertThat(table.touchExtension(NOT_FOUND)).isZero();
    }

    @Test
    void shouldNotBelieveACandidateThatHasEndedOrBecomeAnother()
    {
        final ConnectionTable table = table(16);
        final int client = TestTables.clientAddress(1);
        final int port = TestTables.clientPort(1);
        final long hash = table.hashIpv4(TCP, client, port, VIRTUAL, 80);
        final int flow = insertNat(table, 1, TCP, TcpState.ESTABLISHED, 0) << 1;
        assertThat(table.candidate(hash)).isEqualTo(flow);
        assertThat(table.findIpv4(hash, flow, TCP, client, port, VIRTUAL, 80)).isEqualTo(flow);
        assertThat(table.findIpv4(hash, flow, UDP, client, port, VIRTUAL, 80)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv4(hash, flow, TCP, client, port + 1, VIRTUAL, 80)).isEqualTo(NOT_FOUND);
        assertThat(table.findIpv4(hash, flow | REPLY, TCP, client, port, VIRTUAL, 80)).as("by search").isEqualTo(flow);
        assertThat(table.findIpv4(hash, NOT_FOUND, TCP, client, port, VIRTUAL, 80)).as("by search").isEqualTo(flow);

        table.remove(flow >>> 1);
        assertThat(table.findIpv4(hash, flow, TCP, client, port, VIRTUAL, 80)).as("ended").isEqualTo(NOT_FOUND);
        assertThat(insertNat(table, 2, TCP, TcpState.ESTABLISHED, 0) << 1).isEqualTo(flow);
        assertThat(table.findIpv4(hash, flow, TCP, client, port, VIRTUAL, 80)).as("another").isEqualTo(NOT_FOUND);
    }

    @Test
    void shouldNotTakeACandidateForTheReplyOfAOneWayConnection()
    {
        final ConnectionTable table = table(16);
        final int twoWay = table.insert(table.newConnection().protocol(TCP).state(TcpState.ESTABLISHED)
            .ipv4Client(7, 4_000).ipv4Virtual(VIRTUAL, 80).ipv4Server(9, 80), 0);
        final long hash = table.hashIpv4(TCP, 9, 80, 7, 4_000);
        final int candidate = table.candidate(hash);
        assertThat(candidate).isEqualTo(twoWay << 1 | REPLY);
        table.remove(twoWay);
        final int oneWay = table.insert(table.newConnection().protocol(TCP).state(TcpState.ESTABLISHED)
            .ipv4Client(7, 4_000).ipv4Virtual(VIRTUAL, 80).ipv4Server(9, 80).oneWay(), 0);

        assertThat(oneWay).isEqualTo(twoWay);
        assertThat(table.findIpv4(hash, candidate, TCP, 9, 80, 7, 4_000)).isEqualTo(NOT_FOUND);
    }

    @Test
    void shouldSayWhatNatPutsIntoAPacketOfEachDirection()
    {
        final ConnectionTable table = table(16);
        final int index = table.insert(table.newConnection().protocol(TCP).state(TcpState.ESTABLISHED)
            .ipv4Client(7, 4_000).ipv4Virtual(VIRTUAL, 80).ipv4Server(0xFEDC_BA98, 65_535), 0);

        assertThat(table.translatedAddress(index << 1 | IN)).isEqualTo(0xFEDC_BA98);
        assertThat(table.translatedPort(index << 1 | IN)).isEqualTo(65_535);
        assertThat(table.translatedAddress(index << 1 | REPLY)).isEqualTo(VIRTUAL);
        assertThat(table.translatedPort(index << 1 | REPLY)).isEqualTo(80);
    }

    @Test
    void shouldTouchTheExtensionLineOfIpv6()
    {
        final ConnectionTable table = table(16);
        final int index = table.insert(table.newConnection().protocol(TCP).ipv6Client(7, 1, 4000)
            .ipv6Virtual(7, 2, 443).ipv6Server(7, 4, 443), 0);
        final int candidate = table.candidate(table.hashIpv6(TCP, 7, 1, 4000, 7, 2, 443));

        assertThat(candidate).isEqualTo(index << 1 | IN);
        assertThat(table.touchExtension(candidate)).isEqualTo(7);
    }

    @Test
    void shouldRefuseImpossibleDescriptions()
    {
        final ConnectionTable table = table(1);
        assertThatThrownBy(() -> table.insert(table.newConnection().protocol(TCP).ipv4Client(1, 1), 0))
            .hasMessageContaining("expected: client, virtual and server of one family");
        assertThatThrownBy(() -> table.insert(table.newConnection().ipv4Client(1, 1).ipv4Virtual(1, 1)
            .ipv6Server(1, 1, 1), 0)).hasMessageContaining("of one family");
        assertThatThrownBy(() -> table.newConnection().serverSlot(131_072))
            .hasMessageContaining("serverSlot: 131072 (expected: 0 to 131071)");
        assertThatThrownBy(() -> table.newConnection().ipv4Client(1, 65_536)).hasMessageContaining("port: 65536");
        assertThat(table.size()).isZero();
    }

    @Test
    void shouldRefuseUnfitMemory()
    {
        final long required = ConnectionTableDescriptor.requiredBytes(8);
        assertThatThrownBy(() -> ConnectionTable.create(TestTables.memory(8).asSlice(0, required - 64), 8, 1,
            new IdleTimeouts(), TestTables.NOBODY, 0)).hasMessageContaining("at least " + required);
        assertThatThrownBy(() -> ConnectionTable.create(TestTables.memory(9).asSlice(8), 8, 1, new IdleTimeouts(),
            TestTables.NOBODY, 0)).hasMessageContaining("aligned to 64");
        assertThatThrownBy(() -> ConnectionTable.create(MemorySegment.ofArray(new byte[1 << 20]), 8, 1,
            new IdleTimeouts(), TestTables.NOBODY, 0)).hasMessageContaining("native=false");
        assertThatThrownBy(() -> ConnectionTable.create(TestTables.memory(8), 0, 1, new IdleTimeouts(),
            TestTables.NOBODY, 0)).hasMessageContaining("capacity: 0");
    }

    @Test
    void shouldRefuseDamagedHeader()
    {
        final MemorySegment memory = table(8).memory();
        ConnectionTableDescriptor.check(memory);
        assertThatThrownBy(() -> ConnectionTableDescriptor.check(memory.asSlice(0, 8192)))
            .hasMessageContaining("byteSize=8192");
        OffHeap.putInt(memory.address() + ConnectionTableDescriptor.CAPACITY_OFFSET, 9);
        assertThatThrownBy(() -> ConnectionTableDescriptor.check(memory)).hasMessageContaining("checksum");
        OffHeap.putInt(memory.address() + ConnectionTableDescriptor.VERSION_OFFSET, 77);
        assertThatThrownBy(() -> new ConnectionTableReader(memory)).hasMessageContaining("version: 0x4d");
        assertThatThrownBy(() -> ConnectionTableDescriptor.check(Arena.ofAuto().allocate(1 << 20, 64)))
            .hasMessageContaining("magic: 0x0");
    }

    @Test
    void shouldCostAtMost96BytesPerIpv4ConnectionAnd160PerIpv6()
    {
        for (final int capacity : new int[]{1_000_000, 10_000_000, 50_000_000, ConnectionTableDescriptor.MAX_CAPACITY})
        {
            final double ipv4 = (double)ConnectionTableDescriptor.extensionsOffset(capacity) / capacity;
            final double ipv6 = (double)ConnectionTableDescriptor.requiredBytes(capacity) / capacity;
            assertThat(ipv4).isLessThan(96.0);
            assertThat(ipv6).isLessThan(160.0);
        }
    }

    private static NewConnection fullNat(final ConnectionTable table)
    {
        return table.newConnection().protocol(TCP).ipv4Client(CLIENT, 4000).ipv4Virtual(VIRTUAL, 80)
            .ipv4Local(LOCAL, 10_001).ipv4Server(SERVER, 8080);
    }

    private static NewConnection direct(final ConnectionTable table, final int virtual)
    {
        return table.newConnection().protocol(TCP).ipv4Client(CLIENT, 4000).ipv4Virtual(virtual, 80)
            .ipv4Server(SERVER, 80).oneWay();
    }

    private static int find(final ConnectionTable table, final int source, final int sourcePort, final int destination,
        final int destinationPort)
    {
        return table.findIpv4(table.hashIpv4(TCP, source, sourcePort, destination, destinationPort), TCP, source,
            sourcePort, destination, destinationPort);
    }

    private static int find6(final ConnectionTable table, final long sourceHigh, final long sourceLow,
        final int sourcePort, final long destinationHigh, final long destinationLow, final int destinationPort)
    {
        return table.findIpv6(table.hashIpv6(TCP, sourceHigh, sourceLow, sourcePort, destinationHigh, destinationLow,
            destinationPort), TCP, sourceHigh, sourceLow, sourcePort, destinationHigh, destinationLow, destinationPort);
    }
}
