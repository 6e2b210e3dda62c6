package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.SystemCallException;

import java.util.ArrayList;
import java.util.List;

/** Whether this kernel and this process can load and attach what the packet picker needs. */
public final class BpfFeatures
{
    /** No interface has it: with a kernel that knows TCX the attempt fails for the lack of the interface. */
    private static final int NO_INTERFACE = Integer.MAX_VALUE;
    /** {@code r0 = 0; exit}. */
    private static final long[] ACCEPT_NOTHING = new BpfAssembler().move(BpfRegister.R0, 0).exit().assemble();

    private BpfFeatures()
    {
    }

    /**
     * @return one line for each thing that AF_XDP lacks, with its cause; empty if all is well.
     */
    public static List<String> probeXdp()
    {
        final List<String> missing = new ArrayList<>();
        try (XdpSocketMaps sockets = new XdpSocketMaps(1); PickerMaps maps = new PickerMaps())
        {
            PickerProgram.loadXdp(new XdpEnds(0, sockets.map(0), true), maps).close();
        }
        catch (final SystemCallException ex)
        {
            missing.add("eBPF: " + ex.getMessage().lines().findFirst().orElse("") +
                (ex.is(Errno.EINVAL) ? " (the programs need Linux 5.18)" : ""));
        }
        return missing;
    }

    /**
     * @return one line for each thing that AF_PACKET lacks, with its cause; empty if all is well.
     */
    public static List<String> probe()
    {
        final List<String> missing = new ArrayList<>();
        try (BpfProgram program = BpfProgram.load(BpfProgram.Kind.SCHED_CLS, "hr_probe", ACCEPT_NOTHING))
        {
            final long result = BpfLink.tryAttachTcxIngress(program, NO_INTERFACE);
            if (result != -Errno.ENODEV.number())
            {
                missing.add("TCX links: " + (result == -Errno.EINVAL.number() ?
                    "they need Linux 6.6" : Errno.describe((int)-result)));
            }
            new PickerMaps().close();
        }
        catch (final SystemCallException ex)
        {
            missing.add("eBPF: " + ex.getMessage());
        }
        return missing;
    }
}
