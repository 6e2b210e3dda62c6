package org.headrace.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.forwarder.table.NextHop;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class ClientNextHopsTest
{
    private static final int INTERFACES = 2;

    private final MemorySegment memory = Arena.ofAuto().allocate(ClientNextHops.LENGTH_BYTES, Long.BYTES);
    private final ClientNextHops hops = ClientNextHops.create(memory);

    @Test
    void shouldNumberEachHopOnce()
    {
        assertThat(hops.number(NextHop.of(0, 11))).isZero();
        assertThat(hops.number(NextHop.of(1, 11))).isEqualTo(1);
        assertThat(hops.number(NextHop.of(0, 11))).isZero();
        assertThat(hops.get(1)).isEqualTo(NextHop.of(1, 11));
    }

    @Test
    void shouldBeFullAtItsCapacity()
    {
        for (int i = 0; i < ClientNextHops.CAPACITY; i++)
        {
            assertThat(hops.number(NextHop.of(0, i))).isEqualTo(i);
        }
        assertThat(hops.number(NextHop.of(1, 0))).isEqualTo(ClientNextHops.FULL);
        assertThat(ClientNextHops.attach(memory, INTERFACES).number(NextHop.of(0, 65_535))).isEqualTo(65_535);
    }

    @Test
    void shouldKeepItsNumbersForASuccessor()
    {
        hops.number(NextHop.of(0, 11));
        hops.number(NextHop.of(1, 12));

        final ClientNextHops successor = ClientNextHops.attach(memory, INTERFACES);

        assertThat(successor.get(1)).isEqualTo(NextHop.of(1, 12));
        assertThat(successor.number(NextHop.of(1, 12))).isEqualTo(1);
        assertThat(successor.number(NextHop.of(1, 13))).isEqualTo(2);
        assertThat(successor.get(3)).as("never numbered").isEqualTo(NextHop.UNRESOLVED);
    }

    @Test
    void shouldRefuseWhatCannotBe()
    {
        hops.number(NextHop.of(0, 11));
        hops.number(NextHop.of(2, 12));
        assertThatThrownBy(() -> ClientNextHops.attach(memory, INTERFACES))
            .hasMessage("hop=1 is on interface=2 of 2");
        memory.set(ValueLayout.JAVA_LONG, 2 * Long.BYTES, NextHop.of(0, 11));
        assertThatThrownBy(() -> ClientNextHops.attach(memory, INTERFACES)).hasMessage("hop=1 occurs twice");
        memory.set(ValueLayout.JAVA_LONG, 0, 1);
        assertThatThrownBy(() -> ClientNextHops.attach(memory, INTERFACES)).hasMessageStartingWith("magic=1 != ");
    }
}
