package org.headrace.forwarder.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LocalPortsTest
{
    private static final int PORTS = 65_536;

    @Test
    void shouldGiveEveryWorkerAsManyPortsAndLoseLessThanHalf()
    {
        for (int workers = 1; workers <= 1_024; workers++)
        {
            final LocalPorts ports = new LocalPorts(workers);
            final int[] owned = new int[workers];
            int lost = 0;
            for (int port = 0; port < PORTS; port++)
            {
                final int owner = ports.owner(port);
                if (owner == LocalPorts.NOBODY)
                {
                    lost++;
                }
                else
                {
                    assertThat(port & ports.mask()).isEqualTo(owner);
                    owned[owner]++;
                }
            }
            assertThat(owned).as("workers=" + workers).containsOnly(PORTS / (ports.mask() + 1));
            assertThat(lost).as("workers=" + workers).isLessThan(PORTS / 2);
        }
        assertThat(new LocalPorts(1).mask()).isZero();
        assertThat(new LocalPorts(3).mask()).isEqualTo(3);
        assertThat(new LocalPorts(3).owner(7)).isEqualTo(LocalPorts.NOBODY);
        assertThat(new LocalPorts(4).owner(7)).isEqualTo(3);
    }
}
