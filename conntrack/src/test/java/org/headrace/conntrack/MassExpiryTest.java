package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;

/**
 * Everything is due in the same second: no call does more than its limit, and a second of cycles takes all of it away.
 * With {@code -Dheadrace.test.mass=10000000} at full size, for which a gigabyte is needed.
 */
class MassExpiryTest
{
    private static final int CONNECTIONS = Integer.getInteger("headrace.test.mass", 1_000_000);
    private static final int LIMIT = 32;
    private static final int TICK_MS = 256;
    private static final int DEADLINES_MS = 1_000;
    /** As many calls as the connections need and few more: at ten million, one every three microseconds. */
    private static final int CYCLES = CONNECTIONS / LIMIT + DEADLINES_MS * 10;

    private int removed;

    @Test
    void shouldTakeAwayAllWithinASecondByBoundedCalls()
    {
        try (Arena arena = Arena.ofConfined())
        {
            final ConnectionTable table = ConnectionTable.create(
                arena.allocate(ConnectionTableDescriptor.requiredBytes(CONNECTIONS), 64), CONNECTIONS, TestTables.SEED,
                new IdleTimeouts(), (_, _, _) -> removed++, 0);
            for (int n = 0; n < CONNECTIONS; n++)
            {
                TestTables.insertNat(table, n, TestTables.TCP, TcpState.ESTABLISHED, n % DEADLINES_MS);
            }
            assertThat(table.expire(900_000 - 1, LIMIT)).isZero();
            assertThat(table.size()).isEqualTo(CONNECTIONS);
            for (int cycle = 0; cycle < CYCLES; cycle++)
            {
                final int before = removed;
                final int work = table.expire(endMs(cycle), LIMIT);
                assertThat(work).isLessThanOrEqualTo(LIMIT);
                assertThat(removed - before).isLessThanOrEqualTo(work);
            }
            assertThat(table.size()).isZero();
            assertThat(removed).isEqualTo(CONNECTIONS);
        }
    }

    /** All that is due is due from the first call on: the clock stands at the end of the second. */
    private static long endMs(final int cycle)
    {
        return 900_000 + DEADLINES_MS + TICK_MS + (cycle * (long)DEADLINES_MS / CYCLES);
    }
}
