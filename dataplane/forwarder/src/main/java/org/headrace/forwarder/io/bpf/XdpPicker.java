package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.NetworkLink;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Picks our packets for AF_XDP sockets: an XDP program on each interface redirects them to the socket of their receive
 * queue, and passes everything else.
 *
 * <p>An interface has at most one XDP link. So {@link #prepare} attaches only where there is none, and {@link #attach}
 * puts this process's program into the link that a predecessor has left pinned, in one step: until then that one drops
 * our packets. A program of anybody else is an error.
 *
 * <p>A program knows its interface's MAC address as it was when this was made. Frames whose VLAN tag the interface has
 * taken off look as if they had had none.
 */
public final class XdpPicker extends KernelSelection
{
    private final List<NetworkLink> interfaces;
    private final PrintStream events;
    private final XdpSocketMaps sockets;
    private final List<BpfProgram> programs = new ArrayList<>();
    /** By the interface's place; null where a predecessor's program still runs. */
    private final XdpAttachment[] attachments;

    /**
     * Loads the programs; nothing is attached yet.
     *
     * @param pinDirectory for the links, in the BPF file system and nobody else's: {@code /sys/fs/bpf/headrace-NAME}.
     * @param interfaces   in the network namespace of the calling thread.
     * @param workerCount  if above 1, the four bytes before every frame are its {@link ClientHash}.
     * @param events       for what an operator should know.
     */
    public XdpPicker(
        final Path pinDirectory,
        final List<NetworkLink> interfaces,
        final int workerCount,
        final PrintStream events)
    {
        super(pinDirectory);
        this.interfaces = List.copyOf(interfaces);
        this.events = events;
        sockets = new XdpSocketMaps(interfaces.size());
        attachments = new XdpAttachment[interfaces.size()];
        for (int place = 0; place < interfaces.size(); place++)
        {
            programs.add(PickerProgram.loadXdp(
                new XdpEnds(interfaces.get(place).macAddress(), sockets.map(place), workerCount > 1), maps()));
        }
    }

    /**
     * @return where the driver puts its sockets; closed with this.
     */
    public XdpSocketMaps sockets()
    {
        return sockets;
    }

    @Override
    public void prepare()
    {
        for (int place = 0; place < attachments.length; place++)
        {
            final NetworkLink link = interfaces.get(place);
            attachments[place] = XdpAttachment.create(programs.get(place), link);
            if (attachments[place] == null && !XdpAttachment.isInherited(pins(), link))
            {
                throw new IllegalStateException("interface=" + link.name() +
                    " has an XDP program that is not Headrace's: end the process that owns it, or remove it " +
                    "(bpftool net shows it, ip link set dev " + link.name() + " xdp off removes it)");
            }
        }
    }

    @Override
    public void attach()
    {
        final List<String> pinned = new ArrayList<>();
        pins().prepare();
        for (int place = 0; place < attachments.length; place++)
        {
            final NetworkLink link = interfaces.get(place);
            if (attachments[place] == null)
            {
                attachments[place] = XdpAttachment.takeOver(programs.get(place), pins(), link);
            }
            final String name = attachments[place].mode().pinName(link.index());
            attachments[place].link().pin(pins().path(name));
            pinned.add(name);
            tell(link, attachments[place]);
        }
        // Interfaces that the predecessor had and that are no longer configured, or its programs for another driver.
        pins().removeAllBut(pinned);
    }

    private void tell(final NetworkLink link, final XdpAttachment attachment)
    {
        events.println("event=xdp-attached interface=" + link.name() + switch (attachment.mode())
        {
            case NATIVE -> " mode=native";
            case GENERIC -> " mode=generic slower=true reason=\"" + (attachment.reason().isEmpty() ?
                "as before the restart" : attachment.reason()) + "\"";
        });
    }

    @Override
    public void close()
    {
        Arrays.stream(attachments).filter(Objects::nonNull).forEach(XdpAttachment::close);
        Arrays.fill(attachments, null);
        programs.forEach(BpfProgram::close);
        programs.clear();
        sockets.close();
        super.close();
    }
}
