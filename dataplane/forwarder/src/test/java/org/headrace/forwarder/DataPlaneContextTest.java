package org.headrace.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class DataPlaneContextTest
{
    @Test
    void shouldFillDefaults()
    {
        final DataPlaneContext context = DataPlaneContext.parse("interfaces=eth1").conclude(3);
        assertThat(context.workers()).containsExactly(3);
        assertThat(context.connections()).isEqualTo(1 << 20);
        assertThat(context.io()).isEqualTo("io_uring");
        assertThat(context.busySpin()).isFalse();
        assertThat(context.directory()).hasToString("/dev/shm/headrace");
    }

    @Test
    void shouldReadEveryArgument()
    {
        final DataPlaneContext context = DataPlaneContext.parse("directory=/tmp/x", "io=io_uring",
            "interfaces=eth1,eth2", "workers=2,3", "idle=busy_spin", "connections=2048",
            "persistence-entries=4096").conclude(0);
        assertThat(context.interfaces()).isEqualTo(List.of("eth1", "eth2"));
        assertThat(context.workers()).containsExactly(2, 3);
        assertThat(context).hasToString("directory=/tmp/x io=io_uring interfaces=[eth1, eth2] workers=[2, 3] " +
            "idle=busy_spin connections=2048 persistence-entries=4096");
    }

    @Test
    void shouldRefuseToBeConcludedTwice()
    {
        final DataPlaneContext context = DataPlaneContext.parse("interfaces=eth1").conclude(0);
        assertThatThrownBy(() -> context.conclude(0)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "directory=/tmp/x              | interfaces is empty (expected: at least one name)",
        "interfaces=a,a                | interfaces=[a, a] names one twice",
        "interfaces=a;workers=1,1      | workers=[1, 1] (expected: at most 64 different CPUs)",
        "interfaces=a;workers=x        | workers=x is not a number",
        "interfaces=a;connections=5    | connections=5 (expected: 1024 to 536870912)",
        "interfaces=a;persistence-entries=5 | persistence-entries=5 (expected: 1024 to 67108864)",
        "interfaces=a;idle=sleepy      | idle=sleepy (expected: backoff or busy_spin)",
        "interfaces=a;io=dpdk          | io=dpdk (expected: io_uring or af_xdp)",
        "interfaces=a;busy-poll=8      | busy-poll=8 io=io_uring (expected: 0 to 1024 with io=af_xdp, else 0)",
        "interfaces=a;io=af_xdp;busy-poll=1025 | busy-poll=1025 io=af_xdp (expected: 0 to 1024 with io=af_xdp, else 0)",
        "interfaces=a;interfaces=b     | argument=interfaces=b is given twice",
        "interfaces                    | argument=interfaces is not KEY=VALUE",
        "colour=red                    | argument=colour is unknown (expected: directory, io, interfaces, workers, " +
            "idle, standby, connections, persistence-entries, busy-poll)"})
    void shouldSayWhatIsWrong(final String arguments, final String message)
    {
        assertThatThrownBy(() -> DataPlaneContext.parse(arguments.trim().split(";")).conclude(0))
            .isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
