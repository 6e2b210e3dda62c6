package org.headrace.forwarder.io.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.io.TestFrames;
import org.headrace.forwarder.io.bpf.PacketPicker;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the kernel gets to see of our packets: it counts a datagram without a socket under {@code NoPorts}. */
@Timeout(60)
class PacketPickerTest
{
    private UringRig rig;
    private Path pins;

    @BeforeEach
    void open()
    {
        Assumptions.assumeTrue(KernelFeatures.probe().isComplete(), "skipped: the kernel lacks something");
        rig = new UringRig();
        rig.own().ip("link set lo up");
        rig.own().ip("addr add " + UringRig.SERVICE + "/32 dev lo");
        rig.own().ip("addr add 10.9.0.1/24 dev a0");
        pins = Path.of("/sys/fs/bpf/" + rig.id() + "-test");
    }

    @AfterEach
    void close()
    {
        if (rig != null)
        {
            PacketPicker.releasePins(pins);
            rig.close();
        }
    }

    private PacketPicker picker()
    {
        return rig.own().call(() ->
        {
            final PacketPicker picker = new PacketPicker(
                pins, new int[]{NetworkLink.find("a0").index()}, UringContext.SMALL_FRAME_BYTES);
            final IpAddress service = IpAddress.parse(UringRig.SERVICE);
            picker.addService(TestFrames.UDP, service.high(), service.low(), UringRig.SERVICE_PORT);
            picker.addService(TestFrames.UDP, service.high(), service.low(), UringRig.SERVICE_PORT);
            return picker;
        });
    }

    private static void attach(final UringRig rig, final PacketPicker picker)
    {
        rig.own().call(() ->
        {
            picker.attach();
            return 0;
        });
    }

    /** @return datagrams, of ten to the service, that the kernel saw. */
    private int seenByKernel()
    {
        final long before = noPorts();
        for (int i = 0; i < 10; i++)
        {
            rig.inject(0, rig.frame(i, 100), 0);
        }
        // A packet that is never ours, behind the others, tells when they are through.
        final byte[] last = rig.frame(1, 100);
        last[14 + 20 + 3]++;
        rig.inject(0, last, 0);
        final long limitNs = System.nanoTime() + 2_000_000_000L;
        while (noPorts() == before && System.nanoTime() < limitNs)
        {
            Thread.onSpinWait();
        }
        return (int)(noPorts() - before - 1);
    }

    /** The kernel takes an unpinned link down a moment later, on a thread of its own. */
    private int seenByKernelInTheEnd()
    {
        final long limitNs = System.nanoTime() + 5_000_000_000L;
        int seen = seenByKernel();
        while (seen != 10 && System.nanoTime() < limitNs)
        {
            seen = seenByKernel();
        }
        return seen;
    }

    private long noPorts()
    {
        return rig.own().call(() ->
        {
            try
            {
                final List<String> udp = Files.readAllLines(Path.of("/proc/thread-self/net/snmp")).stream()
                    .filter(line -> line.startsWith("Udp:")).toList();
                final int column = List.of(udp.get(0).split(" ")).indexOf("NoPorts");
                return Long.parseLong(udp.get(1).split(" ")[column]);
            }
            catch (final IOException ex)
            {
                throw new UncheckedIOException(ex);
            }
        });
    }

    @Test
    void shouldKeepOurPacketsFromTheKernelUntilReleasedEvenIfTheProcessDies()
    {
        rig.picker().release();
        assertThat(seenByKernelInTheEnd()).as("before").isEqualTo(10);

        final PacketPicker first = picker();
        assertThat(seenByKernel()).as("filled, not attached").isEqualTo(10);
        attach(rig, first);
        assertThat(seenByKernel()).as("attached").isZero();

        first.close();
        assertThat(seenByKernel()).as("closed as by death").isZero();

        final PacketPicker second = picker();
        attach(rig, second);
        assertThat(seenByKernel()).as("taken over").isZero();
        final IpAddress service = IpAddress.parse(UringRig.SERVICE);
        second.removeService(TestFrames.UDP, service.high(), service.low(), UringRig.SERVICE_PORT);
        second.removeService(TestFrames.UDP, service.high(), service.low(), UringRig.SERVICE_PORT);
        assertThat(seenByKernelInTheEnd()).as("the predecessor's program is gone").isEqualTo(10);

        second.release();
        assertThat(seenByKernelInTheEnd()).as("released").isEqualTo(10);
        assertThat(pins).doesNotExist();
    }

    @Test
    void shouldReleaseWhatADeadProcessLeft()
    {
        rig.picker().release();
        final PacketPicker dead = picker();
        attach(rig, dead);
        dead.close();
        assertThat(seenByKernel()).isZero();

        PacketPicker.releasePins(pins);
        PacketPicker.releasePins(pins);
        assertThat(seenByKernelInTheEnd()).isEqualTo(10);
    }
}
