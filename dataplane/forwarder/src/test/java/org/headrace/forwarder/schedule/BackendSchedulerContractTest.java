package org.headrace.forwarder.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.table.NextHop;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.codec.ServerState;
import org.junit.jupiter.api.Test;

import java.util.Arrays;

/** What every scheduler must do, whatever its formula. */
abstract class BackendSchedulerContractTest
{
    static final int SERVICE = 3;

    final ServerTable table = new ServerTable(64, 16);
    final long[] active = new long[64];
    final long[] inactive = new long[64];
    final ConnectionCounts counts = server -> (active[server] << 8) + inactive[server];

    abstract BackendScheduler scheduler();

    @Test
    void shouldFindNoneInAnEmptyService()
    {
        assertThat(scheduler().select(SERVICE, new int[0])).isEqualTo(BackendScheduler.NONE);
    }

    @Test
    void shouldFindNoneIfAllAreDrained()
    {
        assertThat(scheduler().select(SERVICE, servers(0, 0, 0))).isEqualTo(BackendScheduler.NONE);
    }

    @Test
    void shouldNeverChooseADrainedServer()
    {
        final int[] servers = servers(5, 0, 5);
        final BackendScheduler scheduler = scheduler();
        for (int i = 0; i < 100; i++)
        {
            assertThat(connect(scheduler, servers)).isNotEqualTo(servers[1]);
        }
    }

    @Test
    void shouldObeyADrainAtTheNextConnection()
    {
        final int[] servers = servers(1, 1, 1);
        final BackendScheduler scheduler = scheduler();
        for (int i = 0; i < 4; i++)
        {
            connect(scheduler, servers);
        }
        table.weight(servers[0], 0);
        for (int i = 0; i < 50; i++)
        {
            assertThat(connect(scheduler, servers)).isNotEqualTo(servers[0]);
        }
        table.weight(servers[1], 0);
        assertThat(connect(scheduler, servers)).isEqualTo(servers[2]);
    }

    @Test
    void shouldPassOverAServerThatIsDownOrUnreachable()
    {
        final int[] servers = servers(1, 1, 1);
        table.health(servers[0], ServerState.DOWN);
        table.nextHop(servers[2], NextHop.UNRESOLVED, 0);
        final BackendScheduler scheduler = scheduler();
        for (int i = 0; i < 10; i++)
        {
            assertThat(connect(scheduler, servers)).isEqualTo(servers[1]);
        }
        table.health(servers[0], ServerState.UP);
        assertThat(connectMany(scheduler, servers, 20)[0]).isPositive();
    }

    @Test
    void shouldStayInBoundsIfTheServiceShrinks()
    {
        final int[] servers = servers(1, 1, 1, 1, 1);
        final BackendScheduler scheduler = scheduler();
        connectMany(scheduler, servers, 4);
        final int[] fewer = Arrays.copyOf(servers, 2);
        for (int i = 0; i < 10; i++)
        {
            assertThat(connect(scheduler, fewer)).isIn(fewer[0], fewer[1]);
        }
    }

    final int[] servers(final int... weights)
    {
        final int[] slots = new int[weights.length];
        for (int i = 0; i < weights.length; i++)
        {
            // Slots in another order than the configuration: a scheduler must go by the array.
            final int slot = 40 - i;
            slots[i] = slot;
            table.occupy(slot, Endpoint.parse("10.2.0." + (i + 1) + ":8080"), SERVICE);
            table.nextHop(slot, NextHop.of(0, i), 1500);
            table.weight(slot, weights[i]);
        }
        return slots;
    }

    final int connect(final BackendScheduler scheduler, final int[] servers)
    {
        final int server = scheduler.select(SERVICE, servers);
        if (server != BackendScheduler.NONE)
        {
            active[server]++;
        }
        return server;
    }

    final int[] connectMany(final BackendScheduler scheduler, final int[] servers, final int connections)
    {
        final int[] shares = new int[servers.length];
        for (int i = 0; i < connections; i++)
        {
            final int server = connect(scheduler, servers);
            for (int s = 0; s < servers.length; s++)
            {
                shares[s] += servers[s] == server ? 1 : 0;
            }
        }
        return shares;
    }
}
