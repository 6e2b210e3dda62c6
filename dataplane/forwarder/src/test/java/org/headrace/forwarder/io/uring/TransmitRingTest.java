package org.headrace.forwarder.io.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.LEN;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS_AVAILABLE;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS_SENDING;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS_SEND_REQUEST;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.STATUS_WRONG_FORMAT;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.TRANSMIT_DATA_OFFSET;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.TRANSMIT_SLOTS;
import static org.headrace.forwarder.io.uring.TpacketDescriptor.VNET_HEADER_BYTES;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.Syscall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** The ring over a file, with the test in the kernel's place: it takes slots in order, and stops where it cannot. */
class TransmitRingTest
{
    private static final int O_RDWR = 2;
    private static final int LENGTH = 60;

    private final long frame = NativeMemory.allocate(VNET_HEADER_BYTES + LENGTH, Long.BYTES);
    @TempDir
    private Path directory;
    private int fd;
    private TransmitRing ring;
    private int kernelHead;

    @BeforeEach
    void open() throws IOException
    {
        final Path file = Files.createFile(directory.resolve("ring"));
        fd = (int)Syscall.check("open", Syscall.open(file.toString(), O_RDWR));
        Syscall.check("ftruncate", Syscall.ftruncate(fd, TpacketDescriptor.TRANSMIT_BLOCK_BYTES));
        ring = new TransmitRing(fd);
    }

    @AfterEach
    void close()
    {
        ring.close();
        Syscall.close(fd);
    }

    private void put(final int mark)
    {
        NativeMemory.putInt(frame + VNET_HEADER_BYTES, mark);
        assertThat(ring.isFree()).isTrue();
        ring.put(frame, LENGTH);
    }

    private int status(final int slot)
    {
        return NativeMemory.getInt(ring.slot(slot) + STATUS);
    }

    private void status(final int slot, final int status)
    {
        NativeMemory.putInt(ring.slot(slot) + STATUS, status);
    }

    /** @return mark of the frame that the kernel takes, which stays with the device, or -1 if none is asked for. */
    private int kernelTakes()
    {
        if (status(kernelHead) != STATUS_SEND_REQUEST)
        {
            return -1;
        }
        final int mark = NativeMemory.getInt(ring.slot(kernelHead) + TRANSMIT_DATA_OFFSET + VNET_HEADER_BYTES);
        status(kernelHead, STATUS_SENDING);
        kernelHead = kernelHead + 1 == TRANSMIT_SLOTS ? 0 : kernelHead + 1;
        return mark;
    }

    @Test
    void shouldSayThatTheWholeFrameIsHeader()
    {
        put(7);
        final long data = ring.slot(0) + TRANSMIT_DATA_OFFSET;
        assertThat(NativeMemory.getInt(ring.slot(0) + LEN)).isEqualTo(VNET_HEADER_BYTES + LENGTH);
        assertThat(NativeMemory.getUnsignedShort(data + TpacketDescriptor.VNET_HDR_LEN)).isEqualTo(LENGTH);
        assertThat(kernelTakes()).isEqualTo(7);
        assertThat(ring.settle()).isEqualTo(1);
    }

    @Test
    void shouldBeFullWhileTheDeviceHoldsTheSlots()
    {
        for (int i = 0; i < TRANSMIT_SLOTS; i++)
        {
            put(i);
            assertThat(kernelTakes()).isEqualTo(i);
        }
        assertThat(ring.settle()).isEqualTo(TRANSMIT_SLOTS);
        assertThat(ring.isFree()).isFalse();

        status(0, STATUS_AVAILABLE);
        put(99);
        assertThat(ring.isFree()).isFalse();
        assertThat(kernelTakes()).isEqualTo(99);
        assertThat(ring.settle()).isEqualTo(1);
    }

    @Test
    void shouldTakeBackWhatTheKernelHasNotSentAndGoOnInItsPlace()
    {
        for (final int stop : new int[]{STATUS_SEND_REQUEST, STATUS_WRONG_FORMAT})
        {
            put(1);
            put(2);
            put(3);
            assertThat(kernelTakes()).isEqualTo(1);
            status(kernelHead, stop);
            assertThat(ring.settle()).isEqualTo(1);
            assertThat(ring.pending()).isZero();
            assertThat(kernelTakes()).as("nothing is left in the ring").isEqualTo(-1);

            put(4);
            assertThat(kernelTakes()).as("after status " + stop).isEqualTo(4);
            assertThat(ring.settle()).isEqualTo(1);
        }
    }

    @Test
    void shouldNeitherLoseNorRepeatAFrameWhateverTheKernelDoes()
    {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int mark = 0;
        for (int round = 0; round < 5_000; round++)
        {
            int put = 0;
            while (put < random.nextInt(64) && ring.isFree())
            {
                put(mark + put++);
            }
            final int limit = random.nextInt(4) == 0 ? random.nextInt(put + 1) : put;
            for (int i = 0; i < limit; i++)
            {
                assertThat(kernelTakes()).as("seed " + seed + " round " + round).isEqualTo(mark + i);
            }
            if (limit < put && random.nextBoolean())
            {
                status(kernelHead, STATUS_WRONG_FORMAT);
            }
            assertThat(ring.pending()).isEqualTo(put);
            assertThat(ring.settle()).as("seed " + seed + " round " + round).isEqualTo(limit);
            mark += put;
            for (int slot = 0; slot < TRANSMIT_SLOTS; slot++)
            {
                if (status(slot) == STATUS_SENDING && random.nextInt(4) == 0)
                {
                    status(slot, STATUS_AVAILABLE);
                }
            }
        }
        assertThat(mark).isPositive();
    }
}
