package org.headrace.forwarder.io.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.linux.Syscall;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;

@Timeout(20)
class IoUringTest
{
    /** Of {@code linux/io_uring.h}, what a thread may register is {@code IO_RINGFD_REG_MAX} = 16. */
    private static final int MORE_THAN_PLACES = 20;
    private static final int POLLIN = 1;

    @Test
    void shouldWorkWithMoreRingsThanAThreadHasPlacesForThem()
    {
        Assumptions.assumeTrue(IoUring.probe() == 0, "skipped: no io_uring");
        final int file = (int)Syscall.check("open", Syscall.open("/dev/null", 0));
        for (int round = 0; round < 2; round++)
        {
            final List<IoUring> rings = new ArrayList<>();
            for (int i = 0; i < MORE_THAN_PLACES; i++)
            {
                final IoUring ring = new IoUring(4, new int[]{file});
                rings.add(ring);
                assertThat(ring.queuePoll(0, POLLIN, i)).isTrue();
                assertThat(ring.queuedUserData(0)).isEqualTo(i);
                ring.await(1_000_000_000L);
                assertThat(ring.queued()).as("ring " + i).isZero();
                assertThat(ring.hasCompletion()).as("ring " + i).isTrue();
                assertThat(ring.completionUserData()).isEqualTo(i);
                ring.completionDone();
            }
            rings.forEach(IoUring::close);
        }
        Syscall.close(file);
    }
}
