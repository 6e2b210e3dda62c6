package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.headrace.conntrack.TestTables.TCP;
import static org.headrace.conntrack.TestTables.UDP;
import static org.headrace.conntrack.TestTables.insertNat;
import static org.headrace.conntrack.TestTables.nat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashMap;
import java.util.Map;

class ExpiryTest
{
    private static final int TICK_MS = 256;
    private static final int STEP_MS = 100;

    private final Map<Integer, Long> expiredAtMs = new HashMap<>();
    private final IdleTimeouts timeouts = new IdleTimeouts();
    private long nowMs = -77_777;
    private final ConnectionTable table = ConnectionTable.create(TestTables.memory(4096), 4096, TestTables.SEED,
        timeouts, (table, index, reason) ->
        {
            assertThat(reason).isEqualTo(RemovalReason.EXPIRED);
            expiredAtMs.put(table.clientPort(index), nowMs);
        }, nowMs);

    @Test
    void shouldHaveDefaultTimeoutsOfIpvs()
    {
        final int[] seconds = {2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120, 300};
        for (int state = 0; state < TcpState.COUNT; state++)
        {
            assertThat(timeouts.timeoutMs(0, state)).isEqualTo(seconds[state] * 1_000);
            assertThat(timeouts.timeoutMs(255, state)).isEqualTo(seconds[state] * 1_000);
        }
        assertThatThrownBy(() -> timeouts.set(256, 0, 1)).hasMessageContaining("profile: 256");
        assertThatThrownBy(() -> timeouts.set(0, 12, 1)).hasMessageContaining("state: 12");
        assertThatThrownBy(() -> timeouts.set(0, 0, 0)).hasMessageContaining("timeoutMs: 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
    void shouldExpireEachStateWithinATickOfItsTimeout(final int state)
    {
        for (int i = 0; i < 7; i++)
        {
            nowMs += 37;
            final long start = nowMs;
            final int index = insertNat(table, i, TCP, state, start);
            final int port = table.clientPort(index);
            assertThat(table.expiresMs(index, start + 10)).isEqualTo(timeouts.timeoutMs(0, state) - 10);
            runUntil(start + timeouts.timeoutMs(0, state) + TICK_MS + STEP_MS);
            assertExpiredOnTime(port, start + timeouts.timeoutMs(0, state));
        }
        assertThat(table.expired()).isEqualTo(7);
        assertThat(table.size()).isZero();
    }

    @Test
    void shouldCountFromLastPacket()
    {
        final int index = insertNat(table, 1, UDP, TcpState.UDP, nowMs);
        final int port = table.clientPort(index);
        long lastPacketMs = nowMs;
        for (int i = 0; i < 40; i++)
        {
            runUntil(nowMs + 250_000);
            table.onPacket(index << 1 | i & 1, 100, nowMs);
            lastPacketMs = nowMs;
        }
        runUntil(nowMs + 301_000);
        assertExpiredOnTime(port, lastPacketMs + 300_000);
    }

    @Test
    void shouldFollowShorterTimeoutOfNewStateAtOnce()
    {
        final long start = nowMs;
        final int index = insertNat(table, 1, TCP, TcpState.ESTABLISHED, start);
        final int port = table.clientPort(index);
        runUntil(start + 5_000);
        table.onPacket(index << 1, 40, nowMs);
        final long last = nowMs;
        table.state(index, TcpState.CLOSE_WAIT);
        table.state(index, TcpState.LAST_ACK);
        table.state(index, TcpState.CLOSE);
        runUntil(last + 11_000);
        assertExpiredOnTime(port, last + 10_000);
    }

    @Test
    void shouldFollowLongerTimeoutOfNewState()
    {
        final long start = nowMs;
        final int index = insertNat(table, 1, TCP, TcpState.SYN_RECV, start);
        final int port = table.clientPort(index);
        runUntil(start + 1_000);
        table.onPacket(index << 1, 40, nowMs);
        final long last = nowMs;
        table.state(index, TcpState.ESTABLISHED);
        runUntil(last + 901_000);
        assertExpiredOnTime(port, last + 900_000);
    }

    @Test
    void shouldExpireAtOnceIfNewStateIsOverdue()
    {
        final int index = insertNat(table, 1, TCP, TcpState.ESTABLISHED, nowMs);
        runUntil(nowMs + 100_000);
        table.state(index, TcpState.CLOSE);
        assertThat(table.expiresMs(index, nowMs)).isZero();
        assertThat(table.expire(nowMs + TICK_MS, 10)).isEqualTo(1);
        assertThat(table.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 255, 256, 257, 1_048_000, 1_049_000, 86_400_000})
    void shouldExpireByProfileWithinAndBeyondTheHorizon(final int timeoutMs)
    {
        timeouts.set(9, TcpState.ESTABLISHED, timeoutMs);
        final long start = nowMs;
        final int index = table.insert(nat(table, 1, TCP, TcpState.ESTABLISHED).timeouts(9), start);
        final int port = table.clientPort(index);
        runUntil(start + timeoutMs + TICK_MS + STEP_MS);
        assertExpiredOnTime(port, start + timeoutMs);
    }

    @Test
    void shouldBoundWorkPerCall()
    {
        for (int i = 0; i < 1_000; i++)
        {
            insertNat(table, i, TCP, TcpState.CLOSE, nowMs);
        }
        nowMs += 11_000;
        for (int left = 1_000; left > 0; left -= 10)
        {
            assertThat(table.size()).isEqualTo(left);
            assertThat(table.expire(nowMs, 10)).isEqualTo(10);
        }
        assertThat(table.expire(nowMs, 10)).isZero();
        assertThat(table.expired()).isEqualTo(1_000);
    }

    @Test
    void shouldExpireAllAfterLongPauseAndNoneThatWasSeenSince()
    {
        for (int i = 0; i < 100; i++)
        {
            insertNat(table, i, UDP, TcpState.UDP, nowMs);
        }
        nowMs += 5_000_000;
        final int kept = ConnectionTable.index(TestTables.findNat(table, 50, UDP));
        table.onPacket(kept << 1, 100, nowMs);
        final int fresh = insertNat(table, 200, UDP, TcpState.UDP, nowMs);
        expireAll();
        assertThat(table.size()).isEqualTo(2);
        assertThat(table.expiresMs(kept, nowMs)).isEqualTo(300_000);
        assertThat(table.expiresMs(fresh, nowMs)).isEqualTo(300_000);
        nowMs += 300_000 + TICK_MS;
        expireAll();
        assertThat(table.size()).isZero();
    }

    @Test
    void shouldKeepCountingWhenMillisecondsPass32Bits()
    {
        final int index = insertNat(table, 1, UDP, TcpState.UDP, nowMs);
        final long end = nowMs + (1L << 32) + 1_000_000;
        while (nowMs < end)
        {
            nowMs += 250_000;
            table.onPacket(index << 1, 100, nowMs);
            expireAll();
            assertThat(table.size()).isEqualTo(1);
            assertThat(table.lastSeenMs(index)).isEqualTo(nowMs);
        }
        final long last = nowMs;
        runUntil(last + 301_000);
        assertExpiredOnTime(1025, last + 300_000);
    }

    private void assertExpiredOnTime(final int port, final long dueMs)
    {
        assertThat(expiredAtMs.get(port)).isBetween(dueMs, dueMs + TICK_MS + STEP_MS);
    }

    private void runUntil(final long endMs)
    {
        while (nowMs < endMs)
        {
            nowMs = Math.min(endMs, nowMs + STEP_MS);
            expireAll();
        }
    }

    private void expireAll()
    {
        int work;
        do
        {
            work = table.expire(nowMs, 16);
        }
        while (work == 16);
    }
}
