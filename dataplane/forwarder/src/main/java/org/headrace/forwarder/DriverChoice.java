package org.headrace.forwarder;

import org.headrace.forwarder.io.PacketDriver;
import org.headrace.forwarder.io.bpf.KernelSelection;
import org.headrace.forwarder.io.bpf.PacketPicker;
import org.headrace.forwarder.io.bpf.XdpPicker;
import org.headrace.forwarder.io.uring.KernelFeatures;
import org.headrace.forwarder.io.uring.UringContext;
import org.headrace.forwarder.io.xdp.XdpContext;
import org.headrace.forwarder.io.xdp.XdpFeatures;
import org.headrace.forwarder.linux.NetworkLink;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The packet driver that the configuration asks for, with the programs that pick its packets.
 *
 * @param selection which packets are ours.
 * @param packets   how they come and go.
 */
record DriverChoice(KernelSelection selection, PacketDriver packets)
{
    /**
     * @param context    of the data plane.
     * @param interfaces that it names.
     * @param events     for what an operator should know.
     * @return the driver, with nothing opened yet.
     * @throws IllegalStateException if the kernel cannot: says what is missing.
     */
    static DriverChoice of(
        final DataPlaneContext context, final List<NetworkLink> interfaces, final PrintStream events)
    {
        return DataPlaneContext.AF_XDP.equals(context.io()) ?
            afXdp(context, interfaces, events) : ioUring(context, interfaces);
    }

    private static DriverChoice ioUring(final DataPlaneContext context, final List<NetworkLink> interfaces)
    {
        KernelFeatures.probe().check();
        final PacketPicker picker = new PacketPicker(
            pinDirectory(context.directory()), interfaces.stream().mapToInt(NetworkLink::index).toArray(),
            UringContext.SMALL_FRAME_BYTES);
        return new DriverChoice(
            picker, new UringContext().links(interfaces).picker(picker).workerCount(context.workers().size()));
    }

    private static DriverChoice afXdp(
        final DataPlaneContext context, final List<NetworkLink> interfaces, final PrintStream events)
    {
        XdpFeatures.probe().check();
        interfaces.forEach(link -> OffloadWarnings.print(link, events));
        final XdpPicker picker =
            new XdpPicker(pinDirectory(context.directory()), interfaces, context.workers().size(), events);
        return new DriverChoice(picker, new XdpContext().links(interfaces).sockets(picker.sockets())
            .workerCount(context.workers().size()).busyPollBudget(context.busyPoll()).events(events::println));
    }

    /** Several data planes on a host have different directories, and so different pins. */
    private static Path pinDirectory(final Path directory)
    {
        final String name = directory.toAbsolutePath().normalize().toString().substring(1);
        return Path.of("/sys/fs/bpf", "headrace-" + name.replaceAll("[^A-Za-z0-9]", "_"));
    }
}
