package org.headrace.forwarder.io.bpf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Picks our packets for AF_PACKET sockets: filters let the sockets see only them, and a program at the ingress of each
 * interface drops them behind the sockets, because those have them.
 *
 * <p>The programs of one interface stand beside the predecessor's for a moment, when one process takes over from
 * another.
 */
public final class PacketPicker extends KernelSelection
{
    private static final String LINK_PREFIX = "ingress-";

    private final int[] ifindexes;
    private final int thresholdBytes;
    private final BpfProgram small;
    private final BpfProgram large;
    private final BpfProgram ingress;
    private final BpfProgram fanout;
    private final List<BpfLink> links = new ArrayList<>();

    /**
     * Loads the programs; nothing is attached yet.
     *
     * @param pinDirectory   for the links, in the BPF file system and nobody else's: {@code /sys/fs/bpf/headrace-NAME}.
     * @param ifindexes      interfaces in the network namespace of the calling thread.
     * @param thresholdBytes longest frame, with its Ethernet header, that goes to the ring of small frames.
     */
    public PacketPicker(final Path pinDirectory, final int[] ifindexes, final int thresholdBytes)
    {
        super(pinDirectory);
        this.ifindexes = ifindexes.clone();
        this.thresholdBytes = thresholdBytes;
        small = PickerProgram.load(PickerProgram.Place.SMALL_RING, thresholdBytes, maps());
        large = PickerProgram.load(PickerProgram.Place.LARGE_RING, thresholdBytes, maps());
        ingress = PickerProgram.load(PickerProgram.Place.TCX_INGRESS, thresholdBytes, maps());
        fanout = PickerProgram.load(PickerProgram.Place.FANOUT, thresholdBytes, maps());
    }

    /**
     * @return longest frame that {@link #smallFilter} takes.
     */
    public int thresholdBytes()
    {
        return thresholdBytes;
    }

    /**
     * @return socket filter that takes our frames up to {@link #thresholdBytes}.
     */
    public BpfProgram smallFilter()
    {
        return small;
    }

    /**
     * @return socket filter that takes our frames beyond {@link #thresholdBytes}.
     */
    public BpfProgram largeFilter()
    {
        return large;
    }

    /**
     * @return program for {@code PACKET_FANOUT_EBPF}: {@link ClientHash} of the packet.
     */
    public BpfProgram fanout()
    {
        return fanout;
    }

    @Override
    public void prepare()
    {
        // Any number of programs can stand at an ingress, and the features were probed.
    }

    @Override
    public void attach()
    {
        final List<String> pinned = new ArrayList<>();
        pins().prepare();
        for (final int ifindex : ifindexes)
        {
            final BpfLink link = BpfLink.attachTcxIngress(ingress, ifindex);
            links.add(link);
            final String name = LINK_PREFIX + ifindex;
            link.pin(pins().path(name));
            pinned.add(name);
        }
        // Interfaces that the predecessor had and that are no longer configured, or its programs for another driver.
        pins().removeAllBut(pinned);
    }

    @Override
    public void close()
    {
        links.forEach(BpfLink::close);
        links.clear();
        fanout.close();
        ingress.close();
        large.close();
        small.close();
        super.close();
    }
}
