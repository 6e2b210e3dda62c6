package org.headrace.forwarder.io.uring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.forwarder.io.TestFrames;
import org.headrace.forwarder.io.bpf.KernelSelection;
import org.headrace.forwarder.io.bpf.PacketPicker;
import org.headrace.forwarder.io.bpf.PinnedLinks;
import org.headrace.forwarder.io.bpf.XdpPicker;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

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
            new PinnedLinks(pins).release();
            rig.close();
        }
    }

    /** Which programs a data plane has. No AF_XDP socket is in the map, as when its process is dead. */
    enum Kind
    {
        AF_PACKET
        {
            @Override
            KernelSelection create(final Path pins)
            {
                return new PacketPicker(
                    pins, new int[]{NetworkLink.find("a0").index()}, UringContext.SMALL_FRAME_BYTES);
            }
        },
        AF_XDP
        {
            @Override
            KernelSelection create(final Path pins)
            {
                return new XdpPicker(pins, List.of(NetworkLink.find("a0")), 1, System.err);
            }
        };

        abstract KernelSelection create(Path pins);
    }

    private KernelSelection picker(final Kind kind)
    {
        return rig.own().call(() ->
        {
            final KernelSelection picker = kind.create(pins);
            final IpAddress service = IpAddress.parse(UringRig.SERVICE);
            picker.addService(TestFrames.UDP, service.high(), service.low(), UringRig.SERVICE_PORT);
            picker.addService(TestFrames.UDP, service.high(), service.low(), UringRig.SERVICE_PORT);
            return picker;
        });
    }

    private void attach(final KernelSelection picker)
    {
        rig.own().call(() ->
        {
            picker.prepare();
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

    @ParameterizedTest(name = "{0} after {1}")
    @CsvSource({"AF_PACKET, AF_PACKET", "AF_XDP, AF_XDP", "AF_XDP, AF_PACKET", "AF_PACKET, AF_XDP"})
    void shouldKeepOurPacketsFromTheKernelUntilReleasedEvenIfTheProcessDies(final Kind next, final Kind before)
        throws IOException
    {
        rig.picker().release();
        assertThat(seenByKernelInTheEnd()).as("before").isEqualTo(10);

        final KernelSelection first = picker(before);
        assertThat(seenByKernel()).as("filled, not attached").isEqualTo(10);
        attach(first);
        assertThat(seenByKernel()).as("attached").isZero();

        first.close();
        assertThat(seenByKernel()).as("closed as by death").isZero();

        final KernelSelection second = picker(next);
        attach(second);
        assertThat(seenByKernel()).as("taken over").isZero();
        try (Stream<Path> links = Files.list(pins))
        {
            assertThat(links).as("the predecessor's pins are gone").hasSize(1);
        }
        final IpAddress service = IpAddress.parse(UringRig.SERVICE);
        second.removeService(TestFrames.UDP, service.high(), service.low(), UringRig.SERVICE_PORT);
        second.removeService(TestFrames.UDP, service.high(), service.low(), UringRig.SERVICE_PORT);
        assertThat(seenByKernelInTheEnd()).as("the predecessor's program is gone").isEqualTo(10);

        second.release();
        assertThat(seenByKernelInTheEnd()).as("released").isEqualTo(10);
        assertThat(pins).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReleaseWhatADeadProcessLeft(final Kind kind)
    {
        rig.picker().release();
        final KernelSelection dead = picker(kind);
        attach(dead);
        dead.close();
        assertThat(seenByKernel()).isZero();

        new PinnedLinks(pins).release();
        new PinnedLinks(pins).release();
        assertThat(seenByKernelInTheEnd()).isEqualTo(10);
    }

    @Test
    void shouldRunGenericallyWhereTheDriverKnowsNothingOfXdp()
    {
        rig.own().ip("link add br0 type bridge");
        final ByteArrayOutputStream events = new ByteArrayOutputStream();
        for (int start = 0; start < 2; start++)
        {
            rig.own().call(() ->
            {
                try (XdpPicker picker =
                    new XdpPicker(pins, List.of(NetworkLink.find("br0")), 1, new PrintStream(events, true)))
                {
                    picker.prepare();
                    picker.attach();
                    return 0;
                }
            });
        }
        assertThat(events.toString().lines()).satisfiesExactly(
            line -> assertThat(line).startsWith("event=xdp-attached interface=br0 mode=generic slower=true reason=\"")
                .contains("EOPNOTSUPP"),
            line -> assertThat(line).contains("mode=generic").contains("as before the restart"));
    }

    @Test
    void shouldRefuseAnInterfaceWithSomebodyElsesXdpProgram()
    {
        final Path otherPins = Path.of(pins + "-other");
        rig.own().call(() ->
        {
            try (KernelSelection other = Kind.AF_XDP.create(otherPins); KernelSelection own = Kind.AF_XDP.create(pins))
            {
                other.prepare();
                assertThatThrownBy(own::prepare).isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("interface=a0 has an XDP program that is not Headrace's");
                return 0;
            }
        });
        assertThat(pins).doesNotExist();
    }
}
