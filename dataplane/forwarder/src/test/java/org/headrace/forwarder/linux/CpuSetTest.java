package org.headrace.forwarder.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.BitSet;

class CpuSetTest
{
    @Test
    void shouldReadAndWriteListsAsTheKernelDoes()
    {
        for (final String list : new String[]{"", "0", "0-3", "1,3,5-7,100", "1023"})
        {
            assertThat(CpuSet.format(CpuSet.parse(list))).isEqualTo(list);
        }
        assertThat(CpuSet.format(CpuSet.parse(" 3, 0-1 ,2"))).isEqualTo("0-3");
    }

    @Test
    void shouldSayWhatIsWrongWithAList()
    {
        assertThatThrownBy(() -> CpuSet.parse("0,x")).hasMessage("cpus=0,x: x is not a number or range");
        assertThatThrownBy(() -> CpuSet.parse("5-3")).hasMessage("cpus=5-3: range 5-3 is not within 0..1023");
        assertThatThrownBy(() -> CpuSet.parse("1024")).hasMessageContaining("not within 0..1023");
    }

    @Test
    void shouldPinAThreadAndReadItBack() throws InterruptedException
    {
        final BitSet[] pinned = new BitSet[1];
        final int cpu = ThreadAffinity.lastAllowedCpu();
        final Thread thread = new Thread(() ->
        {
            ThreadAffinity.pinCurrentThread(cpu);
            pinned[0] = ThreadAffinity.allowedCpus();
        });
        thread.start();
        thread.join();
        assertThat(CpuSet.format(pinned[0])).isEqualTo(Integer.toString(cpu));
        assertThat(ThreadAffinity.allowedCpus()).as("the caller's own").isNotNull();
        assertThatThrownBy(() -> ThreadAffinity.pinCurrentThread(CpuSet.MAX_CPUS - 1))
            .isInstanceOf(SystemCallException.class).hasMessageContaining("sched_setaffinity(cpu=1023)");
    }

    @Test
    void shouldLeaveTheProcessWhereItIsIfNoCpuWouldBeLeft()
    {
        final BitSet before = ThreadAffinity.allowedCpus();
        assertThat(ThreadAffinity.keepProcessOff(before).isEmpty()).isTrue();
        assertThat(ThreadAffinity.allowedCpus()).isEqualTo(before);
    }
}
